package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/mapdiag/mapdiag/server"
)

// patience is how long tests wait for what must come.
const patience = 15 * time.Second

// The messages as they are on the wire: the tests know nothing of the types that
// the server uses.
type (
	position struct{ Line, Character int }
	span     struct{ Start, End position }
	location struct {
		URI   string
		Range span
	}
	diagnostic struct {
		Range              span
		Severity           int
		Code               string
		CodeDescription    *struct{ Href string }
		Source             string
		Message            string
		RelatedInformation []struct {
			Location location
			Message  string
		}
		Data json.RawMessage
	}
	publish struct {
		URI         string
		Version     *int
		Diagnostics []diagnostic
	}
	textEdit struct {
		Range   span
		NewText string
	}
	workspaceEdit struct {
		Changes         map[string][]textEdit
		DocumentChanges []struct {
			TextDocument struct {
				URI     string
				Version *int
			}
			Edits []textEdit
		}
	}
	codeAction struct {
		Title       string
		Kind        string
		IsPreferred bool
		Diagnostics []diagnostic
		Edit        workspaceEdit
	}
	message struct {
		ID     json.RawMessage `json:"id,omitempty"`
		Method string          `json:"method,omitempty"`
		Params json.RawMessage `json:"params,omitempty"`
		Result json.RawMessage `json:"result,omitempty"`
		Error  *wireError      `json:"error,omitempty"`
	}
	wireError struct {
		Code    int
		Message string
	}
)

// MarshalJSON writes the small letters of the protocol.
func (p position) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"line":%d,"character":%d}`, p.Line, p.Character), nil
}

// MarshalJSON writes the small letters of the protocol.
func (s span) MarshalJSON() ([]byte, error) {
	start, _ := s.Start.MarshalJSON()
	end, _ := s.End.MarshalJSON()
	return fmt.Appendf(nil, `{"start":%s,"end":%s}`, start, end), nil
}

func (e *wireError) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

type object = map[string]any

// fullClient can do all that the server makes use of.
func fullClient(encoding string) object {
	return object{
		"general": object{"positionEncodings": []string{encoding}},
		"window":  object{"workDoneProgress": true, "showDocument": object{"support": true}},
		"workspace": object{
			"configuration": true, "workspaceFolders": true,
			"workspaceEdit":          object{"documentChanges": true},
			"didChangeConfiguration": object{"dynamicRegistration": true},
			"didChangeWatchedFiles":  object{"dynamicRegistration": true},
			"diagnostics":            object{"refreshSupport": true},
		},
		"textDocument": object{
			"diagnostic":         object{},
			"publishDiagnostics": object{"relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true, "dataSupport": true},
			"codeAction":         object{"codeActionLiteralSupport": object{"codeActionKind": object{"valueSet": []string{"quickfix", "source.fixAll"}}}, "isPreferredSupport": true, "disabledSupport": true},
		},
	}
}

// config says what a client is and where it works.
type config struct {
	dirs         []string // workspace folders
	encoding     string   // "utf-8" if empty
	capabilities object   // fullClient if nil
	initial      object   // initialization options
	answers      object   // what workspace/configuration answers
	cache        string   // the folder of the server's cache; a new one if empty
	pid          int      // none if 0
	bare         bool     // neither initialize nor initialized is sent
	escape       bool     // the compiler is asked for its escape analysis
	// answer answers requests of the server; it returns false for the usual
	// answer, and may wait.
	answer func(method string, params json.RawMessage) (result any, ok bool)
}

// client is an editor.
type client struct {
	testing.TB
	config
	conn net.Conn
	exit chan int // the server's code, once

	write sync.Mutex

	mu       sync.Mutex
	turned   chan struct{} // closed when something has come
	settings object
	lastID   int
	waiting  map[string]chan message
	asked    []message // requests of the server
	told     []message // notifications but publishes
	log      []publish // all
	shown    map[string]publish
	docs     map[string]*document    // open ones, by URI
	closed   map[string]map[int]bool // versions that were sent of documents that are closed
	faults   []string                // what no server may do
}

// document is an open text.
type document struct {
	version int
	text    string
	sent    map[int]bool // versions, since it was opened
	last    int          // version of the last publish
	before  map[int]bool // versions sent before it was closed and opened again: a publish of one may be under way
}

// quiet discards what the server logs on standard error.
var quiet = slog.New(slog.DiscardHandler)

// connect starts a server and a client for it.
func connect(t testing.TB, c config) *client {
	t.Helper()
	here, there := net.Pipe()
	k := &client{
		TB: t, config: c, conn: here, exit: make(chan int, 1),
		turned: make(chan struct{}), settings: c.answers,
		waiting: make(map[string]chan message), shown: make(map[string]publish), docs: make(map[string]*document), closed: make(map[string]map[int]bool),
	}
	if c.cache == "" {
		c.cache = t.TempDir()
	}
	go func() {
		k.exit <- server.Serve(context.Background(), there, server.Options{Version: "test", Log: quiet, CacheDir: c.cache})
	}()
	read := make(chan struct{})
	go func() {
		defer close(read)
		k.read()
	}()
	t.Cleanup(func() {
		here.Close()
		<-read
		select {
		case code := <-k.exit:
			k.exit <- code
		case <-time.After(patience):
			t.Error("the server does not end")
		}
		for _, f := range k.faults {
			t.Error(f)
		}
	})
	if !c.bare {
		k.initialize()
	}
	return k
}

func (c *client) initialize() json.RawMessage {
	c.Helper()
	if c.encoding == "" {
		c.encoding = "utf-8"
	}
	caps := c.capabilities
	if caps == nil {
		caps = fullClient(c.encoding)
	}
	p := object{"processId": nil, "capabilities": caps, "workspaceFolders": c.folders(c.dirs...)}
	if c.pid != 0 {
		p["processId"] = c.pid
	}
	p["initializationOptions"] = c.with(c.initial)
	var result struct {
		Capabilities struct{ PositionEncoding string }
	}
	raw, err := c.request("initialize", p, &result)
	if err != nil {
		c.Fatal(err)
	}
	if general, ok := caps["general"].(object); ok && result.Capabilities.PositionEncoding != general["positionEncodings"].([]string)[0] {
		c.Fatalf("positions in %q, want %q", result.Capabilities.PositionEncoding, general["positionEncodings"])
	}
	c.notify("initialized", object{})
	return raw
}

func (c *client) folders(dirs ...string) []object {
	list := []object{}
	for _, dir := range dirs {
		list = append(list, object{"uri": uriOf(dir), "name": filepath.Base(dir)})
	}
	return list
}

// uriOf returns the URI of a file; what has a scheme stays as it is.
func uriOf(name string) string {
	if filepath.IsAbs(name) {
		return "file://" + name
	}
	return name
}

func (c *client) send(m message) {
	data, err := json.Marshal(struct {
		Version string `json:"jsonrpc"`
		message
	}{"2.0", m})
	if err != nil {
		c.Error(err)
		return
	}
	c.write.Lock()
	defer c.write.Unlock()
	_, _ = fmt.Fprintf(c.conn, "Content-Length: %d\r\n\r\n%s", len(data), data) // the reader sees that it has ended
}

func raw(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

// notify sends a notification.
func (c *client) notify(method string, params any) {
	c.send(message{Method: method, Params: raw(params)})
}

// start sends a request.
func (c *client) start(method string, params any) (id string, answer chan message) {
	answer = make(chan message, 1)
	c.mu.Lock()
	c.lastID++
	id = strconv.Itoa(c.lastID)
	c.waiting[id] = answer
	c.mu.Unlock()
	c.send(message{ID: json.RawMessage(id), Method: method, Params: raw(params)})
	return id, answer
}

// request sends a request and decodes its result into v, which may be nil.
func (c *client) request(method string, params, v any) (json.RawMessage, error) {
	c.Helper()
	_, answer := c.start(method, params)
	select {
	case m := <-answer:
		if m.Error != nil {
			return nil, m.Error
		}
		if v != nil {
			if err := json.Unmarshal(m.Result, v); err != nil {
				c.Fatalf("%s: %v in %s", method, err, m.Result)
			}
		}
		return m.Result, nil
	case <-time.After(patience):
		c.Fatalf("%s is not answered", method)
		return nil, nil
	}
}

// read takes what the server sends.
func (c *client) read() {
	r := bufio.NewReader(c.conn)
	for {
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			return
		}
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			c.fault("a frame without a length: %v", header)
			return
		}
		data := make([]byte, n)
		if _, err := io.ReadFull(r, data); err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			c.fault("%v in %s", err, data)
			return
		}
		c.take(m)
	}
}

func (c *client) fault(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *client) take(m message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		close(c.turned)
		c.turned = make(chan struct{})
	}()
	switch {
	case m.Method == "":
		if ch := c.waiting[string(m.ID)]; ch != nil {
			delete(c.waiting, string(m.ID))
			ch <- m
		} else {
			c.faults = append(c.faults, fmt.Sprintf("an answer to nothing: %s", raw(m)))
		}
	case m.ID != nil:
		c.asked = append(c.asked, m)
		go c.serve(m)
	case m.Method == "textDocument/publishDiagnostics":
		var p publish
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.faults = append(c.faults, fmt.Sprintf("%v in %s", err, m.Params))
		}
		c.published(p)
	default:
		c.told = append(c.told, m)
	}
}

// published notes a publish. Its version must be one that was sent since the
// document was opened, and never decrease.
func (c *client) published(p publish) {
	c.log = append(c.log, p)
	c.shown[p.URI] = p
	if len(p.Diagnostics) == 0 {
		delete(c.shown, p.URI)
	}
	d := c.docs[p.URI]
	switch {
	case p.Version == nil || d == nil || !d.sent[*p.Version] && d.before[*p.Version]:
	case !d.sent[*p.Version]:
		c.faults = append(c.faults, fmt.Sprintf("%s: version %d was never sent", p.URI, *p.Version))
	case *p.Version < d.last:
		c.faults = append(c.faults, fmt.Sprintf("%s: version %d after %d", p.URI, *p.Version, d.last))
	default:
		d.last = *p.Version
	}
}

// serve answers a request of the server.
func (c *client) serve(m message) {
	var result any
	ok := false
	if c.answer != nil {
		result, ok = c.answer(m.Method, m.Params)
	}
	if !ok && m.Method == "workspace/configuration" {
		var p struct{ Items []json.RawMessage }
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.fault("%v in %s", err, m.Params)
		}
		c.mu.Lock()
		list := []any{}
		for range p.Items {
			list = append(list, c.with(c.settings))
		}
		c.mu.Unlock()
		result = list
	}
	if result == nil {
		result = json.RawMessage("null")
	}
	c.send(message{ID: m.ID, Result: raw(result)})
}

// with returns settings in which the compiler is left alone, unless the test is
// about that.
func (c *client) with(settings object) object {
	if c.escape {
		return settings
	}
	all := object{"escape": object{"mode": "off"}}
	maps.Copy(all, settings)
	return all
}

// await waits until something holds. What it asks may look at the client's fields.
func (c *client) await(what string, holds func() bool) {
	c.Helper()
	deadline := time.After(patience)
	for {
		c.mu.Lock()
		ok, turned := holds(), c.turned
		c.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-turned:
		case <-time.After(50 * time.Millisecond): // it may depend on more than messages
		case <-deadline:
			c.mu.Lock()
			defer c.mu.Unlock()
			var shown, told []string
			for uri, p := range c.shown {
				shown = append(shown, fmt.Sprintf("%s %q", uri, briefly(p.Diagnostics)))
			}
			for _, m := range c.told {
				if m.Method != "$/progress" {
					told = append(told, string(m.Params))
				}
			}
			slices.Sort(shown)
			c.Fatalf("never: %s\nshown: %s\ntold: %s", what, strings.Join(shown, "\n\t"), strings.Join(told, "\n\t"))
		}
	}
}

// briefly names diagnostics by line and rule, in order.
func briefly(list []diagnostic) []string {
	names := []string{}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(x, y diagnostic) int { return x.Range.Start.Line - y.Range.Start.Line })
	for _, d := range list {
		names = append(names, fmt.Sprintf("%d %s", d.Range.Start.Line+1, d.Code))
	}
	return names
}

// expect waits until what is shown of a file is a list of "line rule".
func (c *client) expect(name string, want ...string) {
	c.Helper()
	c.await(fmt.Sprintf("%s shows %q", name, want), func() bool {
		return slices.Equal(briefly(c.shown[uriOf(name)].Diagnostics), want)
	})
}

// diagnostics returns what is shown of a file.
func (c *client) diagnostics(name string) []diagnostic {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.shown[uriOf(name)].Diagnostics)
}

// settle waits until the server has nothing to do.
func (c *client) settle() {
	c.Helper()
	deadline := time.Now().Add(patience)
	for calm := 0; calm < 2; {
		var status struct{ Busy bool }
		if _, err := c.request("workspace/executeCommand", object{"command": "mapdiag.status"}, &status); err != nil {
			c.Fatal(err)
		}
		if calm++; status.Busy {
			calm = 0
		}
		if time.Now().After(deadline) {
			c.Fatal("the server is still busy")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// open opens a document with the text of its file, or with one that is given.
func (c *client) open(name string, text ...string) {
	c.Helper()
	if text == nil {
		data, err := os.ReadFile(name)
		if err != nil {
			c.Fatal(err)
		}
		text = []string{string(data)}
	}
	c.mu.Lock()
	c.docs[uriOf(name)] = &document{version: 1, text: text[0], sent: map[int]bool{1: true}, before: c.closed[uriOf(name)]}
	c.mu.Unlock()
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": uriOf(name), "languageId": "go", "version": 1, "text": text[0]}})
}

// change gives an open document a new text, by one edit of what differs.
func (c *client) change(name, text string) {
	c.Helper()
	c.mu.Lock()
	d := c.docs[uriOf(name)]
	d.version++
	d.sent[d.version] = true
	was := d.text
	d.text = text
	version := d.version
	c.mu.Unlock()
	from := 0
	for from < min(len(was), len(text)) && was[from] == text[from] {
		from++
	}
	for !boundary(was, from) || !boundary(text, from) {
		from--
	}
	end, to := len(was), len(text)
	for end > from && to > from && was[end-1] == text[to-1] {
		end--
		to--
	}
	for !boundary(was, end) || !boundary(text, to) {
		end++
		to++
	}
	c.notify("textDocument/didChange", object{
		"textDocument":   object{"uri": uriOf(name), "version": version},
		"contentChanges": []object{{"range": span{c.position(was, from), c.position(was, end)}, "text": text[from:to]}},
	})
}

// boundary reports whether an editor can have its cursor at an offset.
func boundary(text string, at int) bool {
	return at == 0 || at == len(text) || utf8.RuneStart(text[at]) && text[at-1:at+1] != "\r\n"
}

// text returns the text of an open document.
func (c *client) text(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.docs[uriOf(name)].text
}

// save writes an open document to its file and tells so.
func (c *client) save(name string) {
	c.Helper()
	writeFile(c, name, c.text(name))
	c.notify("textDocument/didSave", object{"textDocument": object{"uri": uriOf(name)}})
}

func (c *client) close(name string) {
	c.mu.Lock()
	c.closed[uriOf(name)] = c.docs[uriOf(name)].sent
	delete(c.docs, uriOf(name))
	c.mu.Unlock()
	c.notify("textDocument/didClose", object{"textDocument": object{"uri": uriOf(name)}})
}

// Kinds of changed files.
const (
	created = 1 + iota
	changed
	deleted
)

// watched tells of a file that was changed on disk.
func (c *client) watched(kind int, names ...string) {
	list := []object{}
	for _, name := range names {
		list = append(list, object{"uri": uriOf(name), "type": kind})
	}
	c.notify("workspace/didChangeWatchedFiles", object{"changes": list})
}

// configure changes the settings and tells so.
func (c *client) configure(settings object) {
	c.mu.Lock()
	c.settings = settings
	c.mu.Unlock()
	c.notify("workspace/didChangeConfiguration", object{"settings": nil})
}

// actions asks for the code actions at a place, as an editor does with the cursor
// there.
func (c *client) actions(name string, at span, only ...string) []codeAction {
	c.Helper()
	ctx := object{"diagnostics": []object{}}
	if only != nil {
		ctx["only"] = only
	}
	p := object{"textDocument": object{"uri": uriOf(name)}, "range": at, "context": ctx}
	for {
		var list []codeAction
		_, err := c.request("textDocument/codeAction", p, &list)
		if e, ok := err.(*wireError); ok && e.Code == -32801 {
			continue // editors ask again, too
		}
		if err != nil {
			c.Fatal(err)
		}
		return list
	}
}

// action returns the one code action whose title begins with some words.
func (c *client) action(name string, at span, title string, only ...string) codeAction {
	c.Helper()
	list := c.actions(name, at, only...)
	var titles []string
	for _, a := range list {
		if strings.HasPrefix(a.Title, title) {
			return a
		}
		titles = append(titles, a.Title)
	}
	c.Fatalf("%s: there is no action %q, but %q", name, title, titles)
	return codeAction{}
}

// apply makes an edit in the open documents, and returns the names of those that
// it changed.
func (c *client) apply(e workspaceEdit) (names []string) {
	c.Helper()
	edits := e.Changes
	for _, d := range e.DocumentChanges {
		if edits == nil {
			edits = make(map[string][]textEdit)
		}
		edits[d.TextDocument.URI] = append(edits[d.TextDocument.URI], d.Edits...)
		c.mu.Lock()
		doc := c.docs[d.TextDocument.URI]
		c.mu.Unlock()
		if doc == nil || d.TextDocument.Version == nil || *d.TextDocument.Version != doc.version {
			c.Fatalf("an edit of %s in another version", d.TextDocument.URI)
		}
	}
	for uri, list := range edits {
		name := strings.TrimPrefix(uri, "file://")
		c.change(name, c.edited(c.text(name), list))
		names = append(names, name)
	}
	return names
}

// edited makes edits in a text; they must not overlap.
func (c *client) edited(text string, edits []textEdit) string {
	c.Helper()
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(x, y textEdit) int {
		return c.offset(text, y.Range.Start) - c.offset(text, x.Range.Start)
	})
	limit := len(text)
	for _, e := range edits {
		start, end := c.offset(text, e.Range.Start), c.offset(text, e.Range.End)
		if end < start || end > limit {
			c.Fatalf("edits overlap: %v", edits)
		}
		text = text[:start] + e.NewText + text[end:]
		limit = start
	}
	return text
}

// position and offset convert places of a text in the client's units.
func (c *client) position(text string, offset int) position {
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	return position{strings.Count(text[:offset], "\n"), c.units(text[start:offset])}
}

func (c *client) offset(text string, p position) int {
	at := 0
	for range p.Line {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			c.Fatalf("line %d is outside of the text", p.Line)
		}
		at += i + 1
	}
	for n := 0; n < p.Character; {
		if at == len(text) {
			c.Fatalf("%v is outside of the text", p)
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		n += c.units(text[at : at+size])
		at += size
	}
	return at
}

func (c *client) units(s string) int {
	switch c.encoding {
	case "utf-16":
		return len(utf16.Encode([]rune(s)))
	case "utf-32":
		return utf8.RuneCountInString(s)
	}
	return len(s)
}

// end shuts the server down and returns its exit code.
func (c *client) end() int {
	c.Helper()
	result, err := c.request("shutdown", nil, nil)
	if err != nil || !bytes.Equal(result, []byte("null")) {
		c.Fatalf("shutdown: %s, %v", result, err)
	}
	c.notify("exit", nil)
	return c.code()
}

// code waits for the end of the server.
func (c *client) code() int {
	c.Helper()
	select {
	case code := <-c.exit:
		c.exit <- code
		return code
	case <-time.After(patience):
		c.Fatal("the server does not end")
		return -1
	}
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
