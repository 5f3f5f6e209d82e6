package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/sourcegraph/jsonrpc2"
)

// A Handler serves what the client sends. Its methods are called one at a time,
// in the order of the messages; the next message waits until they return. So
// they change the state or take a snapshot of it, and leave work to the
// [Answer] or to goroutines of their own.
//
// params is nil if the message has none or null.
type Handler interface {
	// Notification handles a message that is not answered. Unknown ones are to
	// be ignored.
	Notification(ctx context.Context, method string, params json.RawMessage)

	// Request prepares the answer to a request, or refuses it with an error:
	// [MethodNotFound] if it is unknown. A nil Answer stands for the result
	// null. ctx is also that of the answer.
	Request(ctx context.Context, method string, params json.RawMessage) (Answer, error)
}

// An Answer computes the result of a request, on a goroutine of its own. Its
// context ends when the client cancels the request or the connection ends. A
// nil result stands for null. An error that is no [*Error] goes out as an
// internal error; that of a request which the client has cancelled as
// [CodeRequestCancelled].
type Answer func(ctx context.Context) (json.RawMessage, error)

// Options of a connection.
type Options struct {
	// Log takes what goes wrong and nobody is told otherwise: panics of the
	// handler, messages that were refused. Nothing is logged if it is nil.
	Log *slog.Logger
	// Tap, if not nil, sees every message that is read or written. It is called
	// by two goroutines and must not change or keep the message.
	Tap func(sent bool, message []byte)
}

// A Conn is the server's end of a connection to one client.
type Conn struct {
	log    *slog.Logger
	stream *stream
	rpc    *jsonrpc2.Conn
	in     *queue[incoming]
	lastID atomic.Int64 // of the calls

	ctx  context.Context // of all that the handler does
	stop context.CancelCauseFunc
	wg   sync.WaitGroup // the answers

	mu       sync.Mutex
	requests map[jsonrpc2.ID]context.CancelCauseFunc // received and not yet answered
}

// incoming is a request or a notification on its way to the handler.
type incoming struct {
	method  string
	params  json.RawMessage
	request bool
	id      jsonrpc2.ID
	ctx     context.Context // of a request
}

var (
	errCancelled = errors.New("the client has cancelled the request")
	errEnded     = errors.New("the connection has ended")
)

// New returns a connection over rwc, which it closes at its end. It begins to
// read at once, and to handle with [Conn.Run].
func New(rwc io.ReadWriteCloser, o Options) *Conn {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Conn{
		log:      o.Log,
		in:       newQueue[incoming](maxQueued, stallAfter),
		requests: make(map[jsonrpc2.ID]context.CancelCauseFunc),
	}
	c.ctx, c.stop = context.WithCancelCause(context.Background())
	c.stream = newStream(rwc, o, func() { c.in.end(false) })
	c.rpc = jsonrpc2.NewConn(context.Background(), c.stream, reader{c}, jsonrpc2.SetLogger(printer{o.Log}))
	return c
}

// Run hands the client's messages to the handler until the client closes the
// connection, [Conn.Close] is called, or ctx ends. Then it cancels the requests
// that are not answered yet, and returns when their goroutines have ended. What
// the client sent before it closed the connection is still handled. The error is
// nil unless the connection broke.
//
// Run is to be called once.
func (c *Conn) Run(ctx context.Context, h Handler) error {
	defer context.AfterFunc(ctx, c.Close)()
	for {
		m, ok := c.in.take()
		if !ok {
			break
		}
		if m.request {
			c.request(h, m)
		} else {
			c.notification(h, m)
		}
	}
	c.Close() // after an error of the writer, jsonrpc2 still reads
	c.stop(errEnded)
	c.wg.Wait()
	c.stream.finish()
	return c.stream.failure()
}

// Close ends the connection: messages that were not handled yet are dropped,
// and [Conn.Run] returns. It does not wait for that, so that a handler may call
// it. What was sent before is still written.
func (c *Conn) Close() {
	c.stream.fail(errGoodEnd)
	c.in.end(true)
	if err := c.rpc.Close(); err != nil && !errors.Is(err, jsonrpc2.ErrClosed) {
		c.log.Debug("closing the connection", "error", err)
	}
}

// Notify sends a notification; params may be nil. It does not wait for the
// client to read it. The error is [ErrClosed] or tells of malformed params.
func (c *Conn) Notify(method string, params json.RawMessage) error {
	if params != nil && !json.Valid(params) {
		return fmt.Errorf("the parameters of %s are not JSON", method)
	}
	select {
	case <-c.rpc.DisconnectNotify():
		return ErrClosed
	default:
		return c.stream.send(notification(method, params))
	}
}

// Call sends a request to the client and waits for its result; params may be
// nil. The error is an [*Error] if the client answers with one, [ErrClosed] when
// the connection ends, or that of ctx, in which case the request is cancelled at
// the client. A handler's method that calls holds up all later messages, but not
// the answer to the call.
func (c *Conn) Call(ctx context.Context, method string, params json.RawMessage) (json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var p any // jsonrpc2 leaves out nil, but not a nil RawMessage
	if params != nil {
		p = params
	}
	id := c.lastID.Add(1)
	w, err := c.rpc.DispatchCall(ctx, method, p, jsonrpc2.PickID(jsonrpc2.ID{Num: uint64(id)}))
	if err != nil {
		return nil, fromLibrary(err)
	}
	var result json.RawMessage
	err = w.Wait(ctx, &result)
	if err == nil {
		return result, nil
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		cancel := mustMarshal(map[string]int64{"id": id})
		if err := c.Notify("$/cancelRequest", cancel); err != nil && !errors.Is(err, ErrClosed) {
			c.log.Debug("cancelling a call", "method", method, "error", err)
		}
	}
	return nil, fromLibrary(err)
}

func fromLibrary(err error) error {
	var e *jsonrpc2.Error
	switch {
	case errors.As(err, &e):
		own := &Error{Code: e.Code, Message: e.Message}
		if e.Data != nil {
			own.Data = *e.Data
		}
		return own
	case errors.Is(err, jsonrpc2.ErrClosed):
		return ErrClosed
	}
	return err
}

// reader is the handler of jsonrpc2, which calls it while it reads: it must not
// wait for anything.
type reader struct{ *Conn }

func (c reader) Handle(_ context.Context, _ *jsonrpc2.Conn, r *jsonrpc2.Request) {
	m := incoming{method: r.Method, params: c.stream.params, request: !r.Notif, id: r.ID}
	c.stream.params = nil
	switch {
	case r.Notif && r.Method == "$/cancelRequest":
		c.cancel(m.params)
		return
	case m.request:
		// Registered before it is handled: cancelling overtakes the queue.
		if m.ctx = c.register(r.ID); m.ctx == nil {
			c.stream.refuse(formatID(r.ID), Errorf(CodeInvalidRequest, "an earlier request with the id %s is not answered yet", formatID(r.ID)))
			return
		}
	}
	err := c.in.put(m, len(m.params)+len(m.method)+200)
	if errors.Is(err, errQueueStalled) {
		c.stream.fail(fmt.Errorf("the messages of the client were not handled for %v", stallAfter))
		c.stream.end()
	}
}

func (c *Conn) register(id jsonrpc2.ID) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.requests[id] != nil {
		return nil
	}
	ctx, cancel := context.WithCancelCause(c.ctx)
	c.requests[id] = cancel
	return ctx
}

// cancel handles $/cancelRequest. Ids of no request are ignored: it may have
// been answered in the meantime.
func (c *Conn) cancel(params json.RawMessage) {
	var p struct {
		ID json.RawMessage `json:"id"`
	}
	if err := json.Unmarshal(params, &p); err != nil {
		return
	}
	id, err := parseID(p.ID)
	if err != nil {
		return
	}
	c.mu.Lock()
	cancel := c.requests[id]
	c.mu.Unlock()
	if cancel != nil {
		cancel(errCancelled)
	}
}

func (c *Conn) notification(h Handler, m incoming) {
	err := c.guard(m.method, func() error {
		h.Notification(c.ctx, m.method, m.params)
		return nil
	})
	if err != nil {
		c.log.Debug("a notification was not handled", "method", m.method, "error", err)
	}
}

func (c *Conn) request(h Handler, m incoming) {
	if m.ctx.Err() != nil {
		c.answer(m, nil, context.Cause(m.ctx))
		return
	}
	var work Answer
	err := c.guard(m.method, func() (err error) {
		work, err = h.Request(m.ctx, m.method, m.params)
		return err
	})
	if err != nil || work == nil {
		c.answer(m, nil, err)
		return
	}
	c.wg.Go(func() {
		var result json.RawMessage
		err := c.guard(m.method, func() (err error) {
			result, err = work(m.ctx)
			return err
		})
		c.answer(m, result, err)
	})
}

// guard turns a panic of the handler into an error.
func (c *Conn) guard(method string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			c.log.Error("a handler panicked", "method", method, "panic", r, "stack", string(debug.Stack()))
			err = Errorf(CodeInternalError, "internal error in %s: %v", method, r)
		}
	}()
	return f()
}

// answer sends the response to a request, which is over with that.
func (c *Conn) answer(m incoming, result json.RawMessage, err error) {
	var failure *Error
	switch own := (*Error)(nil); {
	case err == nil && len(result) == 0:
		result = json.RawMessage("null")
	case err == nil && !json.Valid(result):
		c.log.Error("a result is not JSON", "method", m.method)
		failure = Errorf(CodeInternalError, "the result of %s is not JSON", m.method)
	case err == nil:
	case errors.As(err, &own):
		failure = own
	case errors.Is(context.Cause(m.ctx), errCancelled):
		failure = Errorf(CodeRequestCancelled, "%s was cancelled", m.method)
	case errors.Is(context.Cause(m.ctx), errEnded):
		failure = Errorf(CodeServerCancelled, "the server is ending")
	default:
		failure = Errorf(CodeInternalError, "%v", err)
	}
	c.mu.Lock()
	cancel := c.requests[m.id]
	delete(c.requests, m.id) // before it is sent: the client may use the id again
	c.mu.Unlock()
	cancel(nil)
	if err := c.stream.send(answerMessage(formatID(m.id), result, failure)); err != nil {
		c.log.Debug("an answer could not be sent", "method", m.method, "error", err)
	}
}

// printer writes what jsonrpc2 logs: answers to calls that nobody waits for,
// and why it stopped reading.
type printer struct{ log *slog.Logger }

func (p printer) Printf(format string, args ...any) { p.log.Debug(fmt.Sprintf(format, args...)) }
