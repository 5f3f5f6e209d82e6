// Package odd is about code of unusual forms, which must neither stop the
// rule nor lead it astray.
package odd

import (
	. "maps"
	"os"
	. "sync"
	"unsafe"
)

// Mu and Table have other names than what they are.
type (
	Mu    = RWMutex
	Table = map[string]int
	Bag   Table
)

// Store has dot-imported and aliased types.
type Store struct {
	mu   Mu
	rows Table
	bag  Bag
}

func (s *Store) Put(k string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[k] = n
	s.bag[k] = n
}

func (s *Store) Get(k string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rows[k] + s.bag[k]
}

func (s *Store) Drop(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rows, k)
	delete(s.bag, k)
}

func (s *Store) Load(rows Table) {
	Copy(s.rows, rows) // want `^write to s\.rows without s\.mu, .*\[unguarded/likely\]$`
}

func (s *Store) Fetch(k string) (n int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if n = s.bag[k]; n == 0 {
		(s.bag)[k] = 1 // want `^write to s\.bag under s\.mu\.RLock.*\[unguarded\]$`
	}
	return
}

// put and size are called as expressions of their type.
func (s *Store) put(k string)  { s.rows[k]++ }
func (s *Store) size() int     { return len(s.rows) }
func (*Store) nothing(_ Table) {}
func _()                       {}
func (s *Store) _()            {}
func (s *Store) _(k string)    { (*Store).nothing(s, nil) }
func _(s *Store, _, _ string)  { (*Store).nothing(s, nil) }

func (s *Store) Expressions(k string) int {
	put, size := (*Store).put, (*Store).size
	s.mu.Lock()
	put(s, k)
	(*Store).put(s, k)
	n := size(s)
	s.mu.Unlock()
	(*Store).put(s, k) // want `put\b.* writes s\.rows without s\.mu, .*\[unguarded/likely\]$`
	return n
}

// Locked embeds an interface that is its lock.
type Locked struct {
	Locker
	*Store
	rows Table
}

func (l Locked) Put(k string, n int) {
	l.Lock()
	defer l.Unlock()
	l.rows[k] = n
}

func (l Locked) Get(k string) int {
	l.Lock()
	defer l.Unlock()
	return l.rows[k]
}

func (l Locked) Drop(k string) {
	delete(l.rows, k) // want `^write to l\.rows without l\b.*, which guards it at .*\[unguarded/likely\]$`
}

// Dead has code that is never reached.
func (s *Store) Dead(k string) {
	s.mu.Lock()
	delete(s.bag, k)
	s.mu.Unlock()
	delete(s.bag, k+k) // want `^write to s\.bag without s\.mu, .*\[unguarded/likely\]$`
	if len(k) > 9 {
		os.Exit(1)
		s.mu.Lock()
		k = k[:9]
		s.mu.Unlock()
	}
	if false {
		println(k)
	}
	select {}
}

// Labels jumps to and fro.
func (s *Store) Labels(ks []string) {
	i := 0
loop:
	if i < len(ks) {
		s.mu.Lock()
		switch {
		case ks[i] == "":
			s.mu.Unlock()
			goto skip
		default:
			s.rows[ks[i]]++
		}
		s.mu.Unlock()
	skip:
		i++
		goto loop
	}
	s.rows["loops"] = i // want `^write to s\.rows without s\.mu, .*\[unguarded/likely\]$`
}

// Tree is generic, recursive and locked at its root only.
type Tree[K comparable, V any] struct {
	root *Tree[K, V]
	mu   Mutex
	vals map[K]V
	next map[K]*Tree[K, V]
}

func (t *Tree[K, V]) Set(k K, v V) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.vals[k] = v
}

func (t *Tree[K, _]) Has(k K) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.vals[k]
	return ok
}

func (t *Tree[_, V]) Each(yield func(V) bool) {
	for _, v := range t.vals { // want `^read of t\.vals without t\.mu, .*\[unguarded/likely\]$`
		if !yield(v) {
			return
		}
	}
}

// Unsafe reaches its map through a pointer of another type.
func (s *Store) Unsafe(k string) int {
	p := (*map[string]int)(unsafe.Pointer(&s.rows))
	s.mu.Lock()
	(*p)[k]++
	s.mu.Unlock()
	return int(unsafe.Sizeof(s.rows)) + len(s.bag) // want `^read of s\.bag without s\.mu, .*\[unguarded/likely\]$`
}
