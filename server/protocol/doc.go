// Package protocol holds the language server protocol as mapls speaks it: the
// types of its messages, their encoding, positions in texts, and URIs.
//
// The types are those of go.lsp.dev/protocol, which no other package imports.
// It was made from the protocol's own model. Three things about it are to be
// known:
//
//   - What may be one of several types is an interface, told apart by a type
//     switch; encoding/json writes and reads such values wrongly without an
//     error. So messages go through [Marshal] and [Unmarshal] alone.
//   - What may be left out is a pointer ([new] makes one of a value), an
//     [Optional], or the zero value. [Nullable] can be left out, null or a value.
//   - URIs are brought into one spelling when they are read, so that they can
//     be compared and be keys of maps. A scheme that is none is an error; a
//     string without a scheme is read as the path of a file.
package protocol
