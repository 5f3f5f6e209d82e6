package mapstathttp_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/mapdiag/mapdiag/mapstat"
	mapstathttp "github.com/mapdiag/mapdiag/mapstat/http"
)

// A program has some maps to be watched.
type program struct {
	registry *mapstat.Registry
	mu       sync.Mutex
	sessions map[int]int
	drained  map[[2]int64]string
	empty    map[string]bool
}

func newProgram(t testing.TB) *program {
	p := &program{
		registry: mapstat.NewRegistry(mapstat.DefaultThresholds()),
		sessions: map[int]int{}, drained: map[[2]int64]string{}, empty: map[string]bool{},
	}
	for i := range 1000 {
		p.sessions[i] = i
	}
	for i := range int64(100_000) {
		p.drained[[2]int64{i}] = "x"
	}
	for _, err := range []error{
		track(p, "sessions", &p.sessions), track(p, "drained <b>", &p.drained), track(p, "empty", &p.empty),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p.registry.Sample(0) // in a classic map nothing else shows later that it was full
	for i := range int64(99_990) {
		delete(p.drained, [2]int64{i})
	}
	t.Cleanup(func() { runtime.KeepAlive(p) })
	return p
}

func track(p *program, name string, m any) error {
	_, err := p.registry.Track(name, m, &p.mu)
	return err
}

// get sends a request as a program on the same machine does, with changes by the header's
// name; Host and Remote stand for what is no header.
func get(h http.Handler, method, target string, change map[string]string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	r.Host, r.RemoteAddr = "localhost:6060", "127.0.0.1:40000"
	for name, value := range change {
		switch name {
		case "Host":
			r.Host = value
		case "Remote":
			r.RemoteAddr = value
		default:
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestJSON(t *testing.T) {
	p := newProgram(t)
	mux := http.NewServeMux()
	mapstathttp.Mount(mux, p.registry)
	for _, c := range []struct {
		target string
		accept string
		probed uint64 // of map sessions; 0 for any
	}{
		{"/debug/maps", "", 0},
		{"/debug/maps/", "*/*", 0},
		{"/debug/maps?format=json", "text/html", 0},
		{"/debug/maps", "application/json, text/html;q=0.5", 0},
		{"/debug/maps?full=1", "application/json", 1000},
	} {
		resp := get(mux, "GET", c.target, map[string]string{"Accept": c.accept})
		var s mapstat.Snapshot
		if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
			t.Errorf("%s, Accept %q: %s, %v", c.target, c.accept, resp.Status, err)
			continue
		}
		if s.Version != mapstat.SnapshotVersion || len(s.Maps) != 3 {
			t.Errorf("%s: version %d, %d maps", c.target, s.Version, len(s.Maps))
		}
		for _, m := range s.Maps {
			if m.Name == "sessions" && (m.Stat.Len != 1000 || c.probed > 0 && m.Stat.Probed != c.probed) {
				t.Errorf("%s: sessions with %d entries, %d looked up", c.target, m.Stat.Len, m.Stat.Probed)
			}
		}
	}
}

// TestPage looks for what a person wants to know, and for what the policy of the page
// forbids.
func TestPage(t *testing.T) {
	p := newProgram(t)
	panicking := mapstat.Metric{Name: "bad_one", Help: "Panics.", Eval: func(mapstat.Stat) (float64, bool) { panic("no such luck") }}
	if err := p.registry.Register(panicking); err != nil {
		t.Fatal(err)
	}
	h := mapstathttp.Handler(p.registry)
	resp := get(h, "GET", "/debug/maps", map[string]string{"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"})
	page := body(t, resp)
	if ct := resp.Header.Get("Content-Type"); ct != "text/html; charset=utf-8" {
		t.Fatalf("Content-Type %q", ct)
	}
	for _, want := range []string{"sessions", "map[int]int", "drained &lt;b&gt;", "warning: drained", "metric bad_one panicked: no such luck", "wasted_bytes", "</html>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Index(page, "drained &lt;") > strings.Index(page, "sessions") {
		t.Error("the map that wants attention is not the first one")
	}
	for _, not := range []string{"<script", " style=", " onclick", "<b>", "ZgotmplZ"} {
		if strings.Contains(page, not) {
			t.Errorf("the page contains %q", not)
		}
	}
	_, style, _ := strings.Cut(page, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, want) || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("the policy %q does not let the page's style in", csp)
	}
}

func TestEmptyPage(t *testing.T) {
	h := mapstathttp.Handler(mapstat.NewRegistry(mapstat.DefaultThresholds()))
	if page := body(t, get(h, "GET", "/debug/maps?format=html", nil)); !strings.Contains(page, "No map is watched") || !strings.Contains(page, "</html>") {
		t.Errorf("page without maps:\n%s", page)
	}
}

func TestRefused(t *testing.T) {
	h := mapstathttp.Handler(newProgram(t).registry)
	for _, c := range []struct {
		method, target string
		change         map[string]string
		status         int
		text           string
	}{
		{"GET", "/debug/maps", map[string]string{"Remote": "192.0.2.1:1234"}, 403, "192.0.2.1"},
		{"GET", "/debug/maps", map[string]string{"Remote": "[2001:db8::1]:1234"}, 403, "same machine"},
		{"GET", "/debug/maps", map[string]string{"Remote": ""}, 403, "same machine"},
		{"GET", "/debug/maps", map[string]string{"Remote": "@"}, 403, "same machine"},
		{"GET", "/debug/maps/profile", map[string]string{"Remote": "10.0.0.1:1"}, 403, "same machine"},
		{"GET", "/debug/maps", map[string]string{"X-Forwarded-For": "127.0.0.1"}, 403, "X-Forwarded-For"},
		{"GET", "/debug/maps", map[string]string{"Forwarded": "for=127.0.0.1"}, 403, "Forwarded"},
		{"GET", "/debug/maps", map[string]string{"X-Real-IP": ""}, 403, "X-Real-Ip"},
		{"GET", "/debug/maps", map[string]string{"Host": "rebound.example"}, 403, "rebound.example"},
		{"GET", "/debug/maps", map[string]string{"Host": "localhost.example:6060"}, 403, "localhost.example"},
		{"GET", "/debug/maps", map[string]string{"Host": "127.0.0.1.example"}, 403, "127.0.0.1.example"},
		{"GET", "/debug/maps", map[string]string{"Host": "[::1"}, 403, "::1"},
		{"GET", "/debug/maps", map[string]string{"Host": "localhost:x"}, 403, "localhost:x"},
		{"GET", "/debug/maps", map[string]string{"Host": ""}, 403, "localhost"},
		{"GET", "/debug/maps?full=1", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403, "another site"},
		{"GET", "/debug/maps?full=1", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403, "another site"},
		{"GET", "/debug/maps", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200, ""},
		{"GET", "/debug/maps", map[string]string{"Remote": "[::1]:1234", "Host": "[::1]"}, 200, ""},
		{"GET", "/debug/maps", map[string]string{"Remote": "[::ffff:127.0.0.1]:1234", "Host": "127.0.0.1"}, 200, ""},
		{"GET", "/debug/maps", map[string]string{"Host": "App.localhost."}, 200, ""},

		{"POST", "/debug/maps", nil, 405, "POST"},
		{"DELETE", "/debug/maps/profile", nil, 405, "DELETE"},
		{"HEAD", "/debug/maps", nil, 200, ""},
		{"HEAD", "/debug/maps/profile?seconds=3600", nil, 200, ""},

		{"GET", "/debug/maps?ful=1", nil, 400, `unknown parameter "ful": want one of format, full`},
		{"GET", "/debug/maps?full=yes", nil, 400, `full="yes": want 1 or 0`},
		{"GET", "/debug/maps?full=1&full=0", nil, 400, "given 2 times"},
		{"GET", "/debug/maps?format=xml", nil, 400, "want json or html"},
		{"GET", "/debug/maps?seconds=1", nil, 400, "unknown parameter"},
		{"GET", "/debug/maps?full=%zz", nil, 400, "cannot be read"},
		{"GET", "/debug/maps/profile?seconds=0", nil, 400, "from 1 to 3600"},
		{"GET", "/debug/maps/profile?seconds=-1", nil, 400, "from 1 to 3600"},
		{"GET", "/debug/maps/profile?seconds=1e9", nil, 400, "from 1 to 3600"},
		{"GET", "/debug/maps/profile?seconds=", nil, 400, "from 1 to 3600"},
		{"GET", "/debug/maps/profile?debug=1", nil, 400, "unknown parameter"},

		{"GET", "/debug/maps/other", nil, 404, "/debug/maps/other"},
		{"GET", "/debug/mapsx", nil, 404, "only /debug/maps"},
		{"GET", "/admin/debug/maps", nil, 200, ""},
		{"GET", "/", nil, 200, ""}, // of http.StripPrefix
	} {
		resp := get(h, c.method, c.target, c.change)
		text := body(t, resp)
		if resp.StatusCode != c.status || !strings.Contains(text, c.text) {
			t.Errorf("%s %s %v: %s %q; want %d, %q", c.method, c.target, c.change, resp.Status, text[:min(len(text), 200)], c.status, c.text)
		}
		if c.method == "HEAD" && text != "" {
			t.Errorf("HEAD %s has a body", c.target)
		}
	}
}

func TestAllowRemote(t *testing.T) {
	h := mapstathttp.Handler(newProgram(t).registry, mapstathttp.AllowRemote())
	resp := get(h, "GET", "/debug/maps", map[string]string{"Remote": "192.0.2.1:1234", "Host": "app.example", "X-Forwarded-For": "192.0.2.7"})
	if resp.StatusCode != 200 {
		t.Errorf("%s: %s", resp.Status, body(t, resp))
	}
}

func TestUnixSocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "maps.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: l, Config: &http.Server{Handler: mapstathttp.Handler(newProgram(t).registry)}}
	srv.Start()
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	for header, want := range map[string]int{"Accept": 200, "X-Forwarded-For": 403} {
		r, _ := http.NewRequest("GET", "http://anything/debug/maps", nil)
		r.Header.Set(header, "*/*")
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if text := body(t, resp); resp.StatusCode != want {
			t.Errorf("with %s: %s %s", header, resp.Status, text)
		}
		resp.Body.Close()
	}
}

// TestProfileOverHTTP asks a real server whose WriteTimeout is shorter than the profile
// takes.
func TestProfileOverHTTP(t *testing.T) {
	p := newProgram(t)
	srv := httptest.NewUnstartedServer(mapstathttp.Handler(p.registry))
	srv.Config.WriteTimeout = 500 * 1e6
	srv.Start()
	defer srv.Close()
	fetch := func(query string) *profile.Profile {
		resp, err := http.Get(srv.URL + "/debug/maps/profile" + query)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data := body(t, resp)
		prof, err := profile.Parse(bytes.NewReader([]byte(data)))
		if err != nil {
			t.Fatalf("%s %s: %v", resp.Status, data[:min(len(data), 100)], err)
		}
		return prof
	}
	if n := len(fetch("").Sample); n != 3 {
		t.Errorf("%d samples, want 3", n)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.mu.Lock()
		defer p.mu.Unlock()
		for i := range 10_000 {
			p.sessions[-i] = i
		}
	}()
	delta := fetch("?seconds=1")
	<-done
	if delta.DurationNanos < 1e9 || delta.DurationNanos > 1e11 {
		t.Errorf("duration %d ns, want about a second", delta.DurationNanos)
	}
	for _, s := range delta.Sample {
		if name := s.Location[0].Line[0].Function.Name; name != "sessions" {
			t.Errorf("%s has changed", name)
		}
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := httptest.NewRequest("GET", "/debug/maps/profile?seconds=3600", nil).WithContext(ctx)
	r.Host, r.RemoteAddr = "localhost", "127.0.0.1:1"
	mapstathttp.Handler(newProgram(t).registry).ServeHTTP(httptest.NewRecorder(), r) // returns
}

func ExampleMount() {
	sessions := make(map[string]int)
	var mu sync.Mutex
	if _, err := mapstat.Track("sessions", &sessions, &mu); err != nil {
		fmt.Println(err)
	}

	mapstathttp.Mount(http.DefaultServeMux, mapstat.Default)
	// Then http.ListenAndServe("127.0.0.1:6060", nil), or whatever serves /debug/pprof.
}

// FuzzRequest sends whatever can be sent: nothing may panic, and every answer is whole, or
// says what is wrong.
func FuzzRequest(f *testing.F) {
	for _, query := range []string{"", "full=1", "format=json&full=0", "format=html", "seconds=1", "full=%31", "a;b", "full", "seconds=99999999999999999999", "format=json&format=html"} {
		f.Add("/debug/maps", query, "text/html;q=0.5, application/json;q=x", "localhost:6060")
		f.Add("/debug/maps/profile", query, "", "[::1]:80")
	}
	f.Add("/debug/maps/../maps//profile", "", ",;q=,", "127.0.0.1:99999")
	p := newProgram(f)
	h := mapstathttp.Handler(p.registry)
	f.Fuzz(func(t *testing.T, path, query, accept, host string) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // seconds are not waited for
		r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
		r.URL.Path, r.URL.RawQuery = path, query
		r.Header.Set("Accept", accept)
		r.Host, r.RemoteAddr = host, "127.0.0.1:1"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case 200:
			switch ct := w.Header().Get("Content-Type"); ct {
			case "application/json":
				var s mapstat.Snapshot
				if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || len(s.Maps) != 3 {
					t.Errorf("JSON of %d maps: %v", len(s.Maps), err)
				}
			case "text/html; charset=utf-8":
				if !strings.Contains(w.Body.String(), "</html>") {
					t.Error("the page is not whole")
				}
			case "application/octet-stream":
				if _, err := profile.Parse(w.Body); err != nil {
					t.Error(err)
				}
			case "": // canceled
				if w.Body.Len() > 0 {
					t.Errorf("answer of no type: %q", w.Body)
				}
			default:
				t.Errorf("Content-Type %q", ct)
			}
		case 400, 403, 404:
			if strings.TrimSpace(w.Body.String()) == "" {
				t.Errorf("status %d without a word", w.Code)
			}
		default:
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
}
