package server_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// soakEdits is how many edits TestSoak makes; MAPLS_SOAK=10000 asks for many.
func soakEdits(t *testing.T) int {
	text := os.Getenv("MAPLS_SOAK")
	if text == "" {
		return 400
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("MAPLS_SOAK: %v", err)
	}
	return n
}

// blocks are what files of a package are made of; @ stands for the name of the
// file, and a package of its own for each is what they need.
var blocks = []string{
	"func Fill@(xs []string) map[string]bool {\n\tm := make(map[string]bool)\n\tfor _, x := range xs {\n\t\tm[x] = true\n\t}\n\treturn m\n}\n",
	"func Hint@(xs []string) map[string]int {\n\tm := make(map[string]int, len(xs))\n\tfor i, x := range xs {\n\t\tm[x] = i\n\t}\n\treturn m\n}\n",
	"func Ignore@(xs []int) map[int]int {\n\t//mapdiag:ignore sizehint they are few\n\tm := make(map[int]int)\n\tfor _, x := range xs {\n\t\tm[x]++\n\t}\n\treturn m\n}\n",
	"//mapdiag:ignore sizehint there is no map\nfunc Idle@() {}\n",
	"type Cache@ struct {\n\tmu    sync.RWMutex\n\titems map[string]int\n}\n\nfunc (c *Cache@) Get(k string) int {\n\tc.mu.RLock()\n\tdefer c.mu.RUnlock()\n\tc.items[k]++\n\treturn c.items[k]\n}\n\nfunc (c *Cache@) Set(k string, v int) {\n\tc.mu.Lock()\n\tc.items[k] = v\n\tc.mu.Unlock()\n}\n",
}

// soak is a session of random edits.
type soak struct {
	*client
	*rand.Rand
	dir   string
	names []string            // of all files
	undo  map[string][]string // earlier texts of open documents
}

// TestSoak edits, saves, closes and opens files at random, and compares what is
// shown with what a server says that has just been started.
func TestSoak(t *testing.T) {
	edits := soakEdits(t)
	seed := uint64(1)
	if edits > 1000 {
		seed = uint64(time.Now().UnixNano()) // who asks for many looks for something new
	}
	if text := os.Getenv("MAPLS_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("MAPLS_SEED=%d", seed)
	s := &soak{Rand: rand.New(rand.NewPCG(seed, 1)), dir: module(t, "-- doc.go --\npackage m\n"), undo: make(map[string][]string)}
	for _, name := range []string{"a/a.go", "a/more.go", "a/a_test.go", "a/x_test.go", "b/b.go", "b/more.go", "c/c.go"} {
		s.names = append(s.names, filepath.Join(s.dir, name))
	}
	for _, name := range s.names {
		writeFile(t, name, s.whole(name))
	}
	s.client = connect(t, s.config())
	for _, name := range s.names {
		s.open(name)
	}
	s.settle()
	every := max(200, edits/20)
	var heap uint64
	var goroutines int
	for i := range edits {
		s.edit()
		if (i+1)%every != 0 {
			continue
		}
		s.compare(false)
		for _, name := range s.names {
			s.make(name)
		}
		s.compare(true)
		if t.Failed() {
			t.Fatalf("after %d edits", i+1)
		}
		s.mu.Lock()
		s.log, s.asked = nil, nil
		s.mu.Unlock()
		runtime.GC()
		runtime.GC() // what has been dropped by finalizers
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		n := runtime.NumGoroutine()
		t.Logf("%d edits: %d KiB, %d goroutines", i+1, m.HeapAlloc>>10, n)
		if heap == 0 {
			heap, goroutines = m.HeapAlloc, n
		}
		if m.HeapAlloc > heap+heap/4+(8<<20) {
			t.Errorf("after %d edits %d KiB, and %d at first", i+1, m.HeapAlloc>>10, heap>>10)
		}
		if n > goroutines+2 {
			t.Errorf("after %d edits %d goroutines, and %d at first", i+1, n, goroutines)
		}
	}
}

func (s *soak) config() config {
	return config{dirs: []string{s.dir}, answers: object{"workspaceDiagnostics": "openPackages"}}
}

// whole returns a text of a file that compiles.
func (s *soak) whole(name string) string {
	pkg, base := filepath.Base(filepath.Dir(name)), strings.TrimSuffix(filepath.Base(name), ".go")
	var body strings.Builder
	for _, i := range s.Perm(len(blocks))[:1+s.IntN(len(blocks))] {
		for range s.IntN(3) {
			body.WriteString("\n")
		}
		body.WriteString(strings.ReplaceAll(blocks[i], "@", "_"+base) + "\n")
	}
	imports := ""
	if strings.Contains(body.String(), "sync.") {
		imports += "import \"sync\"\n\n"
	}
	if base == "x_test" {
		pkg = "a_test"
	}
	if pkg != "a" && s.IntN(2) == 0 {
		imports += "import _ \"example.com/m/a\"\n\n"
	}
	return "package " + pkg + "\n\n" + imports + body.String()
}

// make gives a document, open or not, a text that compiles.
func (s *soak) make(name string) {
	if !s.isOpen(name) {
		s.open(name)
	}
	s.put(name, s.whole(name))
}

func (s *soak) isOpen(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.docs[uriOf(name)] != nil
}

func (s *soak) put(name, text string) {
	list := append(s.undo[name], s.text(name))
	s.undo[name] = list[max(0, len(list)-20):]
	s.change(name, text)
}

// edit makes one random edit.
func (s *soak) edit() {
	name := s.names[s.IntN(len(s.names))]
	if !s.isOpen(name) {
		s.open(name)
		return
	}
	text := s.text(name)
	lines := strings.SplitAfter(text, "\n")
	line := s.IntN(len(lines))
	at := 0
	if len(text) > 0 {
		at = s.IntN(len(text))
	}
	switch s.IntN(14) {
	case 0, 1, 2:
		pool := strings.SplitAfter(blocks[s.IntN(len(blocks))], "\n")
		s.put(name, strings.Join(slices.Insert(lines, line, pool[s.IntN(len(pool))]), ""))
	case 3, 4:
		s.put(name, strings.Join(slices.Delete(lines, line, line+1), ""))
	case 5, 6:
		const letters = "{}()\"/*\n\t é𝄞x1,."
		runes := []rune(letters)
		s.put(name, text[:at]+string(runes[s.IntN(len(runes))])+text[at:])
	case 7:
		s.put(name, text[:at]+text[min(at+1, len(text)):])
	case 8, 9, 10:
		if list := s.undo[name]; len(list) > 0 {
			s.change(name, list[len(list)-1])
			s.undo[name] = list[:len(list)-1]
		}
	case 11:
		s.put(name, s.whole(name))
	case 12:
		s.save(name)
	case 13:
		s.close(name)
		delete(s.undo, name)
	}
	switch s.IntN(20) {
	case 0:
		time.Sleep(40 * time.Millisecond) // the analysis gets to its end
	case 1, 2, 3, 4, 5, 6:
		time.Sleep(time.Duration(s.IntN(12)) * time.Millisecond)
	}
}

// compare starts a server for the present texts, and compares. What it finds must
// be shown, and if all files are whole, nothing else: where code is half-written,
// what was found before is kept.
func (s *soak) compare(whole bool) {
	s.Helper()
	s.settle()
	fresh := connect(s.TB, s.config())
	defer func() {
		if code := fresh.end(); code != 0 {
			s.Errorf("exit code %d", code)
		}
		fresh.conn.Close()
	}()
	for _, name := range s.names {
		if s.isOpen(name) {
			fresh.open(name, s.text(name))
		}
	}
	time.Sleep(50 * time.Millisecond) // until it has its settings
	fresh.settle()
	for _, name := range s.names {
		want, got := exactly(fresh.diagnostics(name)), exactly(s.diagnostics(name))
		for _, d := range want {
			if !slices.Contains(got, d) {
				s.Errorf("%s: not shown: %s", name, d)
			}
		}
		if whole && len(got) != len(want) {
			s.Errorf("%s: shown %q, a fresh server shows %q", name, got, want)
		}
	}
	if s.Failed() {
		for _, name := range s.names {
			if s.isOpen(name) {
				disk, err := os.ReadFile(name)
				s.Logf("%s:\n%s\non disk (%v):\n%s", name, s.text(name), err, disk)
			}
		}
	}
}

func exactly(list []diagnostic) (texts []string) {
	for _, d := range list {
		texts = append(texts, fmt.Sprintf("%v %d %s %s", d.Range, d.Severity, d.Code, d.Message))
	}
	slices.Sort(texts)
	return texts
}
