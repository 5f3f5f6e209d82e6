package escape

import "sync"

// Takings are what one shift of a shop has taken in.
type Takings struct {
	ByTill  map[int]int
	ByClerk map[string]map[int]int
	Refunds int
}

func noTakings() Takings {
	return Takings{ByTill: map[int]int{}, ByClerk: map[string]map[int]int{}}
}

// Shop hands over the takings of a shift at its end.
type Shop struct {
	mu    sync.Mutex
	shift Takings
}

func (s *Shop) Sold(till int, clerk string, cents int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shift.ByTill[till] += cents
	if s.shift.ByClerk[clerk] == nil {
		s.shift.ByClerk[clerk] = map[int]int{}
	}
	s.shift.ByClerk[clerk][till] += cents
}

func (s *Shop) Till(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shift.ByTill[n] + s.shift.ByClerk[""][n]
}

func (s *Shop) Close() Takings {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.shift
	s.shift = noTakings()
	s.shift.Refunds = last.Refunds
	return last
}

func (s *Shop) begin() { s.shift = noTakings() }

func (s *Shop) Next() Takings {
	s.mu.Lock()
	last := s.shift
	s.begin()
	s.mu.Unlock()
	return last
}

func (s *Shop) CloseTo(office chan<- Takings) {
	s.mu.Lock()
	office <- s.shift
	s.shift = noTakings()
	s.mu.Unlock()
}

func (s *Shop) Sum() (cents int) {
	s.mu.Lock()
	last := s.shift
	s.shift = noTakings()
	s.mu.Unlock()
	for _, c := range last.ByTill {
		cents += c
	}
	for _, by := range last.ByClerk {
		cents -= len(by)
	}
	return cents
}
