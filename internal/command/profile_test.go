package command_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

// counted is code of which only measurements say something.
const counted = `
-- p/p.go --
package p

func New() map[int]int {
	return make(map[int]int) // measured: 900 maps of 310
}

func Large() map[int]int {
	return make(map[int]int, 10_000) // measured: 900 maps of 3
}

func Old() map[int]int {
	return make(map[int]int) // measured: 9000 maps of 100; stale
}

func Right() map[int]int {
	return make(map[int]int, 100) // measured: 900 maps of 100
}
-- q/q.go --
package q

var Small = make(map[string]int) // measured: 1 map of 3
-- r/r.go --
package r

func New() map[int]int { return make(map[int]int) }
`

// writeCounted writes the module with a profile, as changed, in maps.json.
func writeCounted(t *testing.T, change func(p *sites.Profile)) (dir, file string) {
	t.Helper()
	dir = testmod.Write(t, counted)
	file = filepath.Join(dir, "maps.json")
	p := sitestest.Module(t, dir, nil)
	if change != nil {
		change(p)
	}
	sitestest.Write(t, file, p)
	return dir, file
}

func TestProfile(t *testing.T) {
	t.Parallel()
	dir, file := writeCounted(t, nil)
	check(t, testmod.Run(t, dir, mapvet, "./..."), 0, nil, nil)
	want := []string{"p/p.go:4:9: map is made without a size; made 900 times", "p/p.go:8:9: map is made with a size that is far too large, 10_000"}
	for _, args := range [][]string{{"-profile", "maps.json", "./..."}, {"-profile=" + file, "./p"}} {
		r := testmod.Run(t, dir, mapvet, args...)
		check(t, r, 1, want, nil)
		if n := strings.Count(r.Stdout, "\n"); n != 2 || r.Stderr != "" {
			t.Errorf("%q: %d findings\n%s%s", args, n, r.Stdout, r.Stderr)
		}
	}
	// Files are seen from -C, as all others.
	check(t, testmod.Run(t, t.TempDir(), mapvet, "-C", dir, "-profile", "maps.json", "./..."), 1, want, nil)

	var report struct {
		Findings []struct {
			Level, Message string
			Fixes          []struct {
				Message string
				Safe    bool
			}
		}
	}
	r := testmod.Run(t, dir, mapvet, "-json", "-profile", "maps.json", "./...")
	if err := json.Unmarshal([]byte(r.Stdout), &report); err != nil || len(report.Findings) != 2 {
		t.Fatalf("%v\n%s", err, r.Stdout)
	}
	f := report.Findings[0]
	if f.Level != "likely" || len(f.Fixes) != 1 || !f.Fixes[0].Safe || f.Fixes[0].Message != "Add capacity hint 310 (p95 of 900 maps in profile of 2026-11-20)" {
		t.Errorf("%+v", f)
	}
	check(t, testmod.Run(t, dir, mapvet, "-sarif", "-profile", "maps.json", "./..."), 1, []string{"made 900 times"}, nil)
	check(t, testmod.Run(t, dir, mapvet, "-diff", "-profile", "maps.json", "./..."), 1, []string{"+\treturn make(map[int]int, 310) //", "+\treturn make(map[int]int) // measured: 900 maps of 3"}, nil)

	check(t, testmod.Run(t, dir, mapvet, "-fix", "-profile", "maps.json", "./..."), 0, nil, []string{"applied 2 fixes to 1 file"})
	if got := testmod.ReadFile(t, dir, "p/p.go"); !strings.Contains(got, "make(map[int]int, 310)") || strings.Contains(got, "10_000") {
		t.Errorf("fixed is\n%s", got)
	}
	check(t, testmod.Run(t, dir, mapvet, "-profile", "maps.json", "./..."), 0, nil, nil)
}

// A file that is no profile is an error; one of something else is told of once, and left aside.
func TestOtherProfiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		change         func(p *sites.Profile)
		code, findings int
		stderr         string
	}{
		{"of this release", func(p *sites.Profile) { p.Go = strings.Replace(p.Go, ".8", ".1", 1) }, 1, 2, ""},
		{"of another release", func(p *sites.Profile) { p.Go = "go1.21.3" }, 0, 0, "mapvet: the profile maps.json is left aside: it was recorded with go1.21, and this is go1.2"},
		{"of no release", func(p *sites.Profile) { p.Go = "" }, 0, 0, "recorded with an unknown one"},
		{"on another system", func(p *sites.Profile) { p.Arch = "darwin/arm64" }, 1, 2, ""},
		{"of other sizes", func(p *sites.Profile) { p.Arch = "linux/386" }, 0, 0, "recorded on linux/386, where maps have other sizes"},
		{"of a program that uses this module", func(p *sites.Profile) { p.Module = "example.com/program" }, 1, 2, ""},
		{"of another module", func(p *sites.Profile) {
			p.Module = "example.com/other"
			for i := range p.Packages {
				p.Packages[i].Path = strings.Replace(p.Packages[i].Path, "/m/", "/other/", 1)
			}
		}, 0, 0, "mapvet: the profile maps.json, of module example.com/other, tells nothing of these packages: the findings are those without it\n"},
		{"of nothing", func(p *sites.Profile) { p.Packages = nil }, 0, 0, ""},
	} {
		dir, _ := writeCounted(t, c.change)
		r := testmod.Run(t, dir, mapvet, "-profile", "maps.json", "./...")
		check(t, r, c.code, nil, []string{c.stderr})
		if n := strings.Count(r.Stdout, "\n"); n != c.findings || strings.Count(r.Stderr, "\n") > 1 || c.stderr == "" && r.Stderr != "" {
			t.Errorf("%s: %d findings, want %d\n%s%s", c.name, n, c.findings, r.Stdout, r.Stderr)
		}
	}
	dir, file := writeCounted(t, nil)
	whole := testmod.ReadFile(t, file)
	for name, c := range map[string]struct{ content, stderr string }{
		"missing":   {"", "reading the profile: open "},
		"truncated": {whole[:len(whole)/2], "is no mapdiag profile: "},
		"old":       {strings.Replace(whole, "profile/1", "profile/0", 1), `its schema is "mapdiag/profile/0"`},
		"pprof":     {"\x1f\x8b\x08", "is no mapdiag profile: "},
	} {
		if name != "missing" {
			testmod.WriteFile(t, filepath.Join(dir, name), c.content)
		}
		for _, args := range [][]string{{"-profile", name, "./..."}, {"rank", "-profile", name}} {
			check(t, testmod.Run(t, dir, mapvet, args...), 2, nil, []string{c.stderr})
		}
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	dir, file := writeCounted(t, func(p *sites.Profile) {
		gone := p.Package("example.com/m/p").Sites[0]
		gone.Decl, gone.Makes, gone.File = "Gone", 30, "p/gone.go"
		elsewhere := p.Package("example.com/m/p").Sites[0]
		elsewhere.File, elsewhere.Token = "/elsewhere/x.go", 99
		p.Packages = append(p.Packages, sites.Package{Path: "example.com/z", Sites: []sites.Site{elsewhere}})
		p.Packages[0].Sites = append(p.Packages[0].Sites, gone)
	})
	r := testmod.Run(t, dir, mapvet, "rank", "-profile", "maps.json")
	check(t, r, 0, []string{
		" 10 000 → none  p/p.go:8 map[int]int\n", " none → 310  p/p.go:4 map[int]int\n",
		" none → 100  p/p.go:12 map[int]int (Old has changed since)\n", "p/gone.go:4 map[int]int (Gone is not there any more)\n",
		"4 of 6 lines that make maps are worth changing in maps.json, recorded on 2026-11-20 by mapdiag test ./...:\nthat saves ", " that its maps took in the run\n",
	}, nil)
	if lines := strings.Split(r.Stdout, "\n"); !strings.Contains(lines[1], "p.go:8 ") {
		t.Errorf("the best line is not the first:\n%s", r.Stdout)
	}
	check(t, testmod.Run(t, dir, mapvet, "rank", "-profile", "maps.json", "-n", "1"), 0, []string{"p.go:8", "; -n 0 lists 3 more"}, nil)
	check(t, testmod.Run(t, dir, mapvet, "rank", "-profile", "maps.json", "-all", "-n", "0"), 0, []string{"/elsewhere/x.go:4 ", "5 of 7 lines"}, nil)
	// From another folder the files have other names, and nothing is known of them.
	sub := testmod.Run(t, filepath.Join(dir, "p"), mapvet, "rank", "-profile", "../maps.json")
	check(t, sub, 0, []string{"  p.go:8 "}, nil)
	check(t, testmod.Run(t, t.TempDir(), mapvet, "rank", "-profile", file), 0, []string{"  p/p.go:8 map[int]int\n"},
		[]string{"module example.com/m, of which the profile " + file + " is, is not here"})

	var report struct {
		Lines []struct {
			File, State, Declaration, Why   string
			Line, Hint, HintNow, Makes, P95 int
			Saves                           struct{ Bytes, Allocs int64 }
		}
		Measured, Worth int
		Saves           struct{ Bytes int64 }
	}
	r = testmod.Run(t, dir, mapvet, "rank", "-profile", "maps.json", "-json", "-n", "2")
	if err := json.Unmarshal([]byte(r.Stdout), &report); err != nil {
		t.Fatalf("%v\n%s", err, r.Stdout)
	}
	if len(report.Lines) != 2 || report.Worth != 4 || report.Measured != 6 || report.Lines[0].Saves.Bytes <= report.Lines[1].Saves.Bytes {
		t.Fatalf("%+v", report)
	}
	if l := report.Lines[0]; l.File != "p/p.go" || l.Line != 8 || l.HintNow != 10_000 || l.Hint != 0 || l.Makes != 900 || l.P95 != 3 || l.State != "as measured" || l.Why == "" {
		t.Errorf("%+v", l)
	}

	for _, c := range [][]string{{"rank"}, {"rank", "-profile", "maps.json", "./..."}, {"rank", "-n", "-1", "-profile", "maps.json"}, {"rank", "-sort"}} {
		check(t, testmod.Run(t, dir, mapvet, c...), 2, nil, []string{"mapvet: ", `Run "mapvet help"`})
	}
	for _, c := range [][]string{{"rank", "-h"}, {"help", "rank"}} {
		check(t, testmod.Run(t, dir, mapvet, c...), 0, []string{"mapvet rank -profile FILE [-n 10]"}, nil)
	}
	empty, _ := writeCounted(t, func(p *sites.Profile) { p.Packages = nil })
	check(t, testmod.Run(t, empty, mapvet, "rank", "-profile", "maps.json"), 0, []string{"no line that makes maps was measured in maps.json, recorded on"}, nil)
}
