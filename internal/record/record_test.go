package record_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/record"
	"github.com/mapdiag/mapdiag/internal/record/patch"
	"github.com/mapdiag/mapdiag/internal/record/raw"
)

var defaultConfig = patch.Default

// TestMain makes the test a tool that the go command can start with -toolexec.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "toolexec" {
		os.Exit(record.Toolexec(os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// build builds the program in a folder, recorded, and returns the executable.
func build(t testing.TB, o record.Options, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o.Toolexec = []string{self, "toolexec"}
	r, err := record.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	exe := filepath.Join(t.TempDir(), "program")
	goBuild(t, o.Dir, r.Env, exe, append(r.Flags, args...))
	return exe
}

func goBuild(t testing.TB, dir string, env []string, exe string, args []string) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"build", "-o", exe}, args...)...)
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}

// run runs a program and returns what it recorded.
func run(t testing.TB, exe string, args ...string) (*raw.Process, []byte) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(context.Background(), exe, args...)
	cmd.Env = append(os.Environ(), record.DirEnv+"="+dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd, err, out, stderr.Bytes())
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.raw"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files: %v, %v, want one", files, err)
	}
	p, err := raw.Read(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return p, out
}

// toolchains are those that tests use, where they are there: one of each minor version, and
// what has maps of its own.
var toolchains = []struct{ version, experiment string }{
	{"go1.24.13", ""},
	{"go1.25.7", ""},
	{"local", ""},
	{"go1.27.4", ""},
	{"go1.27.4", "mapsplitgroup"},
}

// eachToolchain runs a test for each of them with the environment for the go command. All are used if
// MAPDIAG_MATRIX is set, as make matrix does, otherwise the one that runs the test.
func eachToolchain(t *testing.T, test func(t *testing.T, env []string)) {
	for _, toolchain := range toolchains {
		t.Run(toolchain.version+toolchain.experiment, func(t *testing.T) {
			env := os.Environ()
			if toolchain.version != "local" {
				if os.Getenv("MAPDIAG_MATRIX") == "" {
					t.Skip("MAPDIAG_MATRIX is not set")
				}
				env = append(env, "GOTOOLCHAIN="+toolchain.version, "GOEXPERIMENT="+toolchain.experiment)
				check := exec.Command("go", "version")
				check.Env = env
				if out, err := check.CombinedOutput(); err != nil {
					t.Skipf("%s: %v: %s", toolchain.version, err, out)
				}
			}
			test(t, env)
		})
	}
}

// TestCounts compares what is recorded with what the program counts itself.
func TestCounts(t *testing.T) {
	eachToolchain(t, func(t *testing.T, env []string) {
		exe := build(t, record.Options{Dir: "testdata/counts", Env: env, Build: "abc"})
		p, out := run(t, exe)
		checkCounts(t, p, out)
	})
}

// TestBuilds builds what no other test runs with each toolchain: the sampling of look-ups, and programs for
// arm64, which is all that is known of these.
func TestBuilds(t *testing.T) {
	if os.Getenv("MAPDIAG_MATRIX") == "" {
		t.Skip("MAPDIAG_MATRIX is not set")
	}
	config := defaultConfig
	config.Access = 100
	eachToolchain(t, func(t *testing.T, env []string) {
		exe := build(t, record.Options{Dir: "testdata/counts", Env: env, Build: "abc", Config: config})
		p, out := run(t, exe)
		checkCounts(t, p, out)
		build(t, record.Options{Dir: "testdata/counts", Env: append(env, "GOARCH=arm64", "CGO_ENABLED=0"), Config: config})
	})
}

func checkCounts(t *testing.T, p *raw.Process, out []byte) {
	if p.Lost != 0 || p.Trouble != "" || !p.Exited || p.Build != "abc" || p.PID == 0 || p.GOOS != "linux" || filepath.Base(p.Path) != "program" {
		t.Errorf("process: %+v", p)
	}
	made := map[string]uint64{}
	for _, s := range p.Sites {
		if len(s.Stack) == 0 {
			t.Errorf("no stack: %+v", s)
			continue
		}
		for _, f := range s.Stack {
			// The make may be inlined into, or called by, the function that counts.
			if strings.HasPrefix(f.Func, "main.") && f.Func != "main.inlined" {
				made[f.Func] += s.Made.Sum()
				break
			}
		}
	}
	for line := range strings.Lines(string(out)) {
		var name string
		var n uint64
		if _, err := fmt.Sscan(line, &name, &n); err != nil {
			t.Fatal(err)
		}
		if made[name] != n {
			t.Errorf("%s made %d maps, recorded are %d", name, n, made[name])
		}
	}
	for _, want := range wantSites {
		found := false
		for _, s := range p.Sites {
			if s.Stack[0].Func != want.fn || want.typ != "" && s.Type != want.typ || want.made != s.Made.Sum() {
				continue
			}
			found = true
			if final := s.Final(); final[want.class] != want.made {
				t.Errorf("%s: final classes %v, want %d in class %d", want.fn, final, want.made, want.class)
			}
			if s.AtGrowth != want.atGrowth || s.OnStack != want.onStack {
				t.Errorf("%s: at growth %t, on stack %t", want.fn, s.AtGrowth, s.OnStack)
			}
			if s.Hints.Count != 0 && (s.Hints.Min != want.hint || s.Hints.Max != want.hint) || s.Hints.Count == 0 && want.hint != 0 {
				t.Errorf("%s: hints %+v, want %d", want.fn, s.Hints, want.hint)
			}
			if want.tracked && (len(s.Peaks) != 1 || s.Peaks[0].Low > want.peak || s.Peaks[0].High < want.peak || s.Tracked < 32) {
				t.Errorf("%s: peaks %v of %d maps, want %d", want.fn, s.Peaks, s.Tracked, want.peak)
			}
			if want.tracked && len(s.Finals) > 0 && s.Finals[0].Low != want.final && s.Finals[0].Low > 64 {
				t.Errorf("%s: finals %v, want %d", want.fn, s.Finals, want.final)
			}
			if s.Growths != want.growths || s.Recopied != want.recopied || s.Clears != want.clears {
				t.Errorf("%s: %d growths, %d recopied, %d clears; want %d, %d, %d", want.fn, s.Growths, s.Recopied, s.Clears, want.growths, want.recopied, want.clears)
			}
		}
		if !found {
			t.Errorf("%s: no site that made %d of %s", want.fn, want.made, want.typ)
		}
	}
}

// wantSites are sites of which all is known.
var wantSites = []struct {
	fn, typ                   string
	made                      uint64
	class                     int // of all at the end
	hint                      uint64
	atGrowth, onStack         bool
	tracked                   bool
	peak, final               uint64
	growths, recopied, clears uint64
}{
	{fn: "main.small", typ: "map[int]int", made: 1000, class: 1, tracked: true, peak: 1, final: 1},
	{fn: "main.never", typ: "", made: 1000, class: 0, tracked: true},
	{fn: "main.literal", typ: "map[string]int", made: 1000, class: 1, tracked: true, peak: 3, final: 3},
	{fn: "main.large", typ: "map[int]int", made: 1000, class: 3, hint: 28, tracked: true, peak: 28, final: 28},
	{fn: "main.inlined", typ: "map[string]bool", made: 1000, class: 3, hint: 20, tracked: true},
	{fn: "main.field", typ: "map[main.key]*main.holder", made: 1000, class: 4, hint: 50, tracked: true},
	{fn: "main.generic[...]", typ: "map[int]string", made: 1000, class: 1, tracked: true, peak: 1, final: 1},
	{fn: "main.generic[...]", typ: "map[*main.key]int", made: 1000, class: 1, tracked: true, peak: 1, final: 1},
	{fn: "main.generic[...]", typ: "map[*main.holder]int", made: 1000, class: 1, tracked: true, peak: 1, final: 1},
	{fn: "main.closure.func1", typ: "map[int]int", made: 1000, class: 2, hint: 9, tracked: true},
	{fn: "main.onStack", typ: "map[int]int", made: 1000, class: 3, atGrowth: true, growths: 2000, recopied: 22000},
	{fn: "reflect.MakeMapWithSize", typ: "map[string]int", made: 1000, class: 1, tracked: true, peak: 1, final: 1},
	{fn: "main.cleared", typ: "map[int]int", made: 1000, class: 4, tracked: true, peak: 40, growths: 3000, recopied: 50000, clears: 1000},
}
