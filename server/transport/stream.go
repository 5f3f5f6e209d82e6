package transport

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"github.com/sourcegraph/jsonrpc2"
)

const (
	maxQueued  = 128 << 20        // bytes that wait to be handled, and as many to be written
	stallAfter = 30 * time.Second // without progress on a full queue the connection ends
	flushFor   = 5 * time.Second  // for what is left to be written at the end
)

// A stream reads and writes messages; it is the jsonrpc2.ObjectStream of a
// connection. What cannot be understood it answers itself.
type stream struct {
	rwc  io.ReadWriteCloser
	in   frameReader
	log  *slog.Logger
	tap  func(sent bool, message []byte)
	hung func() // called once, when jsonrpc2 or the writer ends the connection

	// params are those of the request that ReadObject returned last. jsonrpc2
	// handles it, on the same goroutine, before it reads on.
	params json.RawMessage

	out     *queue[[]byte]
	written chan struct{} // closed when the writer has ended
	ended   sync.Once

	mu  sync.Mutex
	err error // why the connection ended
}

func newStream(rwc io.ReadWriteCloser, o Options, hung func()) *stream {
	s := &stream{
		rwc:     rwc,
		in:      frameReader{r: bufio.NewReaderSize(rwc, 64<<10)},
		log:     o.Log,
		tap:     o.Tap,
		hung:    hung,
		out:     newQueue[[]byte](maxQueued, stallAfter),
		written: make(chan struct{}),
	}
	go s.write()
	return s
}

// ReadObject stores the next request, notification or response in v.
func (s *stream) ReadObject(v any) error {
	for {
		content, err := s.in.read()
		if damage := (*frameError)(nil); errors.As(err, &damage) {
			s.refuse(nil, Errorf(damage.code, "%s", damage.what))
			continue
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				s.fail(errGoodEnd)
			} else {
				s.fail(fmt.Errorf("reading from the client: %w", err))
			}
			return err
		}
		if s.tap != nil {
			s.tap(false, content)
		}
		e, wrong := parse(content)
		if wrong != nil {
			s.refuse(e.ID, wrong)
			continue
		}
		if e.response() && (e.ID == nil || isNull(e.ID)) {
			// jsonrpc2 would take it for the answer to call 0.
			s.log.Warn("the client could not read a message", "error", string(e.Error))
			continue
		}
		small, err := e.forLibrary()
		if err == nil {
			err = json.Unmarshal(small, v)
		}
		if err != nil {
			s.refuse(e.ID, Errorf(CodeInvalidRequest, "a message is malformed: %v", err))
			continue
		}
		s.params = e.Params
		return nil
	}
}

// refuse answers a message that cannot be handled.
func (s *stream) refuse(id json.RawMessage, why *Error) {
	s.log.Warn("refused a message of the client", "error", why.Message)
	if err := s.send(answerMessage(id, nil, why)); err != nil {
		s.log.Debug("an answer could not be sent", "error", err)
	}
}

// WriteObject sends what jsonrpc2 writes: the calls.
func (s *stream) WriteObject(v any) error {
	content, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.send(content)
}

// send hands a message to the writer.
func (s *stream) send(content []byte) error {
	err := s.out.put(content, len(content))
	switch {
	case errors.Is(err, errQueueStalled):
		s.fail(fmt.Errorf("the client has read nothing for %v", stallAfter))
		s.end()
		return ErrClosed
	case err != nil:
		return ErrClosed
	}
	return nil
}

func (s *stream) write() {
	defer close(s.written)
	for {
		content, ok := s.out.take()
		if !ok {
			return
		}
		if s.tap != nil {
			s.tap(true, content)
		}
		if _, err := s.rwc.Write(frame(content)); err != nil {
			if errors.Is(err, io.ErrClosedPipe) || errors.Is(err, syscall.EPIPE) {
				s.fail(errGoodEnd) // the client is gone; the reader may hear of it later
			}
			s.fail(fmt.Errorf("writing to the client: %w", err))
			s.out.end(true)
			s.end()
			return
		}
	}
}

// Close is called by jsonrpc2 when it stops reading. What it has read is still
// to be handled and answered; finish closes the stream.
func (s *stream) Close() error {
	s.end()
	return nil
}

func (s *stream) end() { s.ended.Do(s.hung) }

// finish writes what is left and closes the stream.
func (s *stream) finish() {
	s.out.end(false)
	timer := time.NewTimer(flushFor)
	defer timer.Stop()
	select {
	case <-s.written:
	case <-timer.C:
		s.log.Warn("the client did not read the last messages", "waited", flushFor)
	}
	if err := s.rwc.Close(); err != nil {
		s.log.Debug("closing the connection", "error", err)
	}
}

// errGoodEnd is the reason that is no failure. It keeps what goes wrong after
// it from being taken for the reason.
var errGoodEnd = errors.New("the connection was closed")

// fail notes why the connection ends; the first reason stays.
func (s *stream) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

func (s *stream) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.err, errGoodEnd) {
		return nil
	}
	return s.err
}

var _ jsonrpc2.ObjectStream = (*stream)(nil)
