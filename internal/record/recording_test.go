package record_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/record"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// A safeBuffer is written to by a process and read by the test.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// recording returns one of a program in testdata, and what it writes and updates.
func recording(t *testing.T, program string) (r *record.Recording, out, stderr *safeBuffer, profiles *[]*sites.Profile) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, stderr, profiles = new(safeBuffer), new(safeBuffer), new([]*sites.Profile)
	return &record.Recording{
		Options: record.Options{Dir: filepath.Join("testdata", program), Toolexec: []string{self, "toolexec"}},
		Stdin:   strings.NewReader("what stands in the input\n"),
		Stdout:  out,
		Stderr:  stderr,
		Update:  func(p *sites.Profile) error { *profiles = append(*profiles, p); return nil },
	}, out, stderr, profiles
}

// site returns the site at a line that holds a text, of a program in testdata.
func site(t *testing.T, p *sites.Profile, program, file, text string) *sites.Site {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", program, file))
	if err != nil {
		t.Fatal(err)
	}
	line := 1 + slices.IndexFunc(strings.Split(string(src), "\n"), func(l string) bool { return strings.Contains(l, text) })
	for _, pkg := range p.Packages {
		for i := range pkg.Sites {
			if s := &pkg.Sites[i]; s.File == file && s.Line == line {
				return s
			}
		}
	}
	t.Fatalf("nothing is recorded of %s:%d, %s", file, line, text)
	return nil
}

// However a program ends, what it did until then is recorded, and its output and exit code are its own.
func TestEnds(t *testing.T) {
	for _, c := range []struct {
		how    string
		code   int
		stderr string
	}{
		{"well", 0, ""},
		{"code", 3, ""},
		{"panic", 2, "panic: as asked for"},
		{"deadlock", 2, "all goroutines are asleep - deadlock!"},
		{"killed", 128 + int(syscall.SIGKILL), ""},
	} {
		t.Run(c.how, func(t *testing.T) {
			r, out, stderr, profiles := recording(t, "ends")
			code, err := r.Run(t.Context(), []string{"-trimpath", ".", c.how})
			if err != nil || code != c.code {
				t.Fatalf("exit code %d, %v, want %d\n%s", code, err, c.code, stderr)
			}
			if out.String() != "what stands in the input\n" || !strings.Contains(stderr.String(), c.stderr) || c.stderr == "" && stderr.String() != "" {
				t.Errorf("output %q, errors %q", out, stderr)
			}
			if len(*profiles) != 1 {
				t.Fatalf("%d profiles", len(*profiles))
			}
			s := site(t, (*profiles)[0], "ends", "main.go", "make(map[int]int)")
			if s.Makes != 10 || s.Growths != 40 || s.Peaks.Count() != 10 && c.how == "well" {
				t.Errorf("%+v", s)
			}
		})
	}
}

// SIGUSR1 writes what there is, and is not for the program; SIGTERM is.
func TestSignals(t *testing.T) {
	r, out, stderr, profiles := recording(t, "ends")
	var code int
	var err error
	done := make(chan bool)
	var mu sync.Mutex
	r.Update = func(p *sites.Profile) error {
		mu.Lock()
		defer mu.Unlock()
		*profiles = append(*profiles, p)
		return nil
	}
	updates := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(*profiles)
	}
	go func() {
		defer close(done)
		code, err = r.Run(t.Context(), []string{".", "waits"})
	}()
	wait := func(what string, ok func() bool) {
		t.Helper()
		for deadline := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: nothing after two minutes\n%s%s", what, out, stderr)
			}
		}
	}
	wait("start", func() bool { return strings.Contains(out.String(), "ready") })
	self, _ := os.FindProcess(os.Getpid())
	for n := 1; n <= 2; n++ {
		if err := self.Signal(syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		wait("SIGUSR1", func() bool { return updates() == n })
	}
	if err := self.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-done
	if err != nil || code != 4 || !strings.HasSuffix(out.String(), "terminated\n") || updates() != 3 {
		t.Errorf("exit code %d, %v, output %q, %d profiles", code, err, out, updates())
	}
	if s := site(t, (*profiles)[0], "ends", "main.go", "make(map[int]int)"); s.Makes != 10 {
		t.Errorf("SIGUSR1 has written %d makes", s.Makes)
	}
}

func TestOfTests(t *testing.T) {
	r, out, stderr, profiles := recording(t, "ends")
	code, err := r.Test(t.Context(), []string{"-v", "./...", "-run", "TestEnds", "-args", "word"})
	if err != nil || code != 0 || !strings.Contains(out.String(), "--- PASS: TestEnds") {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, out, stderr)
	}
	p := (*profiles)[0]
	if s := site(t, p, "ends", "main_test.go", "make(map[string]bool, 50)"); s.Makes != 1 || s.Hints.Max() != 50 || p.Package("example.com/ends") == nil {
		t.Errorf("%+v", s)
	}
}

// What cannot be built or run is said by the go command, and nothing is written.
func TestNothing(t *testing.T) {
	for _, c := range []struct {
		args   []string
		err    error
		stderr string
	}{
		{[]string{"./nowhere"}, record.ErrBuild, "nowhere"},
		{[]string{"-tags"}, nil, ""},
		{nil, nil, ""},
	} {
		r, _, stderr, profiles := recording(t, "ends")
		_, err := r.Run(t.Context(), c.args)
		if err == nil || c.err != nil && !errors.Is(err, c.err) || !strings.Contains(stderr.String(), c.stderr) || len(*profiles) > 0 {
			t.Errorf("%q: %v, %d profiles\n%s", c.args, err, len(*profiles), stderr)
		}
	}
}
