package promise

import (
	"context"
	"net/http"
)

// Agent may be used by several goroutines.
type Agent struct {
	base http.Header
}

func (a *Agent) Send(ctx context.Context, id string) { a.dress(ctx, id) }

func (a *Agent) dress(ctx context.Context, id string) http.Header {
	h := a.base
	h.Set("id", id) // want "write to a.base through h with no lock held, though the documentation of Agent says"
	return h
}

// Scout must not be used by several goroutines.
type Scout struct{ base http.Header }

func (s *Scout) Send(ctx context.Context, id string) { s.base.Set("id", id) }
