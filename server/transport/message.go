package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/sourcegraph/jsonrpc2"
)

// envelope is what all messages have in common.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method json.RawMessage `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

func (e *envelope) response() bool { return e.Method == nil && (e.Result != nil || e.Error != nil) }

// parse splits a message. Its error goes back to the client, with the id that
// stands in the envelope as far as one was found.
func parse(content []byte) (envelope, *Error) {
	var e envelope
	err := json.Unmarshal(content, &e)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return envelope{}, Errorf(CodeParseError, "a message is not JSON: %v, after %d bytes", err, syntax.Offset)
	}
	switch bytes.TrimLeft(content, " \t\r\n")[0] {
	case '{':
	case '[':
		return envelope{}, Errorf(CodeInvalidRequest, "batches are not part of the language server protocol")
	default:
		return envelope{}, Errorf(CodeInvalidRequest, "a message is not an object")
	}
	if err != nil {
		return envelope{}, Errorf(CodeInvalidRequest, "a message is malformed: %v", err)
	}
	if e.ID != nil {
		if _, err := parseID(e.ID); err != nil && !isNull(e.ID) {
			e.ID = nil
			return e, Errorf(CodeInvalidRequest, "%v", err)
		}
	}
	switch {
	case e.Method == nil && e.Result == nil && e.Error == nil:
		return e, Errorf(CodeInvalidRequest, "a message is neither a request nor a response")
	case e.Method != nil && (e.Result != nil || e.Error != nil):
		return e, Errorf(CodeInvalidRequest, "a message is a request and a response at once")
	case e.Method != nil && e.Method[0] != '"':
		return e, Errorf(CodeInvalidRequest, "the method of a message is not a string")
	}
	if isNull(e.Params) {
		e.Params = nil
	}
	return e, nil
}

// forLibrary returns the message as jsonrpc2 is to see it. Requests go without
// their parameters, which it would decode and encode again.
func (e *envelope) forLibrary() ([]byte, error) {
	m := map[string]json.RawMessage{"jsonrpc": json.RawMessage(`"2.0"`)}
	if e.ID != nil {
		m["id"] = e.ID
	}
	switch {
	case e.Method != nil:
		m["method"] = e.Method
	case e.Error != nil && !isNull(e.Error):
		m["error"] = e.Error
		if json.Unmarshal(e.Error, new(jsonrpc2.Error)) != nil {
			// The call that waits for it has to hear of it.
			m["error"] = mustMarshal(Errorf(CodeInternalError, "the client answered with a malformed error: %.200s", e.Error))
		}
	default:
		m["result"] = e.Result
	}
	return json.Marshal(m)
}

// parseID reads the id of a message. jsonrpc2 keeps numbers as uint64;
// negative ones pass through it as their two's complement.
func parseID(raw json.RawMessage) (jsonrpc2.ID, error) {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return jsonrpc2.ID{}, err
		}
		return jsonrpc2.ID{Str: s, IsString: true}, nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return jsonrpc2.ID{}, fmt.Errorf("the id of a message is %.40s, neither a string nor an integer", raw)
	}
	return jsonrpc2.ID{Num: uint64(n)}, nil
}

func formatID(id jsonrpc2.ID) json.RawMessage {
	if id.IsString {
		return mustMarshal(id.Str)
	}
	return strconv.AppendInt(nil, int64(id.Num), 10)
}

// answerMessage returns the response to a request.
func answerMessage(id, result json.RawMessage, failure *Error) []byte {
	if id == nil {
		id = json.RawMessage("null")
	}
	var b bytes.Buffer
	b.WriteString(`{"jsonrpc":"2.0","id":`)
	b.Write(id)
	if failure != nil {
		if len(failure.Data) > 0 && !json.Valid(failure.Data) {
			failure = &Error{Code: failure.Code, Message: failure.Message}
		}
		b.WriteString(`,"error":`)
		b.Write(mustMarshal(failure))
	} else {
		b.WriteString(`,"result":`)
		b.Write(result)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// notification returns a message that expects no answer.
func notification(method string, params json.RawMessage) []byte {
	var b bytes.Buffer
	b.WriteString(`{"jsonrpc":"2.0","method":`)
	b.Write(mustMarshal(method))
	if params != nil {
		b.WriteString(`,"params":`)
		b.Write(params)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// mustMarshal encodes values that encoding/json can always encode.
func mustMarshal(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
