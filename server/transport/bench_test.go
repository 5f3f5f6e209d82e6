package transport

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// BenchmarkRead takes in a file of 1 MiB as an editor opens it.
func BenchmarkRead(b *testing.B) {
	content, err := json.Marshal(strings.Repeat("\tm := make(map[string]int)\n", 40_000))
	if err != nil {
		b.Fatal(err)
	}
	m := framed(fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"text":%s}}`, content))
	b.SetBytes(int64(len(m)))
	in, w := io.Pipe()
	out := bufio.NewWriter(w)
	handled := make(chan int)
	conn := New(halves{in, io.Discard, func() error { return nil }}, Options{})
	go func() {
		_ = conn.Run(b.Context(), handler{notification: func(_ context.Context, _ string, p json.RawMessage) { handled <- len(p) }})
	}()
	for b.Loop() {
		go func() {
			_, _ = out.WriteString(m)
			_ = out.Flush()
		}()
		<-handled
	}
	conn.Close()
}
