package server

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/mapdiag/mapdiag/server/protocol"
)

// logHandler sends records to the client as well.
type logHandler struct {
	slog.Handler
	server *Server
	attrs  []slog.Attr
}

// Handle implements [slog.Handler].
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	h.server.mu.Lock()
	running := h.server.phase == running
	h.server.mu.Unlock()
	if running {
		var b strings.Builder
		b.WriteString(r.Message)
		write := func(a slog.Attr) bool {
			fmt.Fprintf(&b, " %s=%v", a.Key, a.Value)
			return true
		}
		for _, a := range h.attrs {
			write(a)
		}
		r.Attrs(write)
		h.server.notify(protocol.MethodLogMessage, &protocol.LogMessageParams{Type: messageType(r.Level), Message: b.String()})
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{h.Handler.WithAttrs(attrs), h.server, append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)}
}

// WithGroup implements [slog.Handler].
func (h *logHandler) WithGroup(name string) slog.Handler {
	return &logHandler{h.Handler.WithGroup(name), h.server, h.attrs}
}

func messageType(l slog.Level) protocol.MessageType {
	switch {
	case l >= slog.LevelError:
		return protocol.MessageError
	case l >= slog.LevelWarn:
		return protocol.MessageWarning
	case l >= slog.LevelInfo:
		return protocol.MessageInfo
	}
	return protocol.MessageLog
}
