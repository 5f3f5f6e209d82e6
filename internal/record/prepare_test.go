package record

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/record/patch"
)

func TestTake(t *testing.T) {
	flags := flagList{"-C", "x", "-ldflags", "-s -w", "--overlay=a.json", "-v", "-ldflags=-X a=b", "-tags", "t", "-overlay"}
	if got := flags.take("ldflags"); !slices.Equal(got, []string{"-s -w", "-X a=b"}) {
		t.Errorf("-ldflags: %q", got)
	}
	if got := flags.take("overlay"); !slices.Equal(got, []string{"a.json"}) {
		t.Errorf("-overlay: %q", got)
	}
	if want := (flagList{"-C", "x", "-v", "-tags", "t", "-overlay"}); !slices.Equal(flags, want) {
		t.Errorf("the rest: %q, want %q", flags, want)
	}
}

func TestQuote(t *testing.T) {
	for _, words := range [][]string{{}, {"a"}, {"a b", "c"}, {"it's", `"x"`, "-X", "a=b c"}, {""}} {
		var quoted []string
		for _, word := range words {
			q, err := quote(word)
			if err != nil {
				t.Fatal(err)
			}
			quoted = append(quoted, q)
		}
		got, err := splitQuoted(strings.Join(quoted, "  "))
		if err != nil || !slices.Equal(got, words) {
			t.Errorf("%q: %q, %v", words, got, err)
		}
	}
	if _, err := quote(`a'b"c`); err == nil {
		t.Error("a word with both quotation marks is quoted")
	}
	if _, err := splitQuoted("a 'b"); err == nil {
		t.Error("an open quotation is no error")
	}
}

func TestLinkerFlags(t *testing.T) {
	got := withLinkerFlags([]string{"-s -w", "all=-w", "example.com/...=-X a=b=c"}, "-X o=o")
	want := []string{"-ldflags=-X o=o", "-ldflags=-s -w -X o=o", "-ldflags=all=-w -X o=o", "-ldflags=example.com/...=-X a=b=c -X o=o"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestRefused has Prepare say no, and why.
func TestRefused(t *testing.T) {
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	toolchain, err := FindToolchain(t.Context(), "", os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(toolchain.GOROOT, "src/runtime/mheap.go"): "x.go"}})
	if err := os.WriteFile(overlay, text, 0o666); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		env   string
		flags []string
		dir   string
		want  string
	}{
		{env: "GOOS=windows", want: "windows/amd64"},
		{env: "GOARCH=386", want: "linux/386"},
		{flags: []string{"-buildmode=plugin"}, want: "-buildmode=plugin"},
		{env: "GOFLAGS=-buildmode=c-shared", want: "-buildmode=c-shared"},
		{flags: []string{"-linkshared"}, want: "-linkshared"},
		{flags: []string{"-compiler", "gccgo"}, want: "-compiler=gccgo"},
		{flags: []string{"-overlay", overlay}, want: "mheap.go, which has to be patched"},
		{flags: []string{"-overlay", broken}, want: "broken.json"},
		{flags: []string{"-overlay=nothing.json"}, want: "nothing.json"},
		{dir: "relative", want: "has to be absolute"},
	} {
		r, err := Prepare(t.Context(), Options{Env: append(os.Environ(), "GOARCH=amd64", test.env), Flags: test.flags, RecordDir: test.dir})
		if err == nil {
			t.Errorf("%s %q: no error", test.env, test.flags)
			r.Close()
		} else if !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %q: %v, want %q", test.env, test.flags, err, test.want)
		}
	}
}

func TestOldLayout(t *testing.T) {
	err := Toolchain{Version: "go1.24.13", GOOS: "linux", GOARCH: "amd64", GOEXPERIMENT: "noswissmap"}.check()
	if e, ok := errors.AsType[*patch.Error](err); !ok || e.Go != "go1.24.13" {
		t.Errorf("got %v", err)
	}
}

// TestOverlays joins the overlay of the user's with that of the patches.
func TestOverlays(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), []byte(`{"Replace": {"a.go": "b.go"}}`), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := Prepare(t.Context(), Options{Dir: dir, Flags: []string{"-v", "-overlay=overlay.json", "-toolexec", "time"}, Toolexec: []string{"mapdiag"}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if !r.Overlay {
		t.Skip("the toolchain lies in the module cache")
	}
	flags := flagList(slices.Clone(r.Flags))
	text, err := os.ReadFile(last(flags.take("overlay")))
	if err != nil {
		t.Fatal(err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &overlay); err != nil {
		t.Fatal(err)
	}
	if overlay.Replace["a.go"] != "b.go" || len(overlay.Replace) < 6 {
		t.Errorf("overlay: %v", overlay.Replace)
	}
	if got := last(flags.take("toolexec")); got != "time" {
		t.Errorf("-toolexec: %q", got)
	}
	dir = r.dir
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
}

// TestCompile changes the arguments of the compiler for the packages that are patched, and no others.
func TestCompile(t *testing.T) {
	p := plan{GOROOT: "/go", Packages: map[string]planned{
		"runtime": {Replaced: map[string]string{"map.go": "/tmp/map.go"}, Added: []string{"/tmp/mapdiag.go"}},
	}}
	for _, test := range []struct{ args, want string }{
		{"-o x -p runtime -trimpath /w=> ./map.go ./other.go", "-o x -p runtime -trimpath /tmp/mapdiag.go=>/go/src/runtime/mapdiag.go;/tmp/map.go=>/go/src/runtime/map.go;/w=> /tmp/map.go ./other.go /tmp/mapdiag.go"},
		{"-p runtime -trimpath /w=>;/go/src/runtime=>runtime /go/src/runtime/map.go", "-p runtime -trimpath /tmp/mapdiag.go=>runtime/mapdiag.go;/tmp/map.go=>runtime/map.go;/w=>;/go/src/runtime=>runtime /tmp/map.go /tmp/mapdiag.go"},
		{"-p main ./map.go", "-p main ./map.go"},
		{"-p runtime /elsewhere/map.go", "-p runtime /elsewhere/map.go"},
		{"-p", "-p"},
		{"", ""},
	} {
		if got := strings.Join(p.compile(strings.Fields(test.args)), " "); got != test.want {
			t.Errorf("%s:\n\t%s, want\n\t%s", test.args, got, test.want)
		}
	}
}
