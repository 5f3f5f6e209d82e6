package server

import (
	"fmt"

	"github.com/mapdiag/mapdiag/server/protocol"
)

// Progress implements [session.Client].
func (s *Server) Progress(title string, stop func()) (report func(text string, percent int, done bool)) {
	s.mu.Lock()
	can := s.client.progress
	s.tokens++
	token := fmt.Sprintf("mapdiag-%d", s.tokens)
	if can && stop != nil {
		s.stops[token] = stop
	}
	s.mu.Unlock()
	if !can {
		return func(string, int, bool) {}
	}
	begun := false
	ctx, cancel := s.context()
	defer cancel()
	if err := s.call(ctx, protocol.MethodProgressCreate, &protocol.WorkDoneProgressCreateParams{Token: protocol.String(token)}, nil); err == nil {
		begun = true
		s.progress(token, &protocol.WorkDoneProgressBegin{Kind: "begin", Title: title, Cancellable: new(stop != nil), Percentage: new(uint32(0))})
	}
	return func(text string, percent int, done bool) {
		if done {
			s.mu.Lock()
			delete(s.stops, token)
			s.mu.Unlock()
		}
		switch {
		case !begun:
		case done:
			s.progress(token, &protocol.WorkDoneProgressEnd{Kind: "end"})
		default:
			s.progress(token, &protocol.WorkDoneProgressReport{Kind: "report", Message: new(text), Percentage: new(uint32(percent))})
		}
	}
}

func (s *Server) progress(token string, value any) {
	data, err := protocol.Any(value)
	if err != nil {
		s.options.Log.Error("cannot show progress", "error", err)
		return
	}
	s.notify(protocol.MethodProgress, &protocol.ProgressParams{Token: protocol.String(token), Value: data})
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
