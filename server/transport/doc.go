// Package transport is the server's end of a JSON-RPC connection as language
// servers speak it: messages framed by headers, over standard input and output.
//
// It adds to github.com/sourcegraph/jsonrpc2, which no other package imports,
// what an editor needs and that library leaves open:
//
//   - Order. Messages reach the [Handler] one by one, as they came in. A
//     request takes its snapshot in this order and is then answered by a
//     goroutine of its own.
//   - Cancellation, by "$/cancelRequest" in both directions.
//   - Survival. A message that cannot be understood is answered with an error,
//     and so is a request whose handler panics. Sizes are limited.
//
// A message passes three goroutines. One reads: it hands responses to the calls
// that wait for them and puts all else into a queue. The goroutine of
// [Conn.Run] takes from that queue and calls the handler. One writes. So a
// handler that calls the client cannot keep the client's answer from being
// read, and a client that is slow to read cannot keep the server from reading.
package transport
