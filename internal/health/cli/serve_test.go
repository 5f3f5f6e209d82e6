package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/term"
)

// A log is what a command that runs on has said so far.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// find waits for what the command says.
func (l *log) find(t *testing.T, pattern string) string {
	t.Helper()
	return l.findWithin(t, 20*time.Second, pattern)
}

func (l *log) findWithin(t *testing.T, limit time.Duration, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		l.mu.Lock()
		found := re.FindStringSubmatch(l.text.String())
		l.mu.Unlock()
		if found != nil {
			return found[len(found)-1]
		}
	}
	t.Fatalf("nothing said of %s: %s", pattern, l.text.String())
	return ""
}

// start runs a command that serves until the test ends.
func start(t *testing.T, args ...string) *log {
	t.Helper()
	said := new(log)
	a := &app{version: "test", out: term.New(said, nil), err: term.New(said, nil), stderr: said}
	root := a.root()
	root.SetArgs(normalise(root, args))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- root.ExecuteContext(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("mapdiag %s: %v", strings.Join(args, " "), err)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("mapdiag %s does not end", strings.Join(args, " "))
		}
	})
	return said
}

func get(t *testing.T, url, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestHTTP(t *testing.T) {
	srv := httptest.NewServer(program())
	defer srv.Close()
	for _, source := range []string{srv.URL, "testdata/after.json"} {
		url := start(t, "-http=:0", source).find(t, `at (http://\S+)`)
		if status, page := get(t, url, ""); status != http.StatusOK || !strings.Contains(page, "<table") {
			t.Errorf("%s: status %d, %d bytes", source, status, len(page))
		}
		if status, _ := get(t, url, "elsewhere.example"); status != http.StatusForbidden {
			t.Errorf("%s: status %d for another host's name", source, status)
		}
	}
}

// TestHTTPProfile shows a profile that is recorded anew, and then damaged, while it is shown.
func TestHTTPProfile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mapdiag.json")
	put := func(data []byte) {
		t.Helper()
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadFile("../../sites/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile("../../sites/testdata/shop-after.json")
	if err != nil {
		t.Fatal(err)
	}
	put(before)
	url := start(t, "-http=:0", file).find(t, `at (http://\S+)`)
	for _, c := range []struct {
		data []byte
		want string
	}{{before, "index/terms.go:41"}, {after, "index/terms.go:43"}, {after[:len(after)/2], "could not be read again"}} {
		put(c.data)
		if status, page := get(t, url, ""); status != http.StatusOK || !strings.Contains(page, c.want) {
			t.Errorf("status %d, no %q in %d bytes", status, c.want, len(page))
		}
	}
}

// TestHTTPRecording looks at a program while it runs, by several readers at a time.
func TestHTTPRecording(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.24\n",
		"main.go": `package main

import (
	"os"
	"time"
)

var kept = make(map[int]int)

func main() {
	for i := range 1000 {
		kept[i] = i
	}
	for range 600 { // until the test is done with it
		if _, err := os.Stat("done"); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	said := start(t, "run", "-http=127.0.0.1:0", ".")
	url := said.findWithin(t, 5*time.Minute, `at (http://\S+)`) // Go's runtime may have to be built first
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, page := get(t, url, ""); strings.Contains(page, "main.go:8") {
			break
		} else if time.Now().After(end) {
			t.Fatalf("the map is not in the page: %.1000s", page)
		}
	}
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/report?format=json", nil)
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
	readers.Wait()
	if err := os.WriteFile("done", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	said.find(t, `(makes of maps at)`)
	if _, err := os.Stat("mapdiag.json"); err != nil {
		t.Error(err)
	}
}

// TestHistory follows a program until it goes away.
func TestHistory(t *testing.T) {
	srv := httptest.NewServer(program())
	h := &history{arg: srv.URL}
	for want := 1; want <= 3; want++ {
		if got, err := h.load(t.Context()); err != nil || len(got) != want {
			t.Fatalf("%d snapshots, %v; want %d", len(got), err, want)
		}
	}
	srv.Close()
	if got, err := h.load(t.Context()); err == nil || len(got) != 3 {
		t.Errorf("of a program that is away: %d snapshots, error %v", len(got), err)
	}
	h.arg = "testdata/before.json"
	if got, err := h.load(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("of a file: %d snapshots, error %v", len(got), err)
	}
}

func TestExport(t *testing.T) {
	srv := httptest.NewServer(program())
	defer srv.Close()
	said := start(t, "export", "-listen", "127.0.0.1:0", "-source", srv.URL)
	url := said.find(t, `metrics=(http://\S+)`)
	if status, text := get(t, url, ""); status != http.StatusOK || !strings.Contains(text, "\nmapstat_up 1\n") || !strings.Contains(text, "mapstat_map_entries{") {
		t.Errorf("status %d: %.500s", status, text)
	}
}
