package cli

import (
	"bytes"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write the expected output of the scripts anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mapdiag": func() { os.Exit(Main("v0.0.0-test", os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the command as users do. before.json and after.json are snapshots of a program, $URL is a
// program that shows the first, shop.json and shop-after.json are profiles of recorded runs, and $PROFILES is a
// folder of real CPU and heap profiles.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			for _, name := range []string{"testdata/before.json", "testdata/after.json", "../../sites/testdata/shop.json", "../../sites/testdata/shop-after.json"} {
				data, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(env.Getenv("WORK"), filepath.Base(name)), data, 0o666); err != nil {
					return err
				}
			}
			srv := httptest.NewServer(program())
			env.Defer(srv.Close)
			env.Setenv("URL", srv.URL)
			env.Setenv("TZ", "UTC")
			profiles, err := filepath.Abs("../hot/testdata")
			if err != nil {
				return err
			}
			env.Setenv("PROFILES", profiles)
			// Recorded programs are built like others, with what was built before.
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOTOOLCHAIN"} {
				value, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				env.Setenv(name, strings.TrimSpace(string(value)))
			}
			return nil
		},
	})
}

// program shows testdata/before.json as a program would.
func program() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/maps", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/before.json") })
	mux.HandleFunc("/debug/maps/profile", func(w http.ResponseWriter, _ *http.Request) {
		p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "bytes", Unit: "bytes"}}}
		_ = p.Write(w)
	})
	mux.HandleFunc("/html/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })
	return mux
}

func TestNormalise(t *testing.T) {
	root := (&app{}).root()
	for in, want := range map[string]string{
		"top -n 10 -sort wasted x":       "top -n 10 --sort wasted x",
		"top -n=10 --sort=wasted x":      "top -n=10 --sort=wasted x",
		"top -n10 x":                     "top -n10 x",
		"dump -o FILE -f x":              "dump -o FILE -f x",
		"snapshot -o - -all -full x":     "snapshot -o - --all --full x",
		"snapshot -o -all x":             "snapshot -o -all x", // a file of an odd name
		"-http=:8080 x":                  "--http=:8080 x",
		"-http :8080 x":                  "--http :8080 x",
		"top -- -sort":                   "top -- -sort",
		"top -":                          "top -",
		"top -srt x":                     "top --srt x",
		"watch -dump-when heap>80% -n 5": "watch --dump-when heap>80% -n 5",
		"top -sort -n -n 5":              "top --sort -n -n 5",
		"-h":                             "-h",
		"-help":                          "--help",
	} {
		if got := strings.Join(normalise(root, strings.Fields(in)), " "); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	root.SetArgs(normalise(root, []string{"-http=:8080", "source"}))
	var rest []string
	root.RunE = func(_ *cobra.Command, args []string) error { rest = args; return nil }
	err := root.Execute()
	http, _ := root.Flags().GetString("http")
	if err != nil || http != ":8080" || !slices.Equal(rest, []string{"source"}) {
		t.Errorf("mapdiag -http=:8080 source: http %q, arguments %q, %v", http, rest, err)
	}
}

// TestFlagsMeanOneThing wants flags of one name to take a value in all commands or in none, which
// normalise relies on.
func TestFlagsMeanOneThing(t *testing.T) {
	takes := make(map[string]bool)
	for _, c := range (&app{}).root().Commands() {
		for _, name := range []string{"n", "o", "f", "sort", "full", "format", "interval", "json", "seconds", "times", "all", "stacks"} {
			f := c.Flags().Lookup(name)
			if f == nil {
				continue
			}
			if before, ok := takes[name]; ok && before != takesValue(f) {
				t.Errorf("-%s takes a value in some commands only", name)
			}
			takes[name] = takesValue(f)
		}
	}
}

func TestSingleDash(t *testing.T) {
	for in, want := range map[string]string{
		"unknown flag: --sor":               "unknown flag -sor",
		"unknown shorthand flag: 'x' in -x": "unknown flag -x",
		"flag needs an argument: --sort":    "flag needs an argument: -sort",
		`invalid argument "x" for "-n, --n" flag: strconv.ParseInt: parsing "x": invalid syntax`: `invalid argument "x" for -n: invalid syntax`,
	} {
		if got := singleDash(errors.New(in)).Error(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestMainWriters wants the results on one writer and what went wrong on the other.
func TestMainWriters(t *testing.T) {
	var out, err bytes.Buffer
	if code := Main("v1", []string{"version"}, &out, &err); code != 0 || out.String() != "mapdiag v1\n" || err.Len() != 0 {
		t.Errorf("version: %d, %q, %q", code, out.String(), err.String())
	}
	out.Reset()
	if code := Main("v1", []string{"top", "no-such-file"}, &out, &err); code != 2 || out.Len() != 0 || !strings.Contains(err.String(), "no-such-file") {
		t.Errorf("no file: %d, %q, %q", code, out.String(), err.String())
	}
}

// TestExitCodes tells a check that failed from one that could not be made.
func TestExitCodes(t *testing.T) {
	unread := filepath.Join(t.TempDir(), "unread.json")
	if err := os.WriteFile(unread, []byte(`{"version":1,"maps":[{"name":"a","error":"its lock is held","verdict":{"health":"unknown"}}]}`), 0o666); err != nil {
		t.Fatal(err)
	}
	rules := func(when string) string {
		name := filepath.Join(t.TempDir(), "rules.yaml")
		if err := os.WriteFile(name, []byte("- when: "+when+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, c := range []struct {
		want int
		args []string
	}{
		{0, []string{"check", "-rules", rules("len > 1000000"), "testdata/before.json"}},
		{1, []string{"check", "-rules", rules("len > 1"), "testdata/before.json"}},
		{1, []string{"check", "testdata/before.json"}},
		{2, []string{"check", "-rules", rules("no_such > 1"), "testdata/before.json"}},
		{2, []string{"check", unread}},
		{2, []string{"check", "no-such-file"}},
		{2, []string{"check"}},
		{2, []string{"-no-such-flag"}},
		{0, []string{"top", unread}},
		{0, []string{"diff", "testdata/before.json", "testdata/after.json"}},
		{0, []string{"sites", "../../sites/testdata/shop.json"}},
		{2, []string{"sites", "testdata/before.json"}},
		{2, []string{"top", "../../sites/testdata/shop.json"}},
	} {
		var out, err bytes.Buffer
		if got := Main("v1", c.args, &out, &err); got != c.want {
			t.Errorf("%v: exit code %d, want %d\n%s%s", c.args, got, c.want, out.String(), err.String())
		}
	}
}

// TestDocs wants each command to be described for users: those for live maps in docs/runtime.md, those for
// recorded ones in docs/profile.md.
func TestDocs(t *testing.T) {
	described := make(map[string]bool)
	for _, name := range []string{"runtime.md", "profile.md"} {
		doc, err := os.ReadFile("../../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(doc), "\n") {
			if heading, ok := strings.CutPrefix(line, "## "); ok {
				for name := range strings.SplitSeq(heading, ", ") {
					described[name] = true
				}
			}
		}
	}
	for _, c := range (&app{}).root().Commands() {
		if !c.Hidden && c.Name() != "__complete" && !described[c.Name()] {
			t.Errorf("docs/runtime.md and docs/profile.md have no heading for %s", c.Name())
		}
	}
}
