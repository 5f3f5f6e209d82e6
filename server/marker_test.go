package server_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

var update = flag.Bool("update", false, "write the golden texts of the marker files anew")

// TestMarkers runs the files of testdata. Each is a txtar archive: a module, in
// whose Go files comments tell what the editor shows. The file settings.json, if
// there is one, holds the user's settings. What a line shows follows //@, with
// commas between if it is several things:
//
//	diag("make", "info sizehint: regexp")
//	    The words that match the first expression are marked, with this
//	    severity, rule and message. Nothing else is.
//	fix("make", "Add capacity", "golden")
//	    At these words an action is offered whose title begins so. Once
//	    it is done, the file is as in the section @golden, compiles, and has
//	    fewer findings of the rule. A fourth argument, preferred, says that
//	    editors take the action for the first choice.
//	rewrite("make", "Suppress", "golden")
//	    The same, of an action that does not mend the finding.
//	fixall("golden")
//	    The action for all safe fixes of the file, which is offered only to
//	    those who ask for its kind.
//	hover("make", "golden")
//	    Where these words begin, this is shown; nothing if the name of the
//	    golden text is none.
//	lens("regexp")
//	    Above this line stands a lens with such a title, or several with a bar between
//	    their titles. Above others there is none, if the settings ask for lenses.
//	site("make", "numbers")
//	    The maps of the expression that begins at these words were measured: the
//	    section numbers.json holds the site but for its place. A third argument,
//	    stale, says that the declaration around it was another one then.
//
// Where a comment may not follow, the same stands in one like /* @diag(…) */.
// The words CRLF, utf-16 and utf-32 in the archive's comment make the lines of all
// files end so, and the client count characters so as well.
func TestMarkers(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no marker files", err)
	}
	for _, file := range files {
		for _, encoding := range []string{"utf-8", "utf-16", "utf-32"} {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if encoding != "utf-8" && (*update || !strings.Contains(string(archive.Comment), encoding)) {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+encoding, func(t *testing.T) {
				t.Parallel()
				runMarkers(t, file, archive, encoding)
			})
		}
	}
}

// markers is a marker file that is being run.
type markers struct {
	*client
	archive *txtar.Archive
	dir     string
	crlf    bool
}

// marker is one thing that a line shows.
type marker struct {
	name string // of the file
	line int    // from 0
	verb string
	args []string
	text string // of the line
}

func (m marker) String() string {
	return fmt.Sprintf("%s:%d: %s%q", filepath.Base(m.name), m.line+1, m.verb, m.args)
}

func runMarkers(t *testing.T, file string, archive *txtar.Archive, encoding string) {
	m := &markers{archive: archive, dir: t.TempDir(), crlf: strings.Contains(string(archive.Comment), "CRLF")}
	c := config{dirs: []string{m.dir}, encoding: encoding, answers: object{"workspaceDiagnostics": "openPackages"}}
	var list []marker
	var open []string
	for _, f := range archive.Files {
		switch {
		case strings.HasPrefix(f.Name, "@"):
			continue
		case f.Name == "settings.json":
			if err := json.Unmarshal(f.Data, &c.answers); err != nil {
				t.Fatal(err)
			}
			continue
		}
		name := filepath.Join(m.dir, f.Name)
		text := string(f.Data)
		if m.crlf {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		writeFile(t, name, text)
		if strings.HasSuffix(name, ".go") {
			list = append(list, parseMarkers(t, name, string(f.Data))...)
			open = append(open, name)
		}
	}
	m.profile(t, list)
	m.client = connect(t, c)
	for _, name := range open {
		m.open(name)
	}
	m.settle()
	m.diags(open, list)
	for _, k := range list {
		switch k.verb {
		case "diag":
		case "fix", "rewrite":
			m.fix(k)
		case "fixall":
			m.fixAll(k)
		case "hover":
			m.hovers(k)
		case "lens", "site":
		default:
			t.Errorf("%v: no such marker", k)
		}
	}
	for _, name := range open {
		m.lenses(name, list)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func parseMarkers(t *testing.T, name, text string) (list []marker) {
	for i, line := range strings.Split(text, "\n") {
		_, notes, ok := strings.Cut(line, "//@")
		if !ok {
			if _, notes, ok = strings.Cut(line, "/* @"); !ok {
				continue
			}
			notes, _, _ = strings.Cut(notes, "*/")
		}
		e, err := parser.ParseExpr("[]any{" + notes + "}")
		if err != nil {
			t.Fatalf("%s:%d: %v", name, i+1, err)
		}
		for _, x := range e.(*ast.CompositeLit).Elts {
			call, ok := x.(*ast.CallExpr)
			if !ok {
				t.Fatalf("%s:%d: want name(arguments)", name, i+1)
			}
			m := marker{name: name, line: i, verb: call.Fun.(*ast.Ident).Name, text: line}
			for _, a := range call.Args {
				switch a := a.(type) {
				case *ast.Ident:
					m.args = append(m.args, a.Name)
				case *ast.BasicLit:
					s, err := strconv.Unquote(a.Value)
					if err != nil {
						t.Fatalf("%s:%d: %v", name, i+1, err)
					}
					m.args = append(m.args, s)
				}
			}
			list = append(list, m)
		}
	}
	return list
}

// span returns the words of the line that the marker's first argument matches.
func (m *markers) span(k marker) span {
	from := 0
	if strings.Contains(k.text, "/* @") {
		from = strings.Index(k.text, "*/")
	}
	at := regexp.MustCompile(k.args[0]).FindStringIndex(k.text[from:])
	if at == nil {
		m.Fatalf("%v: there is no such text in the line", k)
	}
	at[0], at[1] = at[0]+from, at[1]+from
	return span{position{k.line, m.units(k.text[:at[0]])}, position{k.line, m.units(k.text[:at[1]])}}
}

var severities = []string{"none", "error", "warning", "info", "hint"}

// diags compares what is shown with the markers.
func (m *markers) diags(open []string, list []marker) {
	m.Helper()
	for _, name := range open {
		shown := m.diagnostics(name)
		for _, k := range list {
			if k.name != name || k.verb != "diag" {
				continue
			}
			want := regexp.MustCompile("^" + k.args[1])
			i := slices.IndexFunc(shown, func(d diagnostic) bool {
				return d.Range == m.span(k) && want.MatchString(severities[d.Severity]+" "+d.Code+": "+d.Message)
			})
			if i < 0 {
				m.Errorf("%v: is not shown at %v, but %s", k, m.span(k), raw(shown))
				continue
			}
			d := shown[i]
			linked := d.CodeDescription != nil && strings.HasSuffix(d.CodeDescription.Href, "/"+d.Code+".md") && len(d.Data) > 0
			if d.Code == "escape" {
				linked = len(d.RelatedInformation) > 0
			}
			if d.Source != "mapdiag" || !linked {
				m.Errorf("%v: source, link or data are missing: %s", k, raw(d))
			}
			shown = slices.Delete(shown, i, i+1)
		}
		for _, d := range shown {
			m.Errorf("%s:%d: no marker for %s %s: %s at %v", filepath.Base(name), d.Range.Start.Line+1, severities[d.Severity], d.Code, d.Message, d.Range)
		}
	}
}

// fix does the action that a marker tells of.
func (m *markers) fix(k marker) {
	m.Helper()
	a := m.action(k.name, m.span(k), k.args[1])
	if preferred := len(k.args) > 3 && k.args[3] == "preferred"; a.IsPreferred != preferred {
		m.Errorf("%v: preferred is %v", k, a.IsPreferred)
	}
	if a.Kind != "quickfix" || len(a.Diagnostics) != 1 && k.verb == "fix" {
		m.Errorf("%v: kind %s, %d diagnostics", k, a.Kind, len(a.Diagnostics))
	}
	m.do(k, a, k.args[2])
}

func (m *markers) fixAll(k marker) {
	m.Helper()
	whole := span{position{}, position{k.line + 1, 0}}
	for _, a := range m.actions(k.name, whole) {
		if a.Kind != "quickfix" {
			m.Errorf("%v: %s is offered to those who do not ask for it", k, a.Kind)
		}
	}
	for _, kind := range []string{"source", "source.fixAll", "source.fixAll.mapdiag"} {
		list := m.actions(k.name, whole, kind)
		if len(list) != 1 || list[0].Kind != "source.fixAll.mapdiag" {
			m.Fatalf("%v: asking for %s gives %s", k, kind, raw(list))
		}
		if kind == "source" {
			m.do(k, list[0], k.args[0])
		}
	}
	if list := m.actions(k.name, whole, "source.fixAll.other"); len(list) > 0 {
		m.Errorf("%v: asking for the fixes of another tool gives %s", k, raw(list))
	}
}

// golden compares a text with a golden one, or replaces that.
func (m *markers) golden(k marker, name, got string) {
	m.Helper()
	i := slices.IndexFunc(m.archive.Files, func(f txtar.File) bool { return f.Name == "@"+name })
	if i < 0 {
		m.archive.Files = append(m.archive.Files, txtar.File{Name: "@" + name})
		i = len(m.archive.Files) - 1
	}
	if *update {
		m.archive.Files[i].Data = []byte(got)
	} else if want := string(m.archive.Files[i].Data); got != want {
		m.Errorf("%v: got\n%s\nwant\n%s", k, got, want)
	}
}

// recorded is when the profiles of the tests were.
var recorded = time.Now().Add(-48 * time.Hour).UTC().Truncate(time.Second)

// profile writes what markers say was measured.
func (m *markers) profile(t *testing.T, list []marker) {
	t.Helper()
	p := newProfile()
	for _, k := range list {
		if k.verb != "site" {
			continue
		}
		i := slices.IndexFunc(m.archive.Files, func(f txtar.File) bool { return f.Name == k.args[1]+".json" })
		if i < 0 {
			t.Fatalf("%v: there is no %s.json", k, k.args[1])
		}
		var s sites.Site
		if err := json.Unmarshal(m.archive.Files[i].Data, &s); err != nil {
			t.Fatalf("%v: %v", k, err)
		}
		text, err := os.ReadFile(k.name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(text), "\n")
		offset := len(strings.Join(lines[:k.line], "")) + len(k.text[:regexp.MustCompile(k.args[0]).FindStringIndex(k.text)[0]])
		p.add(t, m.dir, k.name, offset, s)
		if len(k.args) > 2 {
			p.sites[len(p.sites)-1].Hash = "another"
		}
	}
	if len(p.sites) > 0 {
		p.write(t, filepath.Join(m.dir, ".mapdiag/profile.json"))
	}
}

// hovers wants a hover over the words of a marker.
func (m *markers) hovers(k marker) {
	m.Helper()
	switch got := m.hover(k.name, m.span(k).Start); {
	case k.args[1] != "none":
		got = strings.ReplaceAll(got, recorded.Format(time.DateOnly), "2026-11-20")
		m.golden(k, k.args[1], strings.ReplaceAll(got, m.dir, "/m")+"\n")
	case got != "":
		m.Errorf("%v: got\n%s", k, got)
	}
}

// lenses wants those lenses in a file that its markers tell of.
func (m *markers) lenses(name string, list []marker) {
	m.Helper()
	var shown []json.RawMessage
	if _, err := m.request("textDocument/codeLens", object{"textDocument": object{"uri": uriOf(name)}}, &shown); err != nil {
		m.Fatal(err)
	}
	titles := make(map[int]string) // by line
	for _, l := range shown {
		var lens struct {
			Range   span
			Command struct{ Title string }
		}
		if _, err := m.request("codeLens/resolve", l, &lens); err != nil {
			m.Fatal(err)
		}
		if line := lens.Range.Start.Line; titles[line] != "" {
			titles[line] += " | " + lens.Command.Title
		} else {
			titles[line] = lens.Command.Title
		}
	}
	for _, k := range list {
		if k.name != name || k.verb != "lens" {
			continue
		}
		if title := titles[k.line]; !regexp.MustCompile("^" + k.args[0] + "$").MatchString(title) {
			m.Errorf("%v: got %q", k, title)
		}
		delete(titles, k.line)
	}
	for line, title := range titles {
		m.Errorf("%s:%d: no marker for the lens %q", filepath.Base(name), line+1, title)
	}
}

// do makes an edit, compares with the golden text, and takes it back.
func (m *markers) do(k marker, a codeAction, golden string) {
	m.Helper()
	was, before := m.text(k.name), m.diagnostics(k.name)
	if names := m.apply(a.Edit); len(names) != 1 || names[0] != k.name {
		m.Fatalf("%v: changes %q", k, names)
	}
	got := m.text(k.name)
	if m.crlf {
		if strings.Count(got, "\n") != strings.Count(got, "\r\n") {
			m.Errorf("%v: the lines end differently: %q", k, got)
		}
		got = strings.ReplaceAll(got, "\r\n", "\n")
	}
	m.golden(k, golden, got)
	m.save(k.name)
	cmd := exec.Command("go", "build", "./...")
	cmd.Dir = m.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		m.Errorf("%v: does not compile: %v\n%s", k, err, out)
	}
	m.settle()
	for _, d := range a.Diagnostics {
		count := func(list []diagnostic) (n int) {
			for _, x := range list {
				if x.Code == d.Code {
					n++
				}
			}
			return n
		}
		if now := m.diagnostics(k.name); k.verb == "fix" && count(now) >= count(before) {
			m.Errorf("%v: afterwards there is %q", k, briefly(now))
		}
	}
	m.change(k.name, was)
	m.save(k.name)
	m.settle()
}

// module writes a module of the files of an archive.
func module(t *testing.T, archive string) string {
	t.Helper()
	return testmod.Write(t, archive)
}
