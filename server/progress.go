package server

import (
	"fmt"
	"sync"
	"time"

	"github.com/mapdiag/mapdiag/server/protocol"
)

// progress is background work that the client shows.
type progress struct {
	server *Server
	token  protocol.String

	mu    sync.Mutex
	begun bool // the client shows it
	ended bool
	sent  time.Time
}

// progressPeriod is how often a client is told how far the work has come.
const progressPeriod = 100 * time.Millisecond

// Progress implements [session.Client]. It does not wait for the client.
func (s *Server) Progress(title string, stop func()) (report func(text string, percent int, done bool)) {
	s.mu.Lock()
	can := s.client.progress
	s.tokens++
	p := &progress{server: s, token: protocol.String(fmt.Sprintf("mapdiag-%d", s.tokens))}
	if can && stop != nil {
		s.stops[string(p.token)] = stop
	}
	s.mu.Unlock()
	if !can {
		return func(string, int, bool) {}
	}
	s.work.Go(func() {
		ctx, cancel := s.context()
		defer cancel()
		if err := s.call(ctx, protocol.MethodProgressCreate, &protocol.WorkDoneProgressCreateParams{Token: p.token}, nil); err != nil {
			return // the client may refuse
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.ended {
			p.begun = true
			p.send(&protocol.WorkDoneProgressBegin{Kind: "begin", Title: title, Cancellable: new(stop != nil), Percentage: new(uint32(0))})
		}
	})
	return p.report
}

func (p *progress) report(text string, percent int, done bool) {
	if done {
		p.server.mu.Lock()
		delete(p.server.stops, string(p.token))
		p.server.mu.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = p.ended || done
	switch {
	case !p.begun:
	case done:
		p.send(&protocol.WorkDoneProgressEnd{Kind: "end"})
	case time.Since(p.sent) >= progressPeriod:
		p.send(&protocol.WorkDoneProgressReport{Kind: "report", Message: new(text), Percentage: new(uint32(percent))})
	}
}

// send tells the client. progress.mu is held.
func (p *progress) send(value any) {
	p.sent = time.Now()
	data, err := protocol.Any(value)
	if err != nil {
		p.server.options.Log.Error("cannot show progress", "error", err)
		return
	}
	p.server.notify(protocol.MethodProgress, &protocol.ProgressParams{Token: p.token, Value: data})
}

func (s *Server) progressCancel(p *protocol.WorkDoneProgressCancelParams) error {
	token, ok := p.Token.(protocol.String)
	if !ok {
		return nil
	}
	s.mu.Lock()
	stop := s.stops[string(token)]
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
	return nil
}
