package transport

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Codes of errors, from JSON-RPC and from the language server protocol.
const (
	CodeParseError           = -32700
	CodeInvalidRequest       = -32600
	CodeMethodNotFound       = -32601
	CodeInvalidParams        = -32602
	CodeInternalError        = -32603
	CodeServerNotInitialized = -32002
	CodeRequestFailed        = -32803
	CodeServerCancelled      = -32802
	CodeContentModified      = -32801
	CodeRequestCancelled     = -32800
)

// ErrClosed is what calls and notifications return once the connection has
// ended.
var ErrClosed = errors.New("the connection to the client is closed")

// An Error is an error as it crosses the connection. A handler returns one to
// choose the code; any other error goes out as an internal error.
type Error struct {
	Code    int64           `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

func (e *Error) Error() string { return fmt.Sprintf("%s (code %d)", e.Message, e.Code) }

// Errorf returns an error of the given code.
func Errorf(code int64, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// MethodNotFound is what a handler answers to requests that it does not know.
func MethodNotFound(method string) *Error {
	return Errorf(CodeMethodNotFound, "no method %q", method)
}
