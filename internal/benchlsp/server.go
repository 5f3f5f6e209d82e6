package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/transport"
)

// server is a running language server with one open file.
type server struct {
	name    string
	cmd     *exec.Cmd
	conn    *transport.Conn
	ended   chan struct{}
	uri     protocol.URI
	version int32

	mu      sync.Mutex
	last    protocol.PublishDiagnosticsParams // of the file
	changed chan struct{}                     // closed when last changes
}

type pipes struct {
	io.Reader
	io.WriteCloser
}

// start runs a server on a module and initializes it.
func start(ctx context.Context, program, dir, file string) (*server, error) {
	s := &server{name: filepath.Base(program), cmd: exec.Command(program), ended: make(chan struct{}), version: 1, changed: make(chan struct{})}
	s.cmd.Dir = dir
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	root, err := protocol.FileURI(dir)
	if err != nil {
		return nil, err
	}
	if s.uri, err = protocol.FileURI(file); err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.conn = transport.New(pipes{out, in}, transport.Options{})
	go func() {
		_ = s.conn.Run(context.Background(), s) // whoever waits for an answer is told
		_ = s.cmd.Wait()
		close(s.ended)
	}()
	p := &protocol.InitializeParams{RootURI: &root, ProcessID: new(int32(os.Getpid()))}
	can := `{"textDocument":{"publishDiagnostics":{"versionSupport":true}},"workspace":{"configuration":true,"workspaceFolders":true}}`
	if err := protocol.Unmarshal(json.RawMessage(can), &p.Capabilities); err != nil {
		return nil, err
	}
	data, err := protocol.Marshal(p)
	if err != nil {
		return nil, err
	}
	if _, err := s.conn.Call(ctx, protocol.MethodInitialize, data); err != nil {
		return nil, fmt.Errorf("%s: initialize: %w", s.name, err)
	}
	return s, s.notify(protocol.MethodInitialized, &protocol.InitializedParams{})
}

// Notification implements [transport.Handler].
func (s *server) Notification(_ context.Context, method string, params json.RawMessage) {
	var p protocol.PublishDiagnosticsParams
	if method != protocol.MethodPublishDiagnostics || protocol.Unmarshal(params, &p) != nil || p.URI != s.uri {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = p
	close(s.changed)
	s.changed = make(chan struct{})
}

// Request implements [transport.Handler]: all settings have their defaults.
func (s *server) Request(_ context.Context, method string, params json.RawMessage) (transport.Answer, error) {
	return func(context.Context) (json.RawMessage, error) {
		if method != protocol.MethodConfiguration {
			return nil, nil
		}
		var p struct{ Items []any }
		if err := json.Unmarshal(params, &p); err != nil {
			return nil, err
		}
		return json.Marshal(make([]any, len(p.Items)))
	}, nil
}

func (s *server) notify(method string, params any) error {
	data, err := protocol.Marshal(params)
	if err == nil {
		err = s.conn.Notify(method, data)
	}
	if err != nil {
		return fmt.Errorf("%s: %s: %w", s.name, method, err)
	}
	return nil
}

// await waits for diagnostics of the present version that fulfil a condition.
func (s *server) await(ctx context.Context, wanted func([]protocol.Diagnostic) bool) error {
	for {
		s.mu.Lock()
		last, changed := s.last, s.changed
		s.mu.Unlock()
		if v, ok := last.Version.Get(); ok && v == s.version && wanted(last.Diagnostics) {
			return nil
		}
		select {
		case <-changed:
		case <-s.ended:
			return fmt.Errorf("%s has ended", s.name)
		case <-ctx.Done():
			return fmt.Errorf("%s does not publish the diagnostics waited for: %w", s.name, ctx.Err())
		}
	}
}

// stop shuts the server down.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := s.conn.Call(ctx, protocol.MethodShutdown, nil); err != nil {
		return fmt.Errorf("%s: shutdown: %w", s.name, err)
	}
	if err := s.conn.Notify(protocol.MethodExit, nil); err != nil {
		return fmt.Errorf("%s: exit: %w", s.name, err)
	}
	select {
	case <-s.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s does not end", s.name)
	}
}

// rest waits until the server has nothing to do of its own, and returns the CPU time
// that it has taken.
func (s *server) rest(patience time.Duration) (time.Duration, error) {
	for late := time.Now().Add(patience); ; {
		before, _, err := usage(s.cmd.Process.Pid)
		if err != nil {
			return 0, err
		}
		time.Sleep(time.Second)
		after, _, err := usage(s.cmd.Process.Pid)
		if err != nil || after-before < 50*time.Millisecond || time.Now().After(late) {
			return after, err
		}
	}
}

// usage returns the CPU time of a process and of those that it has waited for, and
// the most bytes of memory that it has had itself.
func usage(pid int) (cpu time.Duration, peak int64, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("measuring a process: %w", err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // from the third on
	for _, f := range fields[11:15] {                                         // utime, stime, cutime, cstime
		ticks, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("/proc/%d/stat: %w", pid, err)
		}
		cpu += time.Duration(ticks) * 10 * time.Millisecond // the kernel tells hundredths of seconds
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("measuring a process: %w", err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscanf(rest, "%d kB", &peak); err != nil {
		return 0, 0, fmt.Errorf("/proc/%d/status: reading VmHWM: %w", pid, err)
	}
	return cpu, peak << 10, nil
}
