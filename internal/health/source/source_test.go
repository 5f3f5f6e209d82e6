package source_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/mapstat"
)

func snapshot(second int64) mapstat.Snapshot {
	return mapstat.Snapshot{
		Version: 1, Time: time.Unix(second, 0).UTC(), Program: mapstat.Program{Name: "shop", Started: time.Unix(0, 0).UTC()},
		Maps: []mapstat.MapReport{{Name: "carts", Stat: mapstat.Stat{Len: 3}}},
	}
}

func encode(t *testing.T, all ...mapstat.Snapshot) string {
	t.Helper()
	var b strings.Builder
	for _, s := range all {
		if err := json.NewEncoder(&b).Encode(s); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestLoadFile(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var whole bytes.Buffer
	if err := dump.Write(&whole, []mapstat.Snapshot{snapshot(1), snapshot(2)}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		file("x.json", encode(t, snapshot(1), snapshot(2))),
		file("x.mapdump", whole.String()),
		file("localhost:6060", whole.String()), // a file is a file
	} {
		t.Chdir(dir)
		got, err := source.Load(t.Context(), filepath.Base(name), false)
		if err != nil || len(got) != 2 || got[1].Maps[0].Name != "carts" || got[0].Time.Unix() != 1 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}

	got, err := source.Load(t.Context(), file("cut.mapdump", whole.String()[:whole.Len()-60]), false)
	var damage *dump.DamageError
	if !errors.As(err, &damage) || len(got) == 0 || !strings.Contains(err.Error(), "cut.mapdump is damaged") {
		t.Errorf("a dump cut off: %v, %v", got, err)
	}
	got, err = source.Load(t.Context(), file("cut.json", encode(t, snapshot(1))+encode(t, snapshot(2))[:100]), false)
	if len(got) != 1 || err == nil || !strings.Contains(err.Error(), "after 1 that") || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("JSON cut off: %v, %v", got, err)
	}

	for content, want := range map[string]string{
		"":                                "is empty",
		"hello":                           "neither a dump of mapdiag nor a snapshot",
		"\x1f\x8b\x08":                    "as profiles are",
		"{}":                              "no snapshot of maps",
		`{"version":1}`:                   "no snapshot of maps",
		`{"version":7,"maps":[]}`:         "version 7",
		`{"version":"x"}`:                 "version is a string",
		`[1]`:                             "no snapshot of maps",
		"mapdiag dump 9\n":                "newer",
		`{"version":1,"maps":[{"name":1}`: "cut off",
	} {
		_, err := source.Load(t.Context(), file("bad", content), false)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "bad") {
			t.Errorf("%q: %v, want %q and the name", content, err, want)
		}
	}
	if _, err := source.Load(t.Context(), dir, false); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("a directory: %v", err)
	}
	if _, err := source.Load(t.Context(), "nothing", false); err == nil || !strings.Contains(err.Error(), "no file nothing; a source is") {
		t.Errorf("no file: %v", err)
	}
}

func TestLoadURL(t *testing.T) {
	var asked string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path
		if r.URL.Path != "/debug/maps" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(encode(t, snapshot(1))))
	}))
	defer srv.Close()
	for _, arg := range []string{srv.URL, srv.URL + "/", srv.URL + "/debug/maps", strings.TrimPrefix(srv.URL, "http://")} {
		got, err := source.Load(t.Context(), arg, true)
		if err != nil || len(got) != 1 || got[0].Maps[0].Name != "carts" || asked != "/debug/maps" {
			t.Errorf("%s: %v, %v", arg, got, err)
		}
	}
	if _, err := source.Load(t.Context(), srv.URL+"/other", false); err == nil {
		t.Error("a path that there is not")
	}
	if _, err := source.Load(t.Context(), "ftp://localhost/", false); err == nil {
		t.Error("ftp")
	}
}

func TestIsURL(t *testing.T) {
	for arg, want := range map[string]bool{
		"http://localhost:6060": true, "localhost:6060": true, ":6060": true, "localhost:6060/debug/maps": true, "[::1]:6060": true,
		"x.mapdump": false, "dir/x.json": false, "c:/x.json": false, "-": false, "localhost": false,
	} {
		if got := source.IsURL(arg); got != want {
			t.Errorf("IsURL(%q) = %v", arg, got)
		}
	}
}

// TestFetchProfile wants what is no profile to be refused, not saved.
func TestFetchProfile(t *testing.T) {
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "bytes", Unit: "bytes"}}}
	var whole bytes.Buffer
	if err := p.Write(&whole); err != nil {
		t.Fatal(err)
	}
	answer := whole.Bytes()
	var query string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/debug/maps/profile" {
			http.NotFound(w, r)
			return
		}
		query = r.URL.RawQuery
		_, _ = w.Write(answer)
	}))
	defer srv.Close()
	got, err := source.FetchProfile(t.Context(), srv.URL, 2*time.Second, true)
	if err != nil || !bytes.Equal(got, answer) || query != "full=1&seconds=2" {
		t.Errorf("%v, asked for %q", err, query)
	}
	answer = []byte("<html>")
	if _, err := source.FetchProfile(t.Context(), srv.URL, 0, false); err == nil || !strings.Contains(err.Error(), "no pprof profile") || query != "" {
		t.Errorf("%v, asked for %q", err, query)
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(`{"version":1,"maps":[{"name":"a"}]}`)
	f.Add(`{"version":1,"maps":[]}{"version":`)
	f.Add("[{")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string) {
		name := filepath.Join(dir, "x")
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		got, err := source.Load(t.Context(), name, false)
		if err == nil && len(got) == 0 {
			t.Error("no snapshot and no error")
		}
	})
}
