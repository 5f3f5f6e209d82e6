package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
	mapstathttp "github.com/mapdiag/mapdiag/mapstat/http"
)

// TestFetch asks the real handler.
func TestFetch(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	m := make(map[int]int)
	for i := range 5000 {
		m[i] = i
	}
	var mu sync.Mutex
	if _, err := r.Track("numbers", &m, &mu); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mapstathttp.Mount(mux, r)
	srv := httptest.NewServer(mux)
	defer srv.Close()
	for _, c := range []struct {
		url  string
		full bool
	}{{srv.URL, false}, {srv.URL + "/", true}, {srv.URL + "/debug/maps", true}, {srv.URL + "/debug/maps/?full=0&format=html", true}} {
		s, err := Fetch(context.Background(), c.url, c.full)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if len(s.Maps) != 1 || s.Maps[0].Stat.Len != 5000 || (s.Maps[0].Stat.Probed == 5000) != c.full {
			t.Errorf("%s, full %v: %+v", c.url, c.full, s.Maps)
		}
	}
	runtime.KeepAlive(&m)
	runtime.KeepAlive(&mu)
}

func TestErrors(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	answer := func(kind string, status int, body string) string {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		t.Cleanup(srv.Close)
		return srv.URL
	}
	guarded := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "192.0.2.1:99"
		mapstathttp.Handler(mapstat.Default).ServeHTTP(w, r)
	}))
	defer guarded.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"version":1`)
	}))
	defer cut.Close()

	for _, c := range []struct{ url, want string }{
		{closed.URL, "nothing listens there"},
		{guarded.URL, `192.0.2.1:99`},
		{guarded.URL, "kubectl port-forward"},
		{answer("text/html", 200, "<html>"), "got an HTML page"},
		{answer("text/plain", 404, "404 page not found"), "mapstathttp.Mount"},
		{answer("text/plain", 500, "out of \x1b[31mluck"), "500 Internal Server Error: out of  [31mluck"},
		{answer("application/json", 200, `{"version":99,"maps":"other"}`), "version 99"},
		{answer("application/json", 200, `{"maps":[]}`), "has no version"},
		{answer("application/json", 200, `{"version":1,"maps":3}`), "cannot be read"},
		{answer("application/json", 200, `[]`), "not JSON of a snapshot"},
		{answer("application/json", 200, ``), "not JSON of a snapshot"},
		{cut.URL, "unexpected EOF"},
		{"ftp://127.0.0.1", "not the URL of a program"},
		{"127.0.0.1:6060", "first path segment"},
		{"http://", "not the URL of a program"},
		{"http://user:secret@127.0.0.1:1/x", "user:xxxxx@127.0.0.1:1/x"},
	} {
		_, err := Fetch(context.Background(), c.url, false)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.url, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is shown: %v", err)
		}
	}
}

func TestTimeout(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer srv.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := Fetch(ctx, srv.URL, false); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "in time") {
		t.Errorf("%v", err)
	}
}

func FuzzDecode(f *testing.F) {
	good, err := json.Marshal(mapstat.Default.Snapshot(false))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(good), `{"version":1}`, `{"version":2}`, `{"version":1e99}`, `{"version":1,"maps":[{"stat":{"probes":[1,2]}}]}`, `null`, `"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decode(data)
		if err == nil && (s.Version < 1 || s.Version > mapstat.SnapshotVersion) {
			t.Errorf("version %d without an error", s.Version)
		}
	})
}
