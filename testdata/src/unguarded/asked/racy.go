package asked

import "sync"

type Store struct {
	mu    sync.Mutex
	goods map[string]int
}

func (s *Store) Put(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(k, 1)
}

func (s *Store) Take(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(k, -1)
}

func (s *Store) Lose(k string) {
	s.count(k, -1) // want "s.count writes s.goods without s.mu, which 2 of its 3 callers hold"
}

func (s *Store) count(k string, n int) { s.goods[k] += n }

func (s *Store) Stock(k string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.goods[k]
}

func (s *Store) Clear(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.goods, k)
}
