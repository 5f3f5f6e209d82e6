package transport

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// What is no message is answered, and the next message is handled.
func TestBadMessages(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, tt := range []struct {
		name string
		raw  string
		id   string // of the answer; empty if there is none
		code int64
	}{
		{"cut off", framed(`{"jsonrpc":"2.0","id":1,`), "null", CodeParseError},
		{"no JSON", framed(`hello`), "null", CodeParseError},
		{"NUL bytes", framed("\x00\x00\x00"), "null", CodeParseError},
		{"empty", framed(``), "null", CodeParseError},
		{"two values", framed(`{} {}`), "null", CodeParseError},
		{"too deep", framed(`{"jsonrpc":"2.0","method":"x","params":` + deep + `}`), "null", CodeParseError},
		{"number", framed(`42`), "null", CodeInvalidRequest},
		{"null", framed(` null`), "null", CodeInvalidRequest},
		{"string", framed(`"x"`), "null", CodeInvalidRequest},
		{"empty object", framed(`{}`), "null", CodeInvalidRequest},
		{"empty batch", framed(`[]`), "null", CodeInvalidRequest},
		{"batch", framed(`[{"jsonrpc":"2.0","id":1,"method":"ping"}]`), "null", CodeInvalidRequest},
		{"method is a number", framed(`{"jsonrpc":"2.0","id":77,"method":5}`), "77", CodeInvalidRequest},
		{"method is null", framed(`{"jsonrpc":"2.0","id":77,"method":null}`), "77", CodeInvalidRequest},
		{"id is an object", framed(`{"jsonrpc":"2.0","id":{},"method":"ping"}`), "null", CodeInvalidRequest},
		{"id is a fraction", framed(`{"jsonrpc":"2.0","id":1.5,"method":"ping"}`), "null", CodeInvalidRequest},
		{"id is too large", framed(`{"jsonrpc":"2.0","id":92233720368547758080,"method":"ping"}`), "null", CodeInvalidRequest},
		{"id alone", framed(`{"jsonrpc":"2.0","id":8}`), "8", CodeInvalidRequest},
		{"method and result", framed(`{"jsonrpc":"2.0","id":"a","method":"x","result":1}`), `"a"`, CodeInvalidRequest},
		{"stray response", framed(`{"jsonrpc":"2.0","id":424242,"result":null}`), "", 0},
		{"stray error", framed(`{"jsonrpc":"2.0","id":"zz","error":{"code":1,"message":"x"}}`), "", 0},
		{"error without id", framed(`{"jsonrpc":"2.0","error":{"code":1,"message":"x"}}`), "", 0},
		{"bad UTF-8", framed("{\"jsonrpc\":\"2.0\",\"method\":\"$/x\",\"params\":{\"a\":\"\xff\xfe\"}}"), "", 0},
		{"no version", framed(`{"id":5,"method":"ping"}`), "5", 0},
		{"white space around", framed("  \r\n{\"id\":5,\"method\":\"ping\"}\n"), "5", 0},
		{"null id is a notification", framed(`{"jsonrpc":"2.0","id":null,"method":"x"}`), "", 0},
		{"other headers", "X-A: b\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n" + framed(`{"id":5,"method":"ping"}`), "5", 0},
		{"case and space", "CONTENT-length:25  \r\n\r\n" + `{ "id":5,"method":"ping"}`, "5", 0},
		{"line feeds alone", "Content-Length: 25\n\n" + `{ "id":5,"method":"ping"}`, "5", 0},
		{"empty lines before", "\r\n\n\r\n" + framed(`{"id":5,"method":"ping"}`), "5", 0},

		// Headers: the next message is found again.
		{"garbage header", "garbage without colon\r\n\r\n", "null", CodeParseError},
		{"garbage before a header", "Starting server\r\n" + framed(`{}`), "null", CodeParseError},
		{"length is no number", "Content-Length: abc\r\n\r\n{}", "null", CodeParseError},
		{"length is negative", "Content-Length: -5\r\n\r\n{}", "null", CodeParseError},
		{"length is empty", "Content-Length:\r\n\r\n{}", "null", CodeParseError},
		{"length beyond int64", "Content-Length: 9999999999999999999999\r\n\r\n{}", "null", CodeParseError},
		{"bytes before a header", "Content-Length: -5\r\n\r\n\xbe", "null", CodeParseError},
		{"length missing", "X-Other: 1\r\n\r\n" + `{"text":"Content-Length: 3\r\n\r\n"}`, "null", CodeParseError},
		{"above the limit", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", maxFrame+1, strings.Repeat(" ", maxFrame+1)), "null", CodeInvalidRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := start(t, with(handler{}))
			c.raw(tt.raw)
			if tt.id != "" {
				c.expect(tt.id, tt.code)
			}
			c.ping()
			c.raw(framed(`{"id":6,"method":"no/such"}`))
			c.expect("6", CodeMethodNotFound)
		})
	}
}

// What cannot be made sense of ends the connection with an error.
func TestHopeless(t *testing.T) {
	for _, tt := range []struct {
		name, raw, want string
	}{
		{"2 GiB", "Content-Length: 2147483647\r\n\r\n{", "2147483647 bytes"},
		{"10^18 bytes", "Content-Length: 1000000000000000000\r\n\r\n{", "the limit"},
		{"long header", "X: " + strings.Repeat("x", 1<<20), "header line"},
		{"many headers", strings.Repeat("X: "+strings.Repeat("x", 100)+"\r\n", 1000), "headers of a message"},
		{"lost", "garbage\r\n\r\n" + strings.Repeat("more garbage\r\n", 200_000), "no message begins"},
		{"lost in a line", "garbage\r\n\r\n" + strings.Repeat("x", 2<<20), "header line"},
		{"end in a header", "Content-Len", "unexpected EOF"},
		{"end after a header", "Content-Length: 10\r\n", "unexpected EOF"},
		{"end in a message", "Content-Length: 10\r\n\r\n{", "unexpected EOF"},
		{"end in a message left out", fmt.Sprintf("Content-Length: %d\r\n\r\n{", maxFrame+1), "unexpected EOF"},
		{"end after damage", "garbage\r\n\r\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := start(t, with(handler{}))
			go func() {
				_, _ = io.WriteString(c.conn, tt.raw) // breaks off when the server has seen enough
				c.conn.Close()
			}()
			err := c.end()
			if tt.want == "" && err == nil {
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Run returned %v, want something of %q", err, tt.want)
			}
		})
	}
}

func TestByteByByte(t *testing.T) {
	in := framed(`{"a":1}`) + framed(`[]`) + "bad\r\n\r\n{}" + framed(`"é"`)
	f := frameReader{r: bufio.NewReader(iotest.OneByteReader(strings.NewReader(in)))}
	for _, want := range []string{`{"a":1}`, `[]`, "", `"é"`} {
		got, err := f.read()
		if damage := (*frameError)(nil); string(got) != want || err != nil && !errors.As(err, &damage) {
			t.Fatalf("read %q, %v; want %q", got, err, want)
		}
	}
	if _, err := f.read(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

// A claim of a length takes no memory before the bytes arrive.
func TestClaimedLength(t *testing.T) {
	in := fmt.Sprintf("Content-Length: %d\r\n\r\n{", maxFrame)
	r := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f := frameReader{r: bufio.NewReader(strings.NewReader(in))}
			if _, err := f.read(); !errors.Is(err, io.ErrUnexpectedEOF) {
				b.Fatal(err)
			}
		}
	})
	if n := r.AllocedBytesPerOp(); n > 1<<20 {
		t.Errorf("reading one byte of a message took %d bytes", n)
	}
}

// Any bytes are read to their end without a panic, and a message behind them
// is found if it begins a line.
func FuzzFrames(f *testing.F) {
	for _, s := range []string{"", "garbage\r\n\r\n", framed("{}"), "Content-Length: -1\r\n\r\n", "Content-Length: 3\r\n\r\n{}", "\r\n\r\n", "Content-Length: 1\r\nContent-Length: x\r\n\r\n", "content-length: 0\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fr := frameReader{r: bufio.NewReader(bytes.NewReader(data))}
		read := 0
		for i := 0; ; i++ {
			content, err := fr.read()
			if damage := (*frameError)(nil); err != nil && !errors.As(err, &damage) {
				break
			}
			if read += len(content); read > len(data) || i > len(data) {
				t.Fatalf("%d messages with %d bytes out of %d", i, read, len(data))
			}
			if e, wrong := parse(content); wrong == nil {
				if _, err := e.forLibrary(); err != nil {
					t.Fatalf("%s: %v", content, err)
				}
			}
		}

		// Damage that leaves the reader between two lines.
		tail := append([]byte("damage\r\n\r\n"), bytes.ReplaceAll(data, []byte(":"), []byte(";"))...)
		if len(tail) > maxResync/2 {
			return
		}
		tail = append(tail, framed(`["found"]`)...)
		fr = frameReader{r: bufio.NewReader(bytes.NewReader(tail))}
		if _, err := fr.read(); err == nil {
			t.Fatal("damage was not noticed")
		}
		if content, err := fr.read(); err != nil || string(content) != `["found"]` {
			t.Fatalf("after damage: %q, %v", content, err)
		}
	})
}
