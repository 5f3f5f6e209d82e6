package server_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
)

// pulled is the report of a document that the client has asked for.
type pulled struct {
	URI      string
	Version  *int
	Kind     string
	ResultID string
	Items    []diagnostic
}

func (c *client) pull(name, previous string) (p pulled) {
	c.Helper()
	params := object{"textDocument": object{"uri": uriOf(name)}}
	if previous != "" {
		params["previousResultId"] = previous
	}
	if _, err := c.request("textDocument/diagnostic", params, &p); err != nil {
		c.Fatal(err)
	}
	return p
}

// pullAll asks for the diagnostics of the workspace; previous holds result ids by
// URI.
func (c *client) pullAll(previous map[string]string) map[string]pulled {
	c.Helper()
	ids := []object{}
	for uri, id := range previous {
		ids = append(ids, object{"uri": uri, "value": id})
	}
	for {
		var report struct{ Items []pulled }
		_, err := c.request("workspace/diagnostic", object{"previousResultIds": ids}, &report)
		if e, ok := err.(*wireError); ok && e.Code == -32801 {
			continue
		}
		if err != nil {
			c.Fatal(err)
		}
		all := make(map[string]pulled)
		for _, p := range report.Items {
			if _, ok := all[p.URI]; ok {
				c.Errorf("%s is reported twice", p.URI)
			}
			all[p.URI] = p
		}
		return all
	}
}

func TestPull(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}, initial: object{"pullDiagnostics": true}, bare: true})
	var result struct {
		Capabilities struct {
			DiagnosticProvider *struct {
				Identifier                                  string
				InterFileDependencies, WorkspaceDiagnostics bool
			}
		}
	}
	if err := json.Unmarshal(c.initialize(), &result); err != nil || result.Capabilities.DiagnosticProvider == nil || !result.Capabilities.DiagnosticProvider.WorkspaceDiagnostics {
		t.Fatalf("%v, capabilities %s", err, raw(result))
	}
	c.open(a)
	first := c.pull(a, "")
	if first.Kind != "full" || !slices.Equal(briefly(first.Items), []string{"4 sizehint"}) || first.ResultID == "" {
		t.Fatalf("got %s", raw(first))
	}
	if p := c.pull(a, first.ResultID); p.Kind != "unchanged" || p.ResultID != first.ResultID || p.Items != nil {
		t.Errorf("got %s", raw(p))
	}
	c.change(a, "package a\n") // a pull right behind a change sees it
	empty := c.pull(a, first.ResultID)
	if empty.Kind != "full" || len(empty.Items) != 0 || empty.Items == nil {
		t.Errorf("got %s", raw(empty))
	}
	c.change(a, "package a\n\n"+fill("F"))
	if p := c.pull(a, empty.ResultID); p.Kind != "full" || p.ResultID != first.ResultID {
		t.Errorf("got %s", raw(p))
	}
	all := c.pullAll(nil)
	if len(all) != 2 || all[uriOf(a)].Kind != "full" || len(all[uriOf(b)].Items) != 1 || all[uriOf(a)].Version == nil || all[uriOf(b)].Version != nil {
		t.Errorf("got %s", raw(all))
	}
	ids := map[string]string{uriOf(a): all[uriOf(a)].ResultID, uriOf(b): all[uriOf(b)].ResultID}
	for uri, p := range c.pullAll(ids) {
		if p.Kind != "unchanged" || p.ResultID != ids[uri] {
			t.Errorf("got %s", raw(p))
		}
	}
	c.change(a, "package a\n")
	all = c.pullAll(ids)
	if p := all[uriOf(a)]; p.Kind != "full" || len(p.Items) != 0 || all[uriOf(b)].Kind != "unchanged" {
		t.Errorf("got %s", raw(all))
	}
	// The settings count for who pulls, too.
	c.settle()
	before := c.requests("workspace/diagnostic/refresh")
	c.configure(object{"rules": object{"sizehint": object{"enabled": false}}})
	c.await("the server tells to ask again", func() bool {
		n := 0
		for _, m := range c.asked {
			if m.Method == "workspace/diagnostic/refresh" {
				n++
			}
		}
		return n > before
	})
	for _, p := range c.pullAll(nil) {
		if len(p.Items) > 0 {
			t.Errorf("a rule that is off is reported: %s", raw(p))
		}
	}
	if len(c.since(0)) > 0 {
		t.Errorf("pushed, too: %s", raw(c.since(0)))
	}
}

// TestPush is about a client that could pull, and whose user has not asked for it.
func TestPush(t *testing.T) {
	t.Parallel()
	c := connect(t, config{bare: true})
	var result struct{ Capabilities map[string]any }
	if err := json.Unmarshal(c.initialize(), &result); err != nil {
		t.Fatal(err)
	}
	if p := result.Capabilities["diagnosticProvider"]; p != nil {
		t.Errorf("the server offers %s, and pushes", raw(p))
	}
}
