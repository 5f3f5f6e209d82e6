package gopls

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/server/protocol"
)

// program returns the path of a peer.
func program(name string) string {
	if name == "gopls" {
		return gopls
	}
	return mapls
}

const shop = `package shop

import "fmt"

type Order struct{ ID string }

// Index has "größer" and 𝄞 before what is found, for columns to differ.
func Index(orders []Order) map[string]int {
	const größe, 𝒦 = "𝄞", 2
	fmt.Printf("%d\n", größe)
	/* 𝄞ß */ m := make(map[string]int)
	for i, o := range orders {
		m[o.ID] = i
	}
	return m
}
`

// module writes a module of one file and returns its folder and the file.
func module(t *testing.T, text string) (dir, name string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(dir, "shop.go")
	for file, text := range map[string]string{filepath.Join(dir, "go.mod"): "module example.com/shop\n\ngo 1.26\n", name: text} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir, name
}

// TestScript plays one session with each server: what is found in the opened file,
// hover, an edit, the fix, the end.
func TestScript(t *testing.T) {
	for _, encodings := range [][]protocol.PositionEncodingKind{nil, {protocol.UTF16}, {protocol.UTF8, protocol.UTF16}, {protocol.UTF32, protocol.UTF16}} {
		for _, server := range []string{"gopls", "mapls"} {
			t.Run(fmt.Sprint(server, encodings), func(t *testing.T) { script(t, server, encodings) })
		}
	}
}

func script(t *testing.T, server string, encodings []protocol.PositionEncodingKind) {
	dir, name := module(t, shop)
	p := start(t, program(server), dir, encodings, "{}")
	encoding := cmp.Or(p.result.Capabilities.PositionEncoding, protocol.UTF16)
	if want := (protocol.UTF16); encodings == nil && encoding != want || encodings != nil && !slices.Contains(encodings, encoding) {
		t.Errorf("%s chooses the encoding %s of %s", server, encoding, encodings)
	}
	if server == "mapls" && encodings != nil && encoding != encodings[0] {
		t.Errorf("mapls chooses the encoding %s of %s", encoding, encodings)
	}
	uri := uriOf(t, name)
	what := map[string]string{"gopls": `fmt.Printf format %d has arg größe of wrong type string`, "mapls": "map is made without its size, len(orders)"}[server]
	place := map[string]string{"gopls": `%d`, "mapls": "make(map[string]int)"}[server]
	wanted := func(d protocol.Diagnostic) bool { return strings.Contains(protocol.MessageOf(d), what) }

	p.open(uri, shop)
	d := p.diagnostic(uri, 1, wanted)
	m := protocol.NewMapper([]byte(shop), encoding)
	at := strings.Index(shop, place)
	if got, _, err := m.Offsets(d.Range); err != nil || got != at {
		t.Errorf("%s: the diagnostic is at %v, offset %d, %v; want %d", server, d.Range, got, err, at)
	}

	if p.result.Capabilities.HoverProvider != nil {
		params := new(protocol.HoverParams)
		params.TextDocument.URI = uri
		params.Position = m.Range(at, at).Start
		var hover protocol.Hover
		p.call(protocol.MethodHover, params, &hover)
		if server == "mapls" && hover.Contents == nil {
			t.Error("mapls shows nothing where a map is made")
		}
	}

	// A line before all others moves the diagnostic.
	edit := &protocol.DidChangeTextDocumentParams{}
	edit.TextDocument.URI, edit.TextDocument.Version = uri, 2
	edit.ContentChanges = []protocol.ContentChange{&protocol.PartialChange{Range: m.Range(0, 0), Text: "// 𝄞\n"}}
	p.notify(protocol.MethodDidChange, edit)
	text := "// 𝄞\n" + shop
	moved := p.diagnostic(uri, 2, wanted)
	if moved.Range.Start.Line != d.Range.Start.Line+1 || moved.Range.Start.Character != d.Range.Start.Character {
		t.Errorf("%s: the diagnostic moves from %v to %v by a line put before it", server, d.Range, moved.Range)
	}

	var actions []protocol.CommandOrCodeAction
	p.call(protocol.MethodCodeAction, &protocol.CodeActionParams{TextDocument: protocol.TextDocumentIdentifier{URI: uri}, Range: moved.Range,
		Context: protocol.CodeActionContext{Diagnostics: []protocol.Diagnostic{moved}}}, &actions)
	if server == "mapls" {
		p.hint(actions, text, encoding)
	}
	p.stop()
}

// hint applies the preferred action and wants the map to have its size.
func (p *peer) hint(actions []protocol.CommandOrCodeAction, text string, encoding protocol.PositionEncodingKind) {
	t := p.T
	t.Helper()
	for _, x := range actions {
		a, ok := x.(*protocol.CodeAction)
		if !ok || !protocol.Yes(a.IsPreferred) {
			continue
		}
		if a.Edit == nil {
			full := new(protocol.CodeAction)
			p.call(protocol.MethodCodeActionResolve, a, full)
			a = full
		}
		if a.Edit == nil || len(a.Edit.DocumentChanges) != 1 {
			t.Fatalf("%s: want one edit of a document, not %+v", a.Title, a.Edit)
		}
		for _, c := range a.Edit.DocumentChanges {
			edit, ok := c.(*protocol.TextDocumentEdit)
			if !ok || edit.TextDocument.Version == nil || *edit.TextDocument.Version != 2 {
				t.Errorf("%s: %+v is no edit of version 2", a.Title, c)
				continue
			}
			for _, e := range edit.Edits {
				e := e.(*protocol.TextEdit)
				fixed, err := protocol.Apply([]byte(text), encoding, []protocol.ContentChange{&protocol.PartialChange{Range: e.Range, Text: e.NewText}})
				if want := strings.Replace(text, "int)\n\tfor", "int, len(orders))\n\tfor", 1); err != nil || string(fixed) != want {
					t.Errorf("%s: the fixed file is\n%s\n%v, want\n%s", a.Title, fixed, err, want)
				}
			}
			return
		}
	}
	t.Errorf("no action is preferred among %+v", actions)
}

// apart are pairs of diagnostics, by mapls's code and gopls's source, that stand at
// one place and mean different things, with what they mean.
var apart = map[string]string{
	"deletechurn, S1005":         "the loop leaves NaN keys; its blank variable is not needed",
	"deletechurn, simplifyrange": "the same",
	"unguarded, mapsloop":        "a goroutine writes the map, too; a loop could be maps.Copy",
}

// TestNoRepeat opens the fixtures of all rules in both servers at a time: where
// gopls says something, mapls says nothing of the same.
func TestNoRepeat(t *testing.T) {
	mods, err := filepath.Glob("../../testdata/src/*/go.mod")
	if err != nil || len(mods) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, mod := range mods {
		dir, err := filepath.Abs(filepath.Dir(mod))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(dir), func(t *testing.T) { compare(t, dir) })
	}
}

// compare wants no diagnostic of mapls to overlap one of gopls, apart from pairs
// that are known to mean different things.
func compare(t *testing.T, dir string) {
	const pulling = `{"pullDiagnostics":true,"tests":true}`
	g := start(t, gopls, dir, nil, `{"pullDiagnostics":true,"staticcheck":true}`)
	m := start(t, mapls, dir, nil, pulling)
	both, ours, theirs := 0, 0, 0
	var names []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".go" {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		uri := uriOf(t, name)
		g.open(uri, string(text))
		m.open(uri, string(text))
		said := g.pull(uri)
		theirs += len(said)
		for _, d := range m.pull(uri) {
			ours++
			for _, other := range said {
				if !overlap(d.Range, other.Range) {
					continue
				}
				both++
				source, _ := other.Source.Get()
				pair := fmt.Sprintf("%s, %s", protocol.CodeOf(d), source)
				if apart[pair] == "" {
					t.Errorf("%s:%d: %s\nmapls: %s\ngopls: %s", name, d.Range.Start.Line+1, pair, protocol.MessageOf(d), protocol.MessageOf(other))
				}
			}
		}
	}
	t.Logf("%d diagnostics of mapls, %d of gopls, %d at one place", ours, theirs, both)
	if ours == 0 {
		t.Error("mapls finds nothing to compare")
	}
	g.stop()
	m.stop()
}

// overlap reports whether two ranges have a character in common, or both begin at
// one place.
func overlap(a, b protocol.Range) bool {
	before := func(x, y protocol.Position) bool {
		return x.Line < y.Line || x.Line == y.Line && x.Character < y.Character
	}
	return a.Start == b.Start || before(a.Start, b.End) && before(b.Start, a.End)
}
