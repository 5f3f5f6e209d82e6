package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/sites"
)

func TestRecorded(t *testing.T) {
	f, err := os.Open("../../sites/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := sites.Read(f, f.Name())
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("the file <b> is gone")
	ask := func(p *sites.Profile, err error, target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		Recorded(func(context.Context) (*sites.Profile, error) { return p, err }).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
		if w.Header().Get("Content-Security-Policy") != policy {
			t.Errorf("%s: policy %q", target, w.Header().Get("Content-Security-Policy"))
		}
		return w
	}
	for _, c := range []struct {
		profile *sites.Profile
		err     error
		target  string
		status  int
		want    string
	}{
		{p, nil, "/", 200, "Hints worth changing"},
		{p, nil, "/?refresh=10", 200, `<meta http-equiv="refresh" content="10">`},
		{p, gone, "/", 200, "this is what it was before: the file &lt;b&gt; is gone"},
		{nil, gone, "/", 502, "the file &lt;b&gt; is gone"},
		{p, nil, "/report?format=md", 200, "## Recorded maps"},
		{p, nil, "/report?format=json", 200, `"module": "example.com/shop"`},
		{p, gone, "/report?format=svg", 500, "is gone"},
		{p, nil, "/report?format=pdf", 400, "unknown format"},
		{p, nil, "/style.css", 200, "body"},
		{p, nil, "/map", 404, ""},
		{&sites.Profile{}, nil, "/", 200, "No maps were recorded."},
	} {
		if w := ask(c.profile, c.err, c.target); w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: status %d, want %d, and %q in\n%.600s", c.target, w.Code, c.status, c.want, w.Body.String())
		}
	}
	for _, link := range check(t, "/", ask(p, nil, "/").Body.String()) {
		if strings.HasPrefix(link, "/") && ask(p, nil, link).Code != http.StatusOK {
			t.Errorf("%s leads nowhere", link)
		}
	}
}
