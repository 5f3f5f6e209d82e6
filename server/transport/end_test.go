package transport

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// However a connection ends, it takes all its goroutines with it, and cancels
// the requests under way.
func TestEndUnderLoad(t *testing.T) {
	ends := map[string]func(c *client, conn *Conn){
		"the client closes": func(c *client, _ *Conn) { c.conn.Close() },
		"Close":             func(_ *client, conn *Conn) { conn.Close() },
		"exit":              func(c *client, _ *Conn) { c.send(`"method":"exit"`) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			started, cancelled := make(chan bool, 1000), make(chan bool, 1000)
			c, conn := start(t, func(conn *Conn) Handler {
				return handler{
					notification: func(_ context.Context, method string, _ json.RawMessage) {
						if method == "exit" {
							conn.Close()
							conn.Close() // again: nothing happens
						}
					},
					request: func(_ context.Context, method string, _ json.RawMessage) (Answer, error) {
						return func(ctx context.Context) (json.RawMessage, error) {
							started <- true
							if method == "call" {
								_, err := conn.Call(ctx, "never answered", nil)
								cancelled <- err != nil
								return nil, err
							}
							defer func() { cancelled <- true }()
							return untilCancelled(ctx)
						}, nil
					},
				}
			})
			const n = 100
			for i := range n {
				c.send(`"id":%d,"method":%q`, i, []string{"wait", "call"}[i%2])
			}
			for range n {
				<-started
			}
			end(c, conn)
			if err := c.end(); err != nil {
				t.Errorf("Run returned %v", err)
			}
			if len(cancelled) != n {
				t.Errorf("%d of %d requests had ended when Run returned", len(cancelled), n)
			}
			c.conn.Close()
			for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; {
				if time.Now().After(deadline) {
					buf := make([]byte, 1<<20)
					t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
}

func TestRunContext(t *testing.T) {
	_, there := net.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	conn := New(there, Options{})
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := conn.Run(ctx, handler{}); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

// halves is a connection whose two directions end by themselves, as standard
// input and output do.
type halves struct {
	io.ReadCloser
	io.Writer
	close func() error
}

func (h halves) Close() error { return errors.Join(h.ReadCloser.Close(), h.close()) }

// What came before the end of the input is handled and answered.
func TestEndOfInput(t *testing.T) {
	var in strings.Builder
	const n = 50
	for i := range n {
		in.WriteString(framed(`{"jsonrpc":"2.0","method":"count"}`))
		in.WriteString(framed(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"shutdown"}`, i)))
	}
	in.WriteString(framed(`{"jsonrpc":"2.0","method":"exit"}`))
	out, w := io.Pipe()
	conn := New(halves{io.NopCloser(strings.NewReader(in.String())), w, w.Close}, Options{})
	ran, answers := make(chan error, 1), make(chan int, 1)
	count, exit := 0, false
	go func() {
		ran <- conn.Run(t.Context(), handler{
			notification: func(_ context.Context, method string, _ json.RawMessage) {
				count++
				if exit = method == "exit"; exit {
					conn.Close()
				}
			},
			request: func(context.Context, string, json.RawMessage) (Answer, error) { return nil, nil },
		})
	}()
	go func() {
		k, r := 0, bufio.NewReader(out)
		for {
			if _, err := readMessage(r); err != nil {
				answers <- k
				return
			}
			k++
		}
	}()
	if err := <-ran; err != nil {
		t.Error(err)
	}
	if k := <-answers; k != n || count != n+1 || !exit {
		t.Errorf("%d notifications handled and %d requests answered of %d each, exit %v", count, k, n, exit)
	}
}

// A client that can no longer be written to ends the connection, though its
// input stays open.
func TestBrokenOutput(t *testing.T) {
	in, keep := io.Pipe()
	defer keep.Close()
	out, w := io.Pipe()
	out.CloseWithError(errors.New("no space left"))
	conn := New(halves{in, w, w.Close}, Options{})
	ran := make(chan error, 1)
	go func() { ran <- conn.Run(t.Context(), handler{}) }()
	if err := conn.Notify("log", nil); err != nil {
		t.Error(err)
	}
	select {
	case err := <-ran:
		if err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("Run returned %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Run does not return")
	}
}

func TestTap(t *testing.T) {
	here, there := net.Pipe()
	type seen struct {
		sent    bool
		content string
	}
	tapped := make(chan seen, 10)
	conn := New(there, Options{Tap: func(sent bool, m []byte) { tapped <- seen{sent, string(m)} }})
	go func() {
		if err := conn.Run(context.Background(), handler{}); err != nil {
			t.Error(err)
		}
	}()
	if _, err := io.WriteString(here, framed(`{"jsonrpc":"2.0","id":1,"method":"ping"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := readMessage(bufio.NewReader(here)); err != nil {
		t.Fatal(err)
	}
	here.Close()
	if got, want := <-tapped, (seen{false, `{"jsonrpc":"2.0","id":1,"method":"ping"}`}); got != want {
		t.Errorf("tapped %v, want %v", got, want)
	}
	if got, want := <-tapped, (seen{true, `{"jsonrpc":"2.0","id":1,"result":null}`}); got != want {
		t.Errorf("tapped %v, want %v", got, want)
	}
}
