package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// refused checks that a request is answered with an error.
func (c *client) refused(code int, method string, params any) {
	c.Helper()
	result, err := c.request(method, params, nil)
	var e *wireError
	if !errors.As(err, &e) || e.Code != code {
		c.Errorf("%s: got %s, %v, want the error %d", method, result, err, code)
	}
}

func TestLife(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	at := object{"textDocument": object{"uri": uriOf(a)}, "range": span{}, "context": object{"diagnostics": []any{}}}
	c := connect(t, config{dirs: []string{dir}, bare: true})
	c.refused(-32002, "textDocument/codeAction", at)
	c.refused(-32002, "shutdown", nil)
	c.open(a) // dropped
	c.initialize()
	c.refused(-32600, "initialize", object{"capabilities": object{}})
	c.notify("initialized", object{}) // once more
	c.refused(-32601, "textDocument/definition", at)
	c.refused(-32602, "textDocument/codeAction", object{"textDocument": 7})
	c.refused(-32602, "workspace/executeCommand", object{"command": "mapdiag.none"})
	c.refused(-32602, "workspace/executeCommand", object{"command": "mapdiag.showRule", "arguments": []any{"none"}})
	c.notify("textDocument/none", object{})
	c.notify("$/setTrace", object{"value": "verbose"})
	c.expect(a, "4 sizehint")
	c.settle()
	var url string
	if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.showRule", "arguments": []any{"sizehint"}}, &url); err != nil || !strings.HasSuffix(url, "sizehint.md") {
		t.Errorf("showRule: %q, %v", url, err)
	}
	if n := c.requests("workspace/configuration"); n != 1 {
		t.Errorf("%d requests for the settings", n)
	}
	if n := c.requests("window/showDocument"); n != 1 {
		t.Errorf("%d requests to show a page", n)
	}
	if _, err := c.request("shutdown", nil, nil); err != nil {
		t.Fatal(err)
	}
	c.refused(-32600, "textDocument/codeAction", at)
	c.refused(-32600, "initialize", object{"capabilities": object{}})
	c.change(a, "package a\n") // dropped
	c.notify("exit", nil)
	if code := c.code(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	for name, end := range map[string]func(c *client){
		"exit at once":    func(c *client) { c.notify("exit", nil) },
		"end of the file": func(c *client) { c.conn.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			for _, bare := range []bool{true, false} {
				c := connect(t, config{dirs: []string{dir}, bare: bare})
				end(c)
				if code := c.code(); code != 1 {
					t.Errorf("code %d without shutdown", code)
				}
			}
		})
	}
}

// TestParentDies ends the process that the client says to be.
func TestParentDies(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	c := connect(t, config{dirs: []string{simple(t)}, pid: cmd.Process.Pid})
	time.Sleep(200 * time.Millisecond)
	c.settle() // it runs as long as the client
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	if code := c.code(); code != 1 {
		t.Errorf("exit code %d", code)
	}
}

// TestCancel cancels requests that are under way.
func TestCancel(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	c := connect(t, config{dirs: []string{dir}, initial: object{"pullDiagnostics": true}})
	c.open(a)
	c.settle()
	c.change(a, c.text(a)+"\n")
	// The workspace takes a while: its tests are analysed after a pause.
	id, answer := c.start("workspace/diagnostic", object{"previousResultIds": []any{}})
	c.notify("$/cancelRequest", object{"id": json.RawMessage(id)})
	if m := <-answer; m.Error == nil || m.Error.Code != -32800 {
		t.Errorf("got %s", raw(m))
	}
	// One that is overtaken by an edit says so.
	c.change(a, c.text(a)+"\n")
	_, answer = c.start("workspace/diagnostic", object{"previousResultIds": []any{}})
	c.change(a, c.text(a)+"\n")
	if m := <-answer; m.Error == nil || m.Error.Code != -32801 {
		t.Errorf("got %s", raw(m))
	}
	// Of many, all are answered.
	var answers []chan message
	for i := range 40 {
		c.change(a, c.text(a)+"\n")
		id, answer := c.start("textDocument/diagnostic", object{"textDocument": object{"uri": uriOf(a)}})
		if i%2 == 0 {
			c.notify("$/cancelRequest", object{"id": json.RawMessage(id)})
		}
		answers = append(answers, answer)
	}
	for _, answer := range answers {
		if m := <-answer; m.Error != nil && m.Error.Code != -32800 && m.Error.Code != -32801 {
			t.Errorf("got %s", raw(m))
		}
	}
}

// TestSilentClient answers no request of the server.
func TestSilentClient(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	over := make(chan struct{})
	c := connect(t, config{dirs: []string{dir}, answer: func(method string, _ json.RawMessage) (any, bool) {
		if method == "workspace/configuration" {
			return nil, false
		}
		<-over
		return nil, true
	}})
	t.Cleanup(func() { close(over) })
	c.open(a)
	c.await("the server registers, and the client does not answer", func() bool { return len(c.asked) > 0 })
	c.expect(a, "4 sizehint")
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestNoProgressAnswer does not answer the request to show progress.
func TestNoProgressAnswer(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	over := make(chan struct{})
	c := connect(t, config{dirs: []string{dir}, answer: func(method string, _ json.RawMessage) (any, bool) {
		if method == "window/workDoneProgress/create" {
			<-over
		}
		return nil, false
	}})
	t.Cleanup(func() { close(over) })
	c.await("progress", func() bool {
		return slices.ContainsFunc(c.asked, func(m message) bool { return m.Method == "window/workDoneProgress/create" })
	})
	c.expect(a, "4 sizehint")
	c.expect(b, "4 sizehint")
	c.open(a)
	c.change(a, "package a\n")
	c.expect(a)
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// many is a module of n packages with a finding each.
func many(t *testing.T, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "-- p%03d/p.go --\npackage p\n\n%s", i, fill("F"))
	}
	return module(t, b.String())
}

func TestProgress(t *testing.T) {
	t.Parallel()
	c := connect(t, config{dirs: []string{many(t, 20)}})
	c.await("20 files", func() bool { return len(c.shown) == 20 })
	c.settle()
	kinds := c.progress()
	if len(kinds) < 2 || kinds[0] != "begin" || kinds[len(kinds)-1] != "end" || strings.Count(strings.Join(kinds, " "), "begin") != 1 {
		t.Errorf("progress %q", kinds)
	}
}

func TestProgressCancel(t *testing.T) {
	t.Parallel()
	const n = 200
	made := make(chan *client, 1)
	var stops atomic.Int32
	c := connect(t, config{dirs: []string{many(t, n)}, answer: func(method string, params json.RawMessage) (any, bool) {
		if method == "window/workDoneProgress/create" && stops.CompareAndSwap(0, 1) {
			(<-made).notify("window/workDoneProgress/cancel", json.RawMessage(params))
		}
		return nil, false
	}})
	made <- c
	c.await("progress", func() bool { return stops.Load() > 0 })
	c.settle()
	c.mu.Lock()
	shown := len(c.shown)
	c.mu.Unlock()
	if shown == n {
		t.Error("the work was not stopped")
	}
	if kinds := c.progress(); len(kinds) > 0 && kinds[len(kinds)-1] != "end" {
		t.Errorf("progress %q", kinds)
	}
	if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.analyzeWorkspace"}, nil); err != nil {
		t.Fatal(err)
	}
	c.await("all files after the command", func() bool { return len(c.shown) == n })
}

// progress returns the kinds of the progress notifications.
func (c *client) progress() (kinds []string) {
	for _, m := range c.messages("$/progress") {
		var p struct{ Value struct{ Kind string } }
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.Fatal(err)
		}
		kinds = append(kinds, p.Value.Kind)
	}
	return kinds
}

// requests counts what the server has asked for.
func (c *client) requests(method string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.asked {
		if m.Method == method {
			n++
		}
	}
	return n
}

// TestPoorClient can do nothing that is not asked of all clients.
func TestPoorClient(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\n"+fill("F")+"-- b/b.go --\npackage b\n\n"+fill("G"))
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}, capabilities: object{}, encoding: "utf-16", initial: object{"rules": object{"largevalue": object{"enabled": false}}}})
	c.open(a)
	c.expect(a, "4 sizehint")
	c.expect(b, "4 sizehint")
	c.settle()
	if list := c.actions(a, span{position{3, 0}, position{3, 5}}); list != nil {
		t.Errorf("actions: %s", raw(list))
	}
	c.notify("workspace/didChangeConfiguration", object{"settings": object{"mapdiag": object{"rules": object{"sizehint": object{"enabled": false}}}}})
	c.expect(a)
	c.expect(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.log {
		if p.Version != nil {
			t.Errorf("a version: %s", raw(p))
		}
		for _, d := range p.Diagnostics {
			if d.RelatedInformation != nil || d.CodeDescription != nil || d.Data != nil {
				t.Errorf("more than the client can do: %s", raw(d))
			}
		}
	}
	for _, m := range c.asked {
		t.Errorf("the server asks for %s", m.Method)
	}
	for _, m := range c.told {
		t.Errorf("the server tells %s %s", m.Method, m.Params)
	}
}

// TestRegistration is about what the server asks a rich client for.
func TestRegistration(t *testing.T) {
	t.Parallel()
	c := connect(t, config{dirs: []string{simple(t)}})
	c.await("a registration", func() bool { return len(c.asked) > 0 })
	c.mu.Lock()
	defer c.mu.Unlock()
	text := string(c.asked[0].Params)
	if c.asked[0].Method != "client/registerCapability" || !strings.Contains(text, "didChangeWatchedFiles") || !strings.Contains(text, "didChangeConfiguration") || !strings.Contains(text, "**/*.go") {
		t.Errorf("%s %s", c.asked[0].Method, text)
	}
}

// TestNothingLeft counts goroutines.
func TestNothingLeft(t *testing.T) {
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	before := runtime.NumGoroutine()
	for i := range 4 {
		c := connect(t, config{dirs: []string{dir}})
		c.open(a)
		c.change(a, c.text(a)+"\n")
		if i%2 == 0 {
			c.expect(a, "4 sizehint")
		}
		c.start("workspace/diagnostic", object{"previousResultIds": []any{}}) // never answered in time
		if code := c.end(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		c.conn.Close()
	}
	deadline := time.Now().Add(patience)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, and %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(10 * time.Millisecond)
	}
}
