package server_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const store = `-- a/store.go --
package a

import "sync"

type Store struct {
	mu   sync.Mutex
	rows map[string]int
}

var all = make(map[int]string)

func NewStore() *Store {
	return &Store{rows: make(map[string]int)}
}

func (s *Store) Put(k string, v int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[k] = v
}

func (s *Store) Delete(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rows, k)
}

func (s *Store) Get(k string) int {
	return s.rows[k]
}

func count(words []string) int {
	seen := make(map[string]bool)
	for _, w := range words {
		seen[w] = true
	}
	return len(seen)
}
`

// at returns the place of some words in an open text, the first if there are
// several.
func (c *client) at(name, words string) position {
	c.Helper()
	text := c.text(name)
	i := strings.Index(text, words)
	if i < 0 {
		c.Fatalf("%s: there is no %q", name, words)
	}
	return c.position(text, i)
}

// hover returns what is shown at a place, "" if nothing.
func (c *client) hover(name string, at position) string {
	c.Helper()
	var h *struct{ Contents struct{ Kind, Value string } }
	if _, err := c.request("textDocument/hover", object{"textDocument": object{"uri": uriOf(name)}, "position": at}, &h); err != nil {
		c.Fatal(err)
	}
	if h == nil {
		return ""
	}
	if h.Contents.Kind != "markdown" {
		c.Errorf("a hover in %s", h.Contents.Kind)
	}
	return h.Contents.Value
}

func TestHover(t *testing.T) {
	t.Parallel()
	dir := module(t, store)
	a := filepath.Join(dir, "a/store.go")
	c := connect(t, config{dirs: []string{dir}, escape: true})
	c.open(a)
	c.expect(a, "13 escape", "29 unguarded", "33 sizehint")
	for words, want := range map[string]string{
		"make(map[string]int)":    `(?s)\*\*.map\[string\]int.\*\*.*16 B.*8 B.*on the heap: .*guarded by mu.*10 000`,
		"map[string]int\n":        `(?s)16 B.*guarded by mu \(2 of 3 accesses\)`,
		"rows[k] = v":             `^[^|]*B/entry · guarded by mu`,
		"make(map[string]bool)":   `(?s)stays on the stack.*1 000 000`,
		"all = make":              `B/entry$`,
		"func NewStore":           `^$`,
		"words []string":          `^$`,
		"defer s.mu.Unlock()":     `^$`,
		"seen[w] = true":          `B/entry`,
		"string]bool)":            `^$`,
		"len(seen)":               `^$`,
		"sync.Mutex\n\trows map[": `^$`,
	} {
		if got := c.hover(a, c.at(a, words)); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("at %q:\n%s\nwant %s", words, got, want)
		}
	}
	c.configure(object{"hover": false})
	c.await("a hover is gone", func() bool {
		c.mu.Unlock()
		defer c.mu.Lock()
		return c.hover(a, c.at(a, "make(map[string]int)")) == ""
	})
}

func TestEscapeHints(t *testing.T) {
	t.Parallel()
	dir := module(t, store)
	a := filepath.Join(dir, "a/store.go")
	caps := fullClient("utf-8")
	caps["workspace"].(object)["codeLens"] = object{"refreshSupport": true}
	c := connect(t, config{dirs: []string{dir}, escape: true, capabilities: caps})
	c.open(a)
	c.expect(a, "13 escape", "29 unguarded", "33 sizehint")
	list := c.diagnostics(a)
	hint := list[slices.IndexFunc(list, func(d diagnostic) bool { return d.Code == "escape" })]
	if hint.Severity != 4 || hint.Source != "mapdiag" || len(hint.RelatedInformation) == 0 {
		t.Errorf("got %+v", hint)
	}
	// What is said of a make that a rule speaks of is said there.
	size := list[slices.IndexFunc(list, func(d diagnostic) bool { return d.Code == "sizehint" })]
	if last := size.RelatedInformation[len(size.RelatedInformation)-1]; !strings.Contains(last.Message, "stays on the stack") {
		t.Errorf("got %+v", size)
	}
	// An edit makes all of it uncertain.
	whole := c.text(a)
	c.change(a, whole+"\n// A comment.\n")
	c.expect(a, "29 unguarded", "33 sizehint")
	c.change(a, whole)
	c.expect(a, "13 escape", "29 unguarded", "33 sizehint")
	// When it is saved, the compiler is asked again.
	c.change(a, "// Package a stores.\n"+whole)
	c.expect(a, "30 unguarded", "34 sizehint")
	writeFile(t, a, c.text(a))
	c.save(a)
	c.expect(a, "14 escape", "30 unguarded", "34 sizehint")

	var show string
	if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.toggleEscape", "arguments": []any{uriOf(a)}}, &show); err != nil || show != "off" {
		t.Errorf("%q, %v", show, err)
	}
	c.expect(a, "30 unguarded", "34 sizehint")
	if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.toggleEscape", "arguments": []any{uriOf(a)}}, &show); err != nil || show != "maps" {
		t.Errorf("%q, %v", show, err)
	}
	c.expect(a, "14 escape", "30 unguarded", "34 sizehint")

	// Changed settings count at once, and more than what was toggled before.
	toggle := func() {
		if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.toggleEscape", "arguments": []any{uriOf(a)}}, nil); err != nil {
			t.Error(err)
		}
	}
	c.configure(object{"escape": object{"show": "off"}})
	c.expect(a, "30 unguarded", "34 sizehint")
	toggle()
	c.expect(a, "14 escape", "30 unguarded", "34 sizehint")
	toggle()
	c.expect(a, "30 unguarded", "34 sizehint")
	lenses := c.requests("workspace/codeLens/refresh")
	c.configure(object{"escape": object{"show": "maps"}, "codeLens": true})
	c.expect(a, "14 escape", "30 unguarded", "34 sizehint")
	c.await("the client is told that there are lenses", func() bool {
		c.mu.Unlock()
		defer c.mu.Lock()
		return c.requests("workspace/codeLens/refresh") > lenses
	})
	c.configure(object{"escape": object{"mode": "off"}})
	c.expect(a, "30 unguarded", "34 sizehint")
	c.configure(object{})
	c.expect(a, "14 escape", "30 unguarded", "34 sizehint")
	// For other settings of rules everything is analysed anew, and compiled again.
	c.configure(object{"rules": object{"sizehint": object{"level": "certain"}}})
	c.expect(a, "14 escape", "30 unguarded")
	toggle()
	c.expect(a, "30 unguarded")
	toggle()
	c.expect(a, "14 escape", "30 unguarded")
	c.noComplaints()
}

// TestEscapeImports changes an imported function so that a map which it is given
// escapes: what was said of the map is taken back, and said anew after a save.
func TestEscapeImports(t *testing.T) {
	t.Parallel()
	dir := module(t, `
-- a/a.go --
package a

import "example.com/m/b"

func Made() int {
	m := make(map[string]int)
	return b.Use(m)
}
-- b/b.go --
package b

func Use(m map[string]int) int { return len(m) }
`)
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}, escape: true})
	c.open(a)
	c.open(b)
	says := func(want string) {
		t.Helper()
		c.await("the hover says "+want, func() bool {
			c.mu.Unlock()
			defer c.mu.Lock()
			return strings.Contains(c.hover(a, c.at(a, "make(map")), want)
		})
	}
	says("stays on the stack")
	c.change(b, "package b\n\nvar last map[string]int\n\nfunc Use(m map[string]int) int {\n\tlast = m\n\treturn len(m)\n}\n")
	says("is known when all is saved")
	writeFile(t, b, c.text(b))
	c.save(b)
	says("on the heap")
	c.expect(a, "6 escape")
	c.change(b, "package b\n\nfunc Use(m map[string]int) int { return len(m) }\n")
	c.expect(a)
	writeFile(t, b, c.text(b))
	c.save(b)
	says("stays on the stack")
}

// TestEscapeBroken wants a package that does not compile to have no verdicts, and
// the reason to be told.
func TestEscapeBroken(t *testing.T) {
	t.Parallel()
	dir := module(t, strings.Replace(store, "return s.rows[k]\n", "return s.rows[k] + missing\n", 1))
	a := filepath.Join(dir, "a/store.go")
	c := connect(t, config{dirs: []string{dir}, escape: true})
	c.open(a)
	c.expect(a, "33 sizehint")
	c.await("a reason", func() bool {
		c.mu.Unlock()
		defer c.mu.Lock()
		h := c.hover(a, c.at(a, "make(map[string]int)"))
		return strings.Contains(h, "missing")
	})
	c.expect(a, "33 sizehint")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	dir := module(t, store)
	a := filepath.Join(dir, "a/store.go")
	c := connect(t, config{dirs: []string{dir}, escape: true})
	c.open(a)
	c.expect(a, "13 escape", "29 unguarded", "33 sizehint")
	at := c.at(a, "make(map[string]int)")
	c.action(a, span{at, at}, "Explain why this map escapes")
	var text string
	if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.explain", "arguments": []any{uriOf(a), at}}, &text); err != nil || !regexp.MustCompile(`(?s)^This map is on the heap: .*\n1\. .*\(store\.go:13\)`).MatchString(text) {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.explain", "arguments": []any{uriOf(a), position{}}}, &text); err != nil || !strings.Contains(text, "nothing") {
		t.Errorf("%q, %v", text, err)
	}
	for _, args := range [][]any{{}, {7}, {"no uri"}, {uriOf(a)}} {
		if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.explain", "arguments": args}, nil); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

func TestCodeLens(t *testing.T) {
	t.Parallel()
	dir := module(t, store)
	a := filepath.Join(dir, "a/store.go")
	c := connect(t, config{dirs: []string{dir}, escape: true, answers: object{"codeLens": true}})
	c.open(a)
	c.expect(a, "13 escape", "29 unguarded", "33 sizehint")
	type lens struct {
		Range   span            `json:"range"`
		Data    json.RawMessage `json:"data"`
		Command *struct {
			Title, Command string
		} `json:"command,omitempty"`
	}
	var list []lens
	if _, err := c.request("textDocument/codeLens", object{"textDocument": object{"uri": uriOf(a)}}, &list); err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, l := range list {
		if l.Command != nil {
			t.Error("a lens is resolved unasked")
		}
		var resolved lens
		if _, err := c.request("codeLens/resolve", l, &resolved); err != nil {
			t.Fatal(err)
		}
		titles = append(titles, resolved.Command.Title)
	}
	if len(titles) != 2 || !strings.HasPrefix(titles[0], "escapes to heap · ") || !strings.HasSuffix(titles[1], "B/entry") {
		t.Errorf("got %q", titles)
	}
	c.change(a, "// Package a stores.\n"+c.text(a))
	_, err := c.request("codeLens/resolve", list[0], nil)
	if e, ok := err.(*wireError); !ok || e.Code != -32801 {
		t.Errorf("a lens of an older text: %v", err)
	}
}

// TestGuardedBy declares the guard of a map, at a finding in another file and at
// the field.
func TestGuardedBy(t *testing.T) {
	t.Parallel()
	locked := strings.Replace(store, "return s.rows[k]\n", "s.mu.Lock()\n\tdefer s.mu.Unlock()\n\treturn s.rows[k]\n", 1)
	dir := module(t, locked+"-- a/peek.go --\npackage a\n\nfunc (s *Store) Peek() int { return len(s.rows) }\n")
	a, b := filepath.Join(dir, "a/store.go"), filepath.Join(dir, "a/peek.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.open(b)
	c.expect(b, "3 unguarded")
	at := c.at(a, "rows map")
	c.action(a, span{at, at}, "Declare that mu guards rows")
	at = c.at(b, "len(s.rows)")
	if names := c.apply(c.action(b, span{at, at}, "Declare that mu guards rows").Edit); !slices.Equal(names, []string{a}) {
		t.Errorf("edited %q", names)
	}
	if !strings.Contains(c.text(a), "\n\t//mapdiag:guardedby mu\n\trows map[string]int\n") {
		t.Errorf("got\n%s", c.text(a))
	}
	c.await("the finding names the annotation", func() bool {
		list := c.shown[uriOf(b)].Diagnostics
		return len(list) == 1 && strings.Contains(list[0].Message, "annotation")
	})
	for _, action := range c.actions(b, span{at, at}) {
		if strings.HasPrefix(action.Title, "Declare") {
			t.Errorf("offered again: %s", action.Title)
		}
	}
}

// TestResolve wants edits to be made when they are chosen, where the client can
// ask for that, and none for a text that has changed.
func TestResolve(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	capabilities := fullClient("utf-8")
	doc := capabilities["textDocument"].(object)
	doc["codeAction"].(object)["dataSupport"] = true
	doc["codeAction"].(object)["resolveSupport"] = object{"properties": []string{"edit"}}
	c := connect(t, config{dirs: []string{dir}, capabilities: capabilities})
	c.open(a)
	c.expect(a, "4 sizehint")
	at := c.at(a, "make(")
	p := object{"textDocument": object{"uri": uriOf(a)}, "range": span{at, at}, "context": object{"diagnostics": []object{}}}
	var list []json.RawMessage
	if _, err := c.request("textDocument/codeAction", p, &list); err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	var lazy, eager codeAction
	if err := json.Unmarshal(list[0], &lazy); err != nil || lazy.Edit.DocumentChanges != nil {
		t.Errorf("%v, %+v", err, lazy)
	}
	if _, err := c.request("codeAction/resolve", list[0], &eager); err != nil || eager.Title != lazy.Title {
		t.Fatal(err, eager.Title)
	}
	c.change(a, c.text(a)+"\n")
	_, err := c.request("codeAction/resolve", list[0], nil)
	if e, ok := err.(*wireError); !ok || e.Code != -32801 {
		t.Errorf("an action for an older text: %v", err)
	}
}
