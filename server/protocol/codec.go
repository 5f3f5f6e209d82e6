package protocol

import (
	"encoding/json"

	lsp "go.lsp.dev/protocol"
)

// Marshal encodes a message or a part of one.
func Marshal(v any) (json.RawMessage, error) {
	b, err := lsp.Marshal(v)
	return b, err
}

// Unmarshal decodes a message or a part of one into the value that v points
// to. Parts of the value may share memory with a copy of all the data; see
// [Clone].
func Unmarshal(data json.RawMessage, v any) error { return lsp.Unmarshal(data, v) }

// Clone returns a copy of a decoded value that does not keep the rest of its
// message in memory.
func Clone[T any](v T) (T, error) { return lsp.Clone(v) }

// Any encodes a value where the protocol allows any: the data of a diagnostic,
// the arguments of a command, the options of a registration, the value of a
// progress notification.
func Any(v any) (LSPAny, error) {
	b, err := lsp.Marshal(v)
	return LSPAny(b), err
}
