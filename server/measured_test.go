package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
)

// profile is a profile of the module example.com/m that is being put together.
type profile struct {
	sites.Profile
	sites []sites.Site
	paths []string // of their packages
}

func newProfile() *profile {
	return &profile{Profile: sites.Profile{
		Go: runtime.Version(), Arch: runtime.GOOS + "/" + runtime.GOARCH, Module: "example.com/m",
		Command: []string{"mapdiag", "test", "./..."}, Recorded: recorded, Processes: 1,
	}}
}

// add adds a site whose expression begins at an offset in a file of the module in dir.
func (p *profile) add(t testing.TB, dir, name string, offset int, s sites.Site) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	pos := file.FileStart + token.Pos(offset)
	d := sites.DeclAt(sites.Decls(fset, file, text), pos)
	if d == nil || d.Token(pos) < 0 {
		t.Fatalf("%v is no token of a declaration", fset.Position(pos))
	}
	below, err := filepath.Rel(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	below = filepath.ToSlash(below)
	line := fset.Position(pos).Line
	s.Place = sites.Place{File: below, Line: line, Decl: d.Name, Offset: line - fset.Position(d.Start).Line, Token: d.Token(pos), Hash: d.Hash}
	p.sites = append(p.sites, s)
	p.paths = append(p.paths, path.Join(p.Module, path.Dir(below)))
}

func (p *profile) text(t testing.TB) string {
	t.Helper()
	q := p.Profile
	for i, s := range p.sites {
		at := slices.IndexFunc(q.Packages, func(pkg sites.Package) bool { return pkg.Path == p.paths[i] })
		if at < 0 {
			at = len(q.Packages)
			q.Packages = append(q.Packages, sites.Package{Path: p.paths[i]})
		}
		q.Packages[at].Sites = append(q.Packages[at].Sites, s)
	}
	var b bytes.Buffer
	if err := q.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (p *profile) write(t testing.TB, name string) {
	t.Helper()
	writeFile(t, name, p.text(t))
}

// lenses returns the titles of the lenses in a file, each with its line.
func (c *client) lensesOf(name string) (titles []string) {
	c.Helper()
	var list []struct {
		Range   span
		Command struct{ Title, Command string }
	}
	for {
		_, err := c.request("textDocument/codeLens", object{"textDocument": object{"uri": uriOf(name)}}, &list)
		if e, ok := err.(*wireError); ok && e.Code == -32801 {
			continue // editors ask again, too
		}
		if err != nil {
			c.Fatal(err)
		}
		break
	}
	for _, l := range list {
		titles = append(titles, fmt.Sprint(l.Range.Start.Line, " ", l.Command.Title))
	}
	return titles
}

// wantLens waits for the only lens of a file to match, or for none if want is empty.
func (c *client) wantLens(name, want string) {
	c.Helper()
	re := regexp.MustCompile("^" + want + "$")
	c.await("the lens "+want, func() bool {
		c.mu.Unlock()
		defer c.mu.Lock()
		list := c.lensesOf(name)
		if want == "" {
			return len(list) == 0
		}
		return len(list) == 1 && re.MatchString(list[0])
	})
}

// warnings returns the messages that were shown and contain a text.
func (c *client) warnings(text string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.told {
		if m.Method == "window/showMessage" && strings.Contains(string(m.Params), text) {
			n++
		}
	}
	return n
}

// lots is a package that makes 1000 maps of 310 entries.
const lots = `
-- a/a.go --
package a

func Lots(names []string) map[string]int {
	m := make(map[string]int) // measured: 1000 maps of 310
	return m
}
-- a/b.go --
package a
`

// profileOf writes the profile of what comments say was measured.
func profileOf(t *testing.T, dir string, change func(*sites.Profile)) string {
	t.Helper()
	p := sitestest.Module(t, dir, nil)
	p.Go, p.Recorded = runtime.Version(), recorded
	if change != nil {
		change(p)
	}
	name := filepath.Join(dir, ".mapdiag/profile.json")
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	sitestest.Write(t, name, p)
	return name
}

// TestProfile lets a profile appear, change, break and vanish.
func TestProfile(t *testing.T) {
	t.Parallel()
	dir := module(t, lots)
	a := filepath.Join(dir, "a/a.go")
	caps := fullClient("utf-8")
	caps["workspace"].(object)["codeLens"] = object{"refreshSupport": true}
	c := connect(t, config{dirs: []string{dir}, capabilities: caps})
	c.open(a)
	c.expect(a)
	c.wantLens(a, "")

	refreshed := c.requests("workspace/codeLens/refresh")
	file := profileOf(t, dir, nil)
	c.watched(created, file)
	c.expect(a, "4 sizehint")
	c.wantLens(a, "3 made 1000 times · 310 entries · .* copied · .* wasted")
	c.await("the client is told of new lenses", func() bool {
		c.mu.Unlock()
		defer c.mu.Lock()
		return c.requests("workspace/codeLens/refresh") > refreshed
	})
	if h := c.hover(a, c.at(a, "make(")); !strings.Contains(h, "made 1000 times") || !strings.Contains(h, "with the hint 310") {
		t.Errorf("the hover is\n%s", h)
	}
	var text string
	if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.explain", "arguments": []any{uriOf(a), c.at(a, "map[string]int)")}}, &text); err != nil ||
		!strings.HasPrefix(text, "Made 1000 times · 310 entries") || !strings.Contains(text, "The compiler is not asked") {
		t.Errorf("%q, %v", text, err)
	}

	profileOf(t, dir, func(p *sites.Profile) { p.Packages[0].Sites[0].Makes = 999 })
	c.watched(changed, file)
	c.wantLens(a, "3 made 999 times .*")

	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		what  string
		write func()
	}{
		{"it ends too early", func() { writeFile(t, file, string(whole[:len(whole)/2])) }},
		{"is no mapdiag profile", func() { writeFile(t, file, "<html>") }},
		{"was recorded in the module example.com/other, and tells nothing of example.com/m", func() {
			profileOf(t, dir, func(p *sites.Profile) { p.Module, p.Packages[0].Path = "example.com/other", "example.com/more" })
		}},
		{"recorded on linux/386", func() { profileOf(t, dir, func(p *sites.Profile) { p.Arch = "linux/386" }) }},
		{"it was recorded with go1.99,", func() { profileOf(t, dir, func(p *sites.Profile) { p.Go = "go1.99.1 X:arenas" }) }},
		{"is no file with what was measured", func() {
			if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o777)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		bad.write()
		c.watched(changed, file)
		c.await("a message that the profile "+bad.what, func() bool {
			c.mu.Unlock()
			defer c.mu.Lock()
			return c.warnings(bad.what) == 1
		})
		c.watched(changed, file)
		c.wantLens(a, "3 made 999 times .*")
		c.expect(a, "4 sizehint")
		if n := c.warnings(bad.what); n != 1 {
			t.Errorf("%d messages that the profile %s", n, bad.what)
		}
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	c.watched(deleted, file)
	c.wantLens(a, "")
	c.expect(a)

	// The profile of a program tells of its libraries.
	profileOf(t, dir, func(p *sites.Profile) { p.Module = "example.com/program" })
	c.watched(created, file)
	c.wantLens(a, "3 made 1000 times .*")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	c.watched(deleted, file)
	c.wantLens(a, "")

	// Where the client watches nothing, it is noticed when a file is saved.
	profileOf(t, dir, nil)
	c.save(a)
	c.wantLens(a, "3 made 1000 times .*")
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	c.watched(deleted, filepath.Dir(file))
	c.wantLens(a, "")
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestProfileSettings turns the numbers off, and names other files.
func TestProfileSettings(t *testing.T) {
	t.Parallel()
	dir := module(t, lots)
	a := filepath.Join(dir, "a/a.go")
	file := profileOf(t, dir, nil)
	elsewhere := filepath.Join(t.TempDir(), "other[1].json")
	if data, err := os.ReadFile(file); err != nil || os.WriteFile(elsewhere, bytes.ReplaceAll(data, []byte(`"makes":1000`), []byte(`"makes":777`)), 0o666) != nil {
		t.Fatal(err)
	}
	caps := fullClient("utf-8")
	caps["workspace"].(object)["didChangeWatchedFiles"].(object)["relativePatternSupport"] = true
	c := connect(t, config{dirs: []string{dir}, capabilities: caps})
	c.open(a)
	c.expect(a, "4 sizehint")
	c.wantLens(a, "3 made 1000 times .*")
	watches := func(what string) {
		t.Helper()
		c.await("the client watches "+what, func() bool {
			last := ""
			for _, m := range c.asked {
				if strings.Contains(string(m.Params), `"profiles"`) {
					last = m.Method + string(m.Params)
				}
			}
			return strings.Contains(last, what)
		})
	}
	watches(`"baseUri":"` + uriOf(dir) + `","pattern":".mapdiag/profile.json"`)

	c.configure(object{"profile": object{"show": false}})
	c.wantLens(a, "")
	if h := c.hover(a, c.at(a, "make(")); strings.Contains(h, "made 1000 times") {
		t.Errorf("the hover is\n%s", h)
	}
	c.expect(a, "4 sizehint")
	c.configure(object{"profile": object{"path": elsewhere}})
	c.wantLens(a, "3 made 777 times .*")
	watches(`"baseUri":"` + uriOf(filepath.Dir(elsewhere)) + `","pattern":"other?1?.json"`)
	c.configure(object{"profile": object{"path": ""}})
	c.wantLens(a, "")
	c.expect(a)
	watches("client/unregisterCapability")
	c.configure(object{"profile": object{"path": "a/../.mapdiag/profile.json"}})
	c.wantLens(a, "3 made 1000 times .*")
	watches(`"pattern":".mapdiag/profile.json"`)
	c.noComplaints()
}

// TestProfileEdits edits around the make and within its function.
func TestProfileEdits(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		dir := module(t, lots)
		a := filepath.Join(dir, "a/a.go")
		profileOf(t, dir, func(p *sites.Profile) {
			if old {
				p.Recorded = time.Now().Add(-8 * 24 * time.Hour)
			}
		})
		c := connect(t, config{dirs: []string{dir}})
		c.open(a)
		c.wantLens(a, "3 made 1000 times .* wasted")
		whole := c.text(a)
		edit := func(old, new string) {
			t.Helper()
			if !strings.Contains(whole, old) {
				t.Fatalf("there is no %q", old)
			}
			c.change(a, strings.Replace(whole, old, new, 1))
		}
		edit("func Lots", "// Lots makes lots.\n\nvar above = map[string]int{}\n\nfunc Lots")
		c.wantLens(a, "7 made 1000 times .* wasted")
		edit("\tm := make", "\t// A comment.\n\n\n\t\tm  :=  make")
		c.wantLens(a, "6 made 1000 times .* wasted")
		stale := "3 made 1000 times .* · before the last change"
		if old {
			stale = ""
		}
		edit("return m", "m[\"a\"]++\n\treturn m")
		c.wantLens(a, stale)
		c.expect(a) // rules do without
		edit("make(map[string]int)", "make(map[string]int, len(names))")
		c.wantLens(a, stale)
		edit("make(map[string]int)", "make(map[string]int, ")
		c.wantLens(a, stale)
		edit("return m", "_ = make(map[string]bool)\n\treturn m")
		c.wantLens(a, stale)
		edit("return m", "_ = make(map[string]int)\n\treturn m")
		c.wantLens(a, "") // which of them was measured?
		edit("Lots(", "Many(")
		c.wantLens(a, "")
		c.change(a, whole)
		c.wantLens(a, "3 made 1000 times .* wasted")
		c.expect(a, "4 sizehint")
	}
}

// TestEditorProfile keeps the profile with which the tests of the extension run in step with the
// source that it is about.
func TestEditorProfile(t *testing.T) {
	dir := "../extension/test/e2e/testdata/measured"
	p := sitestest.Module(t, dir, nil)
	site := &p.Packages[0].Sites[0]
	site.Stacks = []sites.Stack{
		{Frames: []sites.Frame{{Func: "visits.ByHost", File: site.File, Line: site.Line}, {Func: "visits.Words", File: site.File, Line: 18}, {Func: "main.main", File: "/elsewhere/main.go", Line: 9}}, Makes: 12000},
		{Frames: []sites.Frame{{Func: "visits.ByHost", File: site.File, Line: site.Line}, {Func: "main.main", File: "/elsewhere/main.go", Line: 12}}, Makes: 400},
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "profile.json")
	if *update {
		writeFile(t, file, b.String())
		return
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Errorf("%s is out of date: go test -run %s ./server -update", file, t.Name())
	}
}
