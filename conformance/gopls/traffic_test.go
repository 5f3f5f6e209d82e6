package gopls

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/mapdiag/mapdiag/server/protocol"
)

// received maps the methods that servers call, and send, to the type of the
// parameters.
var received = map[string]func() any{
	protocol.MethodPublishDiagnostics:   func() any { return new(protocol.PublishDiagnosticsParams) },
	protocol.MethodShowMessage:          func() any { return new(protocol.ShowMessageParams) },
	protocol.MethodShowMessageRequest:   func() any { return new(protocol.ShowMessageRequestParams) },
	protocol.MethodLogMessage:           func() any { return new(protocol.LogMessageParams) },
	protocol.MethodProgress:             func() any { return new(protocol.ProgressParams) },
	protocol.MethodProgressCreate:       func() any { return new(protocol.WorkDoneProgressCreateParams) },
	protocol.MethodConfiguration:        func() any { return new(protocol.ConfigurationParams) },
	protocol.MethodRegisterCapability:   func() any { return new(protocol.RegistrationParams) },
	protocol.MethodUnregisterCapability: func() any { return new(protocol.UnregistrationParams) },
	protocol.MethodApplyEdit:            func() any { return new(protocol.ApplyWorkspaceEditParams) },
	protocol.MethodShowDocument:         func() any { return new(protocol.ShowDocumentParams) },
	protocol.MethodDiagnosticRefresh:    nil, // without parameters
	protocol.MethodCodeLensRefresh:      nil,
}

// results maps the methods that the tests call to the type of the result.
var results = map[string]func() any{
	protocol.MethodInitialize:        func() any { return new(protocol.InitializeResult) },
	protocol.MethodHover:             func() any { return new(protocol.Hover) },
	protocol.MethodCodeAction:        func() any { return new([]protocol.CommandOrCodeAction) },
	protocol.MethodCodeActionResolve: func() any { return new(protocol.CodeAction) },
	protocol.MethodCodeLens:          func() any { return new([]protocol.CodeLens) },
	protocol.MethodExecuteCommand:    func() any { return new(protocol.LSPAny) },
	protocol.MethodShutdown:          nil,
	// gopls leaves the report's kind empty, so that it cannot be told which of the
	// kinds of a DocumentDiagnosticReport it is.
	protocol.MethodDocumentDiagnostic: func() any { return new(protocol.FullReport) },
}

// traffic decodes all that a server sends, encodes it again and keeps what
// differs.
type traffic struct {
	mu     sync.Mutex
	called map[string]string // id → method of the calls to the server
	seen   map[string]int    // method → messages
	faults []string
}

func newTraffic() *traffic {
	return &traffic{called: make(map[string]string), seen: make(map[string]int)}
}

// tap is for the options of a connection.
func (t *traffic) tap(sent bool, message []byte) {
	var m struct {
		ID                    json.RawMessage
		Method                string
		Params, Result, Error json.RawMessage
	}
	err := json.Unmarshal(message, &m)
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		t.faults = append(t.faults, fmt.Sprintf("%s: %v", message, err))
	case sent && m.Method != "" && m.ID != nil:
		t.called[string(m.ID)] = m.Method
	case sent:
	case m.Method != "":
		t.again(m.Method, received, m.Params)
	case m.Error == nil:
		t.again(t.called[string(m.ID)], results, m.Result)
	}
}

func (t *traffic) again(method string, types map[string]func() any, data json.RawMessage) {
	t.seen[method]++
	make, known := types[method]
	if !known {
		t.faults = append(t.faults, fmt.Sprintf("%s: no type is known for %s", method, data))
		return
	}
	if make == nil || len(data) == 0 || string(data) == "null" {
		return
	}
	v := make()
	if err := protocol.Unmarshal(data, v); err != nil {
		t.faults = append(t.faults, fmt.Sprintf("%s: decoding: %v\n%s", method, err, data))
		return
	}
	back, err := protocol.Marshal(v)
	if err != nil {
		t.faults = append(t.faults, fmt.Sprintf("%s: encoding: %v\n%s", method, err, data))
	} else if !equalJSON(data, back) {
		t.faults = append(t.faults, fmt.Sprintf("%s: comes in as\n%s\nand goes out as\n%s", method, data, back))
	}
}

// equalJSON reports whether two texts are the same JSON but for the order of keys
// and for spaces.
func equalJSON(a, b []byte) bool {
	var x, y any
	for data, v := range map[*[]byte]*any{&a: &x, &b: &y} {
		d := json.NewDecoder(bytes.NewReader(*data))
		d.UseNumber()
		if d.Decode(v) != nil {
			return false
		}
	}
	return reflect.DeepEqual(x, y)
}

// methods lists what was decoded, with numbers.
func (t *traffic) methods() (list []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range slices.Sorted(maps.Keys(t.seen)) {
		list = append(list, fmt.Sprintf("%s %d", m, t.seen[m]))
	}
	return list
}
