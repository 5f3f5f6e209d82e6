package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/mapdiag/mapdiag/internal/health/report"
	"github.com/mapdiag/mapdiag/mapstat"
)

const odd = "a/b?c=d&e|<script>alert(1)</script>\"'\n#x"

// sample is a series of snapshots of real maps, one with a name that means something to URLs and HTML.
func sample(t testing.TB) []mapstat.Snapshot {
	t.Helper()
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	err := r.Register(mapstat.Metric{Name: "slots_per_table", Unit: "slots/table", Help: "Slots of a table on average.", Eval: func(s mapstat.Stat) (float64, bool) {
		return float64(s.Slots) / float64(max(s.Tables, 1)), true
	}})
	if err != nil {
		t.Fatal(err)
	}
	sessions, plan, small := make(map[int]int64), make(map[string]int, 200_000), map[string]bool{"a": true}
	for i := range 100_000 {
		sessions[i] = int64(i)
	}
	plan["only"] = 1
	for name, m := range map[string]any{"http.sessions": &sessions, odd: &plan, "config": &small} {
		if _, err := r.Track(name, m, noLock{}); err != nil {
			t.Fatal(err)
		}
	}
	var list []mapstat.Snapshot
	start := time.Now()
	for i := range 5 {
		s := r.Snapshot(true)
		s.Time = start.Add(time.Duration(i) * time.Minute)
		list = append(list, s)
		for k := range 20_000 * (i + 1) {
			delete(sessions, k)
		}
	}
	// The registry lets go of maps that the program has no use for any more.
	runtime.KeepAlive(&sessions)
	runtime.KeepAlive(&plan)
	runtime.KeepAlive(&small)
	return list
}

// noLock is the lock of maps that one goroutine uses.
type noLock struct{}

func (noLock) Lock()   {}
func (noLock) Unlock() {}

func handle(snapshots []mapstat.Snapshot, err error) http.Handler {
	return Handler(func(context.Context) ([]mapstat.Snapshot, error) { return snapshots, err })
}

func get(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	return w
}

func TestAnswers(t *testing.T) {
	snapshots := sample(t)
	failure := errors.New("GET http://127.0.0.1:6060/debug/maps: connection refused <b>")
	for _, c := range []struct {
		name, target string
		snapshots    []mapstat.Snapshot
		err          error
		status       int
		has          string
	}{
		{"all maps", "/", snapshots, nil, 200, "http.sessions"},
		{"no maps", "/", []mapstat.Snapshot{{}}, nil, 200, "No maps are watched."},
		{"no snapshot", "/", nil, nil, 200, "No maps are watched."},
		{"one map", "/map?name=http.sessions", snapshots, nil, 200, "In detail"},
		{"odd map", "/map?" + url.Values{"name": {odd}}.Encode(), snapshots, nil, 200, "In detail"},
		{"map that is not there", "/map?name=gone", snapshots, nil, 404, "gone"},
		{"map without a name", "/map", snapshots, nil, 400, "lacks the name"},
		{"style", "/style.css", nil, failure, 200, "prefers-color-scheme"},
		{"Markdown", "/report?format=md", snapshots, nil, 200, "| Map"},
		{"SVG", "/report?format=svg", snapshots, nil, 200, "<svg"},
		{"HTML", "/report?format=html", snapshots, nil, 200, "<style>"},
		{"unknown format", "/report?format=pdf", snapshots, nil, 400, "want md, json"},
		{"no format", "/report", snapshots, nil, 400, "want md, json"},
		{"failure", "/", nil, failure, 502, "connection refused &lt;b&gt;"},
		{"failure of one", "/map?name=x", nil, failure, 502, "connection refused"},
		{"failure of a file", "/report?format=md", snapshots, failure, 502, "connection refused"},
		{"failure after success", "/", snapshots, failure, 200, "could not be read again"},
		{"elsewhere", "/etc/passwd", snapshots, nil, 404, ""},
		{"refresh", "/?refresh=10", snapshots, nil, 200, `http-equiv="refresh" content="10"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := get(t, handle(c.snapshots, c.err), c.target)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.has) {
				t.Errorf("status %d, want %d with %q:\n%.2000s", w.Code, c.status, c.has, w.Body)
			}
			if got := w.Header().Get("Content-Security-Policy"); got != policy {
				t.Errorf("policy %q", got)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the browser may guess the type")
			}
		})
	}
	for _, target := range []string{"/", "/?refresh=1", "/?refresh=-1", "/?refresh=x"} {
		if body := get(t, handle(snapshots, nil), target).Body.String(); strings.Contains(body, `http-equiv="refresh"`) {
			t.Errorf("%s refreshes", target)
		}
	}
	w := httptest.NewRecorder()
	handle(snapshots, nil).ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered with %d", w.Code)
	}
}

func TestJSON(t *testing.T) {
	w := get(t, handle(sample(t), nil), "/report?format=json")
	var doc report.Document
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Maps) != 3 || len(doc.Series) != 5 || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d maps, %d moments, %s", len(doc.Maps), len(doc.Series), w.Header().Get("Content-Type"))
	}
}

// TestLinks follows all links of the pages to pages that are there.
func TestLinks(t *testing.T) {
	h := handle(sample(t), nil)
	seen := map[string]bool{"/": true}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		w := get(t, h, queue[0])
		if w.Code != 200 {
			t.Errorf("%s: status %d", queue[0], w.Code)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Header().Get("Content-Disposition") != "" {
			continue
		}
		for _, address := range check(t, queue[0], w.Body.String()) {
			if !seen[address] && strings.HasPrefix(address, "/") {
				seen[address] = true
				queue = append(queue, address)
			}
		}
	}
	if len(seen) != 4+3*4+4+1 { // all maps and three maps, each with four intervals; four files; the style
		t.Errorf("%d addresses: %v", len(seen), seen)
	}
}

// check looks at a page for what its policy would block and what a reader without
// eyes or mouse would miss, and returns its links.
func check(t *testing.T, page, body string) (links []string) {
	t.Helper()
	ids := make(map[string]bool)
	var fragments []string
	captions, tables := 0, 0
	for tokens := html.NewTokenizer(strings.NewReader(body)); ; {
		if tokens.Next() == html.ErrorToken {
			break
		}
		tok := tokens.Token()
		if tok.Type != html.StartTagToken && tok.Type != html.SelfClosingTagToken {
			continue
		}
		attr := make(map[string]string)
		for _, a := range tok.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("%s: <%s> has an attribute %s", page, tok.Data, a.Key)
			}
		}
		if ids[attr["id"]] && attr["id"] != "" {
			t.Errorf("%s: two elements are %s", page, attr["id"])
		}
		ids[attr["id"]] = true
		switch tok.Data {
		case "script", "style":
			t.Errorf("%s: has a <%s>", page, tok.Data)
		case "img":
			if attr["alt"] == "" || attr["width"] == "" || attr["height"] == "" {
				t.Errorf("%s: an image lacks its text or size", page)
			}
		case "th":
			if attr["scope"] == "" {
				t.Errorf("%s: a <th> has no scope", page)
			}
		case "table":
			tables++
		case "caption":
			captions++
		case "html":
			if attr["lang"] == "" {
				t.Errorf("%s: has no language", page)
			}
		case "a", "link":
			if strings.HasPrefix(attr["href"], "#") {
				fragments = append(fragments, attr["href"][1:])
			} else {
				links = append(links, attr["href"])
			}
		}
	}
	if tables != captions {
		t.Errorf("%s: %d tables, %d captions", page, tables, captions)
	}
	for _, f := range fragments {
		if !ids[f] {
			t.Errorf("%s: nothing is at #%s", page, f)
		}
	}
	return links
}

// TestTogether asks for pages at the same time; make race looks on.
func TestTogether(t *testing.T) {
	h := handle(sample(t), nil)
	var wg sync.WaitGroup
	for _, target := range []string{"/", "/map?name=http.sessions", "/report?format=svg", "/report?format=md", "/"} {
		wg.Go(func() {
			if w := get(t, h, target); w.Code != 200 {
				t.Errorf("%s: status %d", target, w.Code)
			}
		})
	}
	wg.Wait()
}

func BenchmarkPage(b *testing.B) {
	h := handle(sample(b), nil)
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}
}
