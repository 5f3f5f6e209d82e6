package token

import "context"

// Safe is opened with the one key that lies in the channel.
type Safe struct {
	key  chan struct{}
	gold map[string]int
}

func NewSafe() *Safe {
	s := &Safe{key: make(chan struct{}, 1), gold: map[string]int{}}
	s.key <- struct{}{}
	return s
}

func (s *Safe) take(ctx context.Context) error {
	select {
	case <-s.key:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Safe) give() { s.key <- struct{}{} }

func (s *Safe) Put(k string)       { <-s.key; s.gold[k]++; s.give() }
func (s *Safe) Weigh(k string) int { <-s.key; defer s.give(); return s.gold[k] }
func (s *Safe) Empty()             { <-s.key; clear(s.gold); s.give() }
func (s *Safe) Ask(ctx context.Context, k string) (int, error) {
	if err := s.take(ctx); err != nil {
		return 0, err
	}
	defer s.give()
	return s.gold[k], nil
}
func (s *Safe) Steal(k string) { delete(s.gold, k) } // want "write to s.gold without s.key"
