package server_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// done is what mapdiag.fixWorkspace answers.
type done struct{ Fixes, Files int }

// fixWorkspace has all safe fixes applied; editors ask again where the state changes
// meanwhile.
func (c *client) fixWorkspace() (d done, err error) {
	c.Helper()
	for {
		_, err := c.request("workspace/executeCommand", object{"command": "mapdiag.fixWorkspace"}, &d)
		if e, ok := err.(*wireError); ok && e.Code == -32801 {
			continue
		}
		return d, err
	}
}

// editing returns the capabilities of a client that applies edits.
func editing() object {
	caps := fullClient("utf-8")
	caps["workspace"].(object)["applyEdit"] = true
	return caps
}

func TestFixWorkspace(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\n"+fill("F")+
		"-- b/b.go --\npackage b\n\n"+fill("G")+
		"-- c/c.go --\npackage c\n\n"+fill("H")+
		// A finding whose fix could change what the program does.
		"-- d/d.go --\npackage d\n\nimport \"sync\"\n\ntype T struct {\n\tmu sync.Mutex\n\tm  map[int]int //mapdiag:guardedby mu\n}\n\nfunc (t *T) Put(k int) { t.m[k] = k }\n")
	a, b, third, d := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go"), filepath.Join(dir, "c/c.go"), filepath.Join(dir, "d/d.go")
	var edits []workspaceEdit
	refuse := false
	c := connect(t, config{dirs: []string{dir}, capabilities: editing(), answer: func(method string, params json.RawMessage) (any, bool) {
		if method != "workspace/applyEdit" {
			return nil, false
		}
		var p struct{ Edit workspaceEdit }
		if err := json.Unmarshal(params, &p); err != nil {
			t.Error(err)
		}
		edits = append(edits, p.Edit)
		return object{"applied": !refuse, "failureReason": "for a test"}, true
	}})
	c.expect(third, "4 sizehint")
	c.open(a)
	c.change(a, "package a\n\n// moved down\n\n"+fill("F")) // what is in the editor counts
	c.expect(a, "6 sizehint")
	c.expect(d, "10 unguarded")
	c.settle()

	got, err := c.fixWorkspace()
	if err != nil || got != (done{3, 3}) {
		t.Fatalf("got %v, %v, want 3 fixes in 3 files", got, err)
	}
	var names []string
	for _, e := range edits[0].DocumentChanges {
		names = append(names, e.TextDocument.URI)
		if open := e.TextDocument.URI == uriOf(a); open != (e.TextDocument.Version != nil) || open && *e.TextDocument.Version != 2 {
			t.Errorf("%s is edited in version %v", e.TextDocument.URI, e.TextDocument.Version)
		}
		if len(e.Edits) != 1 || !strings.Contains(e.Edits[0].NewText, "len(") {
			t.Errorf("%s: got the edits %s", e.TextDocument.URI, raw(e.Edits))
		}
	}
	if want := []string{uriOf(a), uriOf(b), uriOf(third)}; !slices.Equal(names, want) {
		t.Errorf("edits of %v, want %v", names, want)
	}

	refuse = true
	if got, err := c.fixWorkspace(); err == nil || !strings.Contains(err.Error(), "for a test") {
		t.Errorf("got %v, %v though the editor refuses", got, err)
	}
	c.configure(object{"rules": object{"sizehint": object{"enabled": false}}})
	c.expect(a)
	before := len(edits)
	if got, err := c.fixWorkspace(); err != nil || got != (done{}) || len(edits) != before {
		t.Errorf("got %v, %v, and %d edits for a rule that is not shown", got, err, len(edits)-before)
	}
}

func TestFixWorkspaceUnable(t *testing.T) {
	t.Parallel()
	c := connect(t, config{dirs: []string{simple(t)}})
	if _, err := c.fixWorkspace(); err == nil || !strings.Contains(err.Error(), "applyEdit") {
		t.Errorf("got %v from a client that applies no edits", err)
	}
}
