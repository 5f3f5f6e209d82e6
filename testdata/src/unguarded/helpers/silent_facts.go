package helpers

import "unguarded/helpers/table"

// Bump holds the lock that BumpLocked asks for.
func Bump(t *table.Table, names []string) {
	t.Mu.Lock()
	defer t.Mu.Unlock()
	for _, n := range names {
		t.BumpLocked(n)
	}
	t.Rows["bumps"]++
}

// Grown changes a table that it has just made.
func Grown(names []string) *table.Table {
	t := table.New()
	for i, n := range names {
		t.Rows[n] = i
	}
	t.BumpLocked("new")
	return t
}

// Shelf locks with a type of another package.
type Shelf struct {
	gate  table.Gate
	books map[string]int
}

func (s *Shelf) Put(title string) {
	s.gate.Enter()
	defer s.gate.Leave()
	s.books[title]++
}

func (s *Shelf) Take(title string) {
	s.gate.Do(func() { s.books[title]-- })
}

func (s *Shelf) Count(title string) (n int) {
	s.gate.Do(func() { n = s.books[title] })
	return n
}

// Names calls back at once, under the lock that is held here.
func (s *Shelf) Names(t *table.Table) {
	s.gate.Enter()
	defer s.gate.Leave()
	t.Each(func(name string, n int) {
		s.books[name] += n
	})
}
