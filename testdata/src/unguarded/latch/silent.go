package latch

import (
	"context"
	"errors"
	"sync"
	"time"
)

// turn is a channel with room for one: whoever has put something in has the turn.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) get(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) getNow() bool {
	select {
	case t <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t turn) end() { <-t }

// Hives keeps the weights of beehives. It is safe for concurrent use.
type Hives struct {
	turn   turn
	weight map[string]float64
}

// NewHives returns an apiary without hives.
func NewHives() *Hives { return &Hives{turn: newTurn(), weight: map[string]float64{}} }

// Weigh notes a weight.
func (h *Hives) Weigh(ctx context.Context, hive string, kg float64) error {
	if err := h.turn.get(ctx); err != nil {
		return err
	}
	defer h.turn.end()
	h.weight[hive] = kg
	return nil
}

// Sold forgets a hive, if that is possible at once.
func (h *Hives) Sold(hive string) bool {
	if !h.turn.getNow() {
		return false
	}
	delete(h.weight, hive)
	h.turn.end()
	return true
}

// Swarms counts the swarms that were caught.
type Swarms struct {
	mu     sync.Mutex
	closed bool
	caught map[string]int
}

var errBusy = errors.New("somebody else is at it")

func (s *Swarms) attempt() error {
	if !s.mu.TryLock() {
		return errBusy
	}
	return nil
}

func (s *Swarms) open() bool {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return false
	}
	return true
}

func (s *Swarms) wait(ctx context.Context) (func(), error) {
	for !s.mu.TryLock() {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return s.mu.Unlock, nil
}

func (s *Swarms) Caught(where string) error {
	if err := s.attempt(); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.caught[where]++
	return nil
}

func (s *Swarms) Lost(where string) {
	if !s.open() {
		return
	}
	defer s.mu.Unlock()
	s.caught[where]--
}

func (s *Swarms) Moved(ctx context.Context, from, to string) error {
	done, err := s.wait(ctx)
	if err != nil {
		return err
	}
	defer done()
	s.caught[to] += s.caught[from]
	delete(s.caught, from)
	return nil
}
