package transport

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/textproto"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// handler is a Handler of two functions, either of which may be nil.
type handler struct {
	notification func(ctx context.Context, method string, params json.RawMessage)
	request      func(ctx context.Context, method string, params json.RawMessage) (Answer, error)
}

func (h handler) Notification(ctx context.Context, method string, params json.RawMessage) {
	if h.notification != nil {
		h.notification(ctx, method, params)
	}
}

func (h handler) Request(ctx context.Context, method string, params json.RawMessage) (Answer, error) {
	switch {
	case method == "ping":
		return func(context.Context) (json.RawMessage, error) { return params, nil }, nil
	case h.request == nil:
		return nil, MethodNotFound(method)
	}
	return h.request(ctx, method, params)
}

// client is the other end, which knows nothing of this package's code.
type client struct {
	t    *testing.T
	conn net.Conn
	got  chan message
	ran  chan error // what Run returned
	log  *logBuffer
}

type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int64
		Message string
		Data    json.RawMessage
	} `json:"error"`
}

func (m message) code() int64 {
	if m.Error == nil {
		return 0
	}
	return m.Error.Code
}

type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs a server over a pipe that holds nothing: a write waits for its
// read.
func start(t *testing.T, makeHandler func(*Conn) Handler) (*client, *Conn) {
	t.Helper()
	here, there := net.Pipe()
	c := &client{t: t, conn: here, got: make(chan message, 10_000), ran: make(chan error, 1), log: new(logBuffer)}
	conn := New(there, Options{Log: slog.New(slog.NewTextHandler(c.log, nil))})
	go func() { c.ran <- conn.Run(context.Background(), makeHandler(conn)) }()
	go c.read()
	t.Cleanup(func() { here.Close() })
	return c, conn
}

func with(h handler) func(*Conn) Handler { return func(*Conn) Handler { return h } }

func (c *client) read() {
	defer close(c.got)
	r := bufio.NewReader(c.conn)
	for {
		m, err := readMessage(r)
		if err != nil {
			return
		}
		c.got <- m
	}
}

func readMessage(r *bufio.Reader) (message, error) {
	h, err := textproto.NewReader(r).ReadMIMEHeader()
	if err != nil {
		return message{}, err
	}
	n, err := strconv.Atoi(h.Get("Content-Length"))
	if err != nil {
		return message{}, err
	}
	content := make([]byte, n)
	if _, err := io.ReadFull(r, content); err != nil {
		return message{}, err
	}
	var m message
	return m, json.Unmarshal(content, &m)
}

func (c *client) raw(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, s); err != nil {
		c.t.Fatal(err)
	}
}

func framed(s string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(s), s) }

func (c *client) send(format string, args ...any) {
	c.t.Helper()
	c.raw(framed(`{"jsonrpc":"2.0",` + fmt.Sprintf(format, args...) + `}`))
}

func (c *client) next() message {
	c.t.Helper()
	select {
	case m, ok := <-c.got:
		if !ok {
			c.t.Fatalf("the connection ended; log:\n%s", c.log)
		}
		return m
	case <-time.After(20 * time.Second):
		buf := make([]byte, 1<<20)
		c.t.Fatalf("no message; log:\n%s\n%s", c.log, buf[:runtime.Stack(buf, true)])
		panic("unreachable")
	}
}

// expect reads a response.
func (c *client) expect(id string, code int64) message {
	c.t.Helper()
	m := c.next()
	if string(m.ID) != id || m.code() != code || m.Method != "" {
		c.t.Fatalf("got id %s, code %d, method %q (%+v), want the answer %s with code %d", m.ID, m.code(), m.Method, m.Error, id, code)
	}
	return m
}

func (c *client) ping() {
	c.t.Helper()
	c.send(`"id":"ping","method":"ping","params":[1]`)
	if m := c.expect(`"ping"`, 0); string(m.Result) != "[1]" {
		c.t.Fatalf("ping returned %s", m.Result)
	}
}

func (c *client) end() error {
	c.t.Helper()
	select {
	case err := <-c.ran:
		return err
	case <-time.After(20 * time.Second):
		buf := make([]byte, 1<<20)
		c.t.Fatalf("Run does not return\n%s", buf[:runtime.Stack(buf, true)])
		return nil
	}
}

func text(s string) Answer {
	return func(context.Context) (json.RawMessage, error) { return json.Marshal(s) }
}

func untilCancelled(ctx context.Context) (json.RawMessage, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestOrder(t *testing.T) {
	version := 0
	c, _ := start(t, with(handler{
		notification: func(_ context.Context, _ string, params json.RawMessage) { version++ },
		request: func(context.Context, string, json.RawMessage) (Answer, error) {
			seen := version
			delay := time.Duration(rand.IntN(1000)) * time.Microsecond
			return func(context.Context) (json.RawMessage, error) {
				time.Sleep(delay)
				return json.Marshal(seen)
			}, nil
		},
	}))
	const n = 500
	go func() {
		for i := range n {
			c.send(`"method":"change"`)
			c.send(`"id":%d,"method":"read"`, i)
		}
	}()
	overtaken := false
	for i := range n {
		m := c.next()
		overtaken = overtaken || string(m.ID) != strconv.Itoa(i)
		id, err := strconv.Atoi(string(m.ID))
		if err != nil || string(m.Result) != strconv.Itoa(id+1) {
			t.Fatalf("request %s saw version %s", m.ID, m.Result)
		}
	}
	if !overtaken {
		t.Error("all answers came in order of the requests: they are not computed side by side")
	}
}

func TestAnswers(t *testing.T) {
	data := json.RawMessage(`{"retriggerRequest":true}`)
	c, _ := start(t, with(handler{request: func(_ context.Context, method string, _ json.RawMessage) (Answer, error) {
		fail := func(err error) (Answer, error) {
			return func(context.Context) (json.RawMessage, error) { return nil, err }, nil
		}
		switch method {
		case "null":
			return nil, nil
		case "empty":
			return fail(nil)
		case "refused":
			return nil, Errorf(CodeInvalidParams, "no %s", "good")
		case "plain":
			return fail(errors.New("disk on fire"))
		case "wrapped":
			return fail(fmt.Errorf("analysing: %w", &Error{Code: CodeServerCancelled, Message: "later", Data: data}))
		case "superseded": // a context other than the request's
			return fail(context.Canceled)
		case "broken":
			return func(context.Context) (json.RawMessage, error) { return json.RawMessage(`{"a":`), nil }, nil
		case "panic":
			panic("first part")
		case "panic late":
			return func(context.Context) (json.RawMessage, error) { panic("second part") }, nil
		}
		return nil, MethodNotFound(method)
	}}))
	for _, tt := range []struct {
		method string
		code   int64
		want   string
	}{
		{"null", 0, "null"},
		{"empty", 0, "null"},
		{"refused", CodeInvalidParams, "no good"},
		{"plain", CodeInternalError, "disk on fire"},
		{"wrapped", CodeServerCancelled, "later"},
		{"superseded", CodeInternalError, "context canceled"},
		{"broken", CodeInternalError, "not JSON"},
		{"panic", CodeInternalError, "first part"},
		{"panic late", CodeInternalError, "second part"},
		{"no/such", CodeMethodNotFound, "no/such"},
		{"$/noSuch", CodeMethodNotFound, "$/noSuch"},
	} {
		c.send(`"id":7,"method":%q`, tt.method)
		m := c.expect("7", tt.code)
		got := string(m.Result)
		if m.Error != nil {
			got = m.Error.Message
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s was answered with %q, want %q", tt.method, got, tt.want)
		}
		if tt.method == "wrapped" && string(m.Error.Data) != string(data) {
			t.Errorf("the data of an error are %s", m.Error.Data)
		}
	}
	log := c.log.String()
	for _, want := range []string{"first part", "second part", "conn_test.go"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not hold %q:\n%s", want, log)
		}
	}
}

func TestNotificationPanics(t *testing.T) {
	c, _ := start(t, with(handler{notification: func(context.Context, string, json.RawMessage) { panic("oh") }}))
	c.send(`"method":"change"`)
	c.ping()
	if log := c.log.String(); !strings.Contains(log, "conn_test.go") {
		t.Errorf("the log holds no stack:\n%s", log)
	}
}

func TestIDs(t *testing.T) {
	c, _ := start(t, with(handler{request: func(ctx context.Context, _ string, _ json.RawMessage) (Answer, error) {
		return untilCancelled, nil
	}}))
	for _, id := range []string{`0`, `1`, `-7`, `9007199254740993`, `-9223372036854775808`, `""`, `"abc"`, `"é😀"`, `"0"`, `"a\nb"`} {
		c.send(`"id":%s,"method":"wait"`, id)
		c.send(`"id":%s,"method":"wait"`, id)
		c.expect(id, CodeInvalidRequest) // the second one
		c.send(`"method":"$/cancelRequest","params":{"id":%s}`, id)
		c.expect(id, CodeRequestCancelled)
		c.send(`"id":%s,"method":"ping"`, id)
		c.expect(id, 0)
	}
}

func TestCancel(t *testing.T) {
	block := make(chan struct{})
	handled := make(chan string, 10)
	c, _ := start(t, with(handler{
		notification: func(context.Context, string, json.RawMessage) { <-block },
		request: func(ctx context.Context, method string, _ json.RawMessage) (Answer, error) {
			handled <- method
			if method == "result" {
				return func(ctx context.Context) (json.RawMessage, error) {
					<-ctx.Done()
					return json.RawMessage("1"), nil
				}, nil
			}
			return untilCancelled, nil
		},
	}))
	// Ids of no request, and malformed ones.
	for _, params := range []string{`{"id":99}`, `{"id":"99"}`, `{"id":{}}`, `{"id":null}`, `{}`, `[]`, `3`, `null`} {
		c.send(`"method":"$/cancelRequest","params":%s`, params)
	}
	c.send(`"method":"$/cancelRequest"`)
	c.ping()

	// A number and the same digits as a string are different ids.
	c.send(`"id":1,"method":"number"`)
	<-handled // or cancelling would overtake it
	c.send(`"id":"1","method":"string"`)
	<-handled
	c.send(`"method":"$/cancelRequest","params":{"id":"1"}`)
	c.expect(`"1"`, CodeRequestCancelled)
	c.send(`"method":"$/cancelRequest","params":{"id":1}`)
	c.expect(`1`, CodeRequestCancelled)
	c.send(`"id":2,"method":"result"`)
	<-handled
	c.send(`"method":"$/cancelRequest","params":{"id":2}`)
	if m := c.expect(`2`, 0); string(m.Result) != "1" {
		t.Errorf("the result of a cancelled request is %s", m.Result)
	}

	// While the handler is busy, cancelling overtakes it.
	c.send(`"method":"block"`)
	c.send(`"id":3,"method":"queued"`)
	c.send(`"method":"$/cancelRequest","params":{"id":3}`)
	c.send(`"id":3,"method":"ping"`) // refused on reading: all before it was read
	c.expect(`3`, CodeInvalidRequest)
	close(block)
	c.expect(`3`, CodeRequestCancelled)
	c.ping()
	select {
	case m := <-handled:
		t.Errorf("%s was handled though it was cancelled before", m)
	default:
	}
}

func TestCallFromHandler(t *testing.T) {
	got := make(chan string, 1)
	c, _ := start(t, func(conn *Conn) Handler {
		return handler{
			notification: func(ctx context.Context, _ string, _ json.RawMessage) {
				r, err := conn.Call(ctx, "ask", json.RawMessage(`{"a":1}`))
				got <- fmt.Sprint(string(r), err)
			},
			request: func(ctx context.Context, _ string, _ json.RawMessage) (Answer, error) {
				_, err := conn.Call(ctx, "ask", nil)
				return nil, err
			},
		}
	})
	c.send(`"method":"initialized"`)
	m := c.next()
	if m.Method != "ask" || string(m.Params) != `{"a":1}` {
		t.Fatalf("the server asked %s(%s)", m.Method, m.Params)
	}
	c.send(`"id":%s,"result":{"b":[2]}`, m.ID)
	if r := <-got; r != `{"b":[2]}<nil>` {
		t.Errorf("the call returned %s", r)
	}
	c.send(`"id":5,"method":"do"`)
	if m = c.next(); m.Method != "ask" || m.Params != nil {
		t.Fatalf("the server asked %s(%s)", m.Method, m.Params)
	}
	c.send(`"id":%s,"error":{"code":-32803,"message":"will not"}`, m.ID)
	if m = c.expect("5", CodeRequestFailed); m.Error.Message != "will not" {
		t.Errorf("the error of the client became %q", m.Error.Message)
	}
}

func TestCall(t *testing.T) {
	c, conn := start(t, with(handler{}))
	type outcome struct {
		result json.RawMessage
		err    error
	}
	call := func(ctx context.Context) <-chan outcome {
		ch := make(chan outcome, 1)
		go func() {
			r, err := conn.Call(ctx, "ask", nil)
			ch <- outcome{r, err}
		}()
		return ch
	}
	var e *Error

	done := call(t.Context())
	c.send(`"id":%s,"error":{"code":-32800,"message":"no","data":{"x":1}}`, c.next().ID)
	if o := <-done; !errors.As(o.err, &e) || e.Code != CodeRequestCancelled || e.Message != "no" || string(e.Data) != `{"x":1}` {
		t.Errorf("an error of the client came out as %v", o.err)
	}
	done = call(t.Context())
	c.send(`"id":%s,"error":"nonsense"`, c.next().ID)
	if o := <-done; !errors.As(o.err, &e) || !strings.Contains(e.Message, "nonsense") {
		t.Errorf("a malformed error came out as %v", o.err)
	}
	done = call(t.Context())
	id := c.next().ID
	c.send(`"id":null,"error":{"code":-32700,"message":"what?"}`) // for no call
	c.send(`"id":999,"result":1`)
	c.send(`"id":"x","result":1`)
	c.send(`"id":%s,"result":null`, id)
	if o := <-done; o.err != nil || string(o.result) != "null" {
		t.Errorf("null came out as %s, %v", o.result, o.err)
	}

	// Cancelled by us: the client is told, and its late answer ignored.
	ctx, cancel := context.WithCancel(t.Context())
	done = call(ctx)
	id = c.next().ID
	cancel()
	if m := c.next(); m.Method != "$/cancelRequest" || string(m.Params) != fmt.Sprintf(`{"id":%s}`, id) {
		t.Errorf("the client got %s(%s), want $/cancelRequest for %s", m.Method, m.Params, id)
	}
	if o := <-done; !errors.Is(o.err, context.Canceled) {
		t.Errorf("a cancelled call returned %v", o.err)
	}
	c.send(`"id":%s,"result":1`, id)
	if o := <-call(ctx); !errors.Is(o.err, context.Canceled) {
		t.Errorf("a call with an ended context returned %v", o.err)
	}
	c.ping() // nothing was sent for the last one

	if err := conn.Notify("log", json.RawMessage(`{"a":`)); err == nil {
		t.Error("malformed parameters were sent")
	}
	if _, err := conn.Call(t.Context(), "ask", json.RawMessage(`{"a":`)); err == nil {
		t.Error("malformed parameters were sent")
	}

	// At the end of the connection.
	done = call(t.Context())
	c.next()
	c.conn.Close()
	if o := <-done; !errors.Is(o.err, ErrClosed) {
		t.Errorf("a call returned %v when the connection ended", o.err)
	}
	if err := c.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
	if o := <-call(t.Context()); !errors.Is(o.err, ErrClosed) {
		t.Errorf("a call after the end returned %v", o.err)
	}
	if err := conn.Notify("log", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("a notification after the end returned %v", err)
	}
}

// Calls and notifications from many goroutines, whose frames must not mix.
func TestManyCalls(t *testing.T) {
	c, conn := start(t, with(handler{}))
	const callers, calls = 20, 50
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			for j := range calls {
				want, err := json.Marshal(strings.Repeat("x", 1+(i*j)%3000))
				if err != nil {
					t.Error(err)
				}
				if err := conn.Notify("log", want); err != nil {
					t.Error(err)
				}
				if got, err := conn.Call(t.Context(), "echo", want); err != nil || string(got) != string(want) {
					t.Errorf("call returned %d bytes, %v; want %d", len(got), err, len(want))
				}
			}
		})
	}
	for range 2 * callers * calls {
		if m := c.next(); m.Method == "echo" {
			c.send(`"id":%s,"result":%s`, m.ID, m.Params)
		}
	}
	wg.Wait()
}

// A client that writes all its messages before it reads any must not find the
// server waiting for it to read.
func TestSlowReader(t *testing.T) {
	here, there := net.Pipe()
	conn := New(there, Options{})
	ran := make(chan error, 1)
	go func() {
		ran <- conn.Run(t.Context(), handler{notification: func(_ context.Context, _ string, params json.RawMessage) {
			if err := conn.Notify("echo", params); err != nil {
				t.Error(err)
			}
		}})
	}()
	const n = 2000
	for i := range n {
		m := framed(fmt.Sprintf(`{"jsonrpc":"2.0","method":"say","params":[%d,%q]}`, i, strings.Repeat("y", 1000)))
		if err := here.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(here, m); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	r := bufio.NewReader(here)
	for i := range n {
		m, err := readMessage(r)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(m.Params), fmt.Sprintf("[%d,", i)) {
			t.Fatalf("message %d is %.20s", i, m.Params)
		}
	}
	here.Close()
	if err := <-ran; err != nil {
		t.Error(err)
	}
}

// A client that never reads ends the connection, after a while and with a
// bounded amount of memory. Time is that of the test's bubble.
func TestStalledClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		conn := New(there, Options{})
		ran := make(chan error, 1)
		go func() { ran <- conn.Run(t.Context(), handler{}) }()
		big, err := json.Marshal(strings.Repeat("z", 16<<20))
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		for conn.Notify("log", big) == nil {
			if sent++; sent > 20 {
				t.Fatalf("%d messages of 16 MiB were taken", sent)
			}
		}
		if err := <-ran; err == nil || !strings.Contains(err.Error(), "has read nothing") {
			t.Errorf("Run returned %v", err)
		}
		here.Close()
	})
}
