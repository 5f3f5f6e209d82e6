package export

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
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

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// scrape returns the metrics as Prometheus gets them.
func scrape(t *testing.T, h http.Handler, timeout string) string {
	t.Helper()
	r := httptest.NewRequest("GET", "/metrics", nil)
	if timeout != "" {
		r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", timeout)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("scrape: %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// TestSource exports a program that is up, stands still, and is gone.
func TestSource(t *testing.T) {
	reg := mapstat.NewRegistry(mapstat.DefaultThresholds())
	m := map[string]int{"a": 1}
	var mu sync.Mutex
	if _, err := reg.Track("letters", &m, &mu); err != nil {
		t.Fatal(err)
	}
	var stuck sync.RWMutex
	maps := mapstathttp.Handler(reg)
	program := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stuck.RLock()
		defer stuck.RUnlock()
		maps.ServeHTTP(w, r)
	}))
	defer program.Close()
	h, err := handler(Options{Source: program.URL, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(text string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("the metrics lack %q:\n%s", w, text)
			}
		}
	}
	expect(scrape(t, h, ""), "\nmapstat_up 1\n", "\nmapstat_scrape_errors_total 0\n", `mapstat_map_entries{map="letters",type="map[string]int"} 1`)

	stuck.Lock()
	start := time.Now()
	expect(scrape(t, h, "0.6"), "\nmapstat_up 0\n", "\nmapstat_scrape_errors_total 1\n")
	if took := time.Since(start); took < 200*time.Millisecond || took > 5*time.Second {
		t.Errorf("the scrape took %v, though Prometheus waits for 0.6 s", took)
	}
	stuck.Unlock()
	expect(scrape(t, h, "5"), "\nmapstat_up 1\n", "\nmapstat_scrape_errors_total 1\n")

	program.Close()
	down := scrape(t, h, "")
	expect(down, "\nmapstat_up 0\n", "\nmapstat_scrape_errors_total 2\n")
	if strings.Contains(down, "mapstat_map_entries") {
		t.Error("maps of a program that is gone")
	}
	runtime.KeepAlive(&m)
	runtime.KeepAlive(&mu)
}

func TestScrapeTimeout(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "x": 0, "-1": 0, "0": 0, "NaN": 0, "+Inf": 0,
		"10": 9500 * time.Millisecond, "0.6": 300 * time.Millisecond, "1e18": time.Hour,
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", header)
		if got, ok := scrapeTimeout(r); got != want || ok != (want > 0) {
			t.Errorf("%q: %v %v, want %v", header, got, ok, want)
		}
	}
}

func TestServe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := Serve(context.Background(), Options{Listen: addr, Source: "http://127.0.0.1:1", Log: quiet()}); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("an address in use: %v", err)
	}
	l.Close()

	ctx, cancel := context.WithCancel(context.Background())
	var logged syncBuffer
	done := make(chan error, 1)
	go func() {
		done <- Serve(ctx, Options{Listen: addr, Source: "http://127.0.0.1:1", Log: slog.New(slog.NewTextHandler(&logged, nil))})
	}()
	for path, want := range map[string]string{"/healthz": "ok\n", "/metrics": "mapstat_up 0", "/": "/metrics", "/other": "404"} {
		if got := fetch(t, "http://"+addr+path); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Serve ends with %v", err)
	}
	if log := logged.String(); !strings.Contains(log, addr) || !strings.Contains(log, "nothing listens there") {
		t.Errorf("log:\n%s", log)
	}
}

// fetch waits for the server to listen.
func fetch(t *testing.T, url string) string {
	t.Helper()
	var err error
	for range 100 {
		var resp *http.Response
		if resp, err = http.Get(url); err == nil {
			defer resp.Body.Close()
			data, _ := io.ReadAll(resp.Body)
			return string(data)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(err)
	return ""
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{Source: "maps.dump"}, {Source: ""}, {Source: "http://127.0.0.1", Timeout: -1}} {
		if err := Serve(context.Background(), o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
