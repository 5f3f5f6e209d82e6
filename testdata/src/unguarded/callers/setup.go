package callers

import (
	"fmt"
	"os"
	"sync"
)

// Table opens its files while it is made, and under its lock afterwards.
type Table struct {
	mu    sync.RWMutex
	files map[int]*os.File
	head  *os.File
	meta  header
	last  int
}

type header struct{ first, last int }

func OpenTable(dir string) (*Table, error) {
	t := &Table{files: make(map[int]*os.File)}
	if err := t.repair(dir); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Table) repair(dir string) (err error) {
	at := header{last: t.last}
	for i := range 2 {
		next := header{first: t.meta.first, last: i}
		t.release(at.last)
		at = next
	}
	t.head, err = t.openFile(dir, at.last)
	return err
}

func (t *Table) openFile(dir string, n int) (*os.File, error) {
	if f := t.files[n]; f != nil {
		return f, nil
	}
	f, err := os.Open(fmt.Sprint(dir, n))
	if err == nil {
		t.files[n] = f
	}
	return f, err
}

func (t *Table) release(n int) {
	if f := t.files[n]; f != nil {
		delete(t.files, n)
		f.Close()
	}
}

func (t *Table) Truncate(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k := range t.files {
		if k > n {
			t.release(k)
		}
	}
}

func (t *Table) Append(dir string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := t.openFile(dir, t.last)
	return err
}

// Index is loaded by Init, which gives it its store, and is no index before.
type Index struct {
	mu    sync.RWMutex
	store Loader
	rows  map[string]int
	spent map[string]int
}

type Loader interface {
	Each(f func(key string, n int))
}

func NewIndex() *Index {
	return &Index{rows: make(map[string]int), spent: make(map[string]int)}
}

func (x *Index) Init(store Loader) {
	x.store = store
	store.Each(func(key string, _ int) { x.parse(key) })
	for key := range x.rows {
		x.check(key)
	}
	fmt.Println(len(x.spent))
}

func (x *Index) parse(key string) {
	if _, ok := x.rows[key]; ok {
		return
	}
	x.rows[key] = 0
	x.spent[key]++
}

func (x *Index) check(key string) {
	if x.rows[key] < 0 {
		delete(x.rows, key)
		delete(x.spent, key)
	}
}

func (x *Index) Add(key string, n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rows[key] += n
	x.spent[key]++
	x.check(key)
}

func (x *Index) Get(key string) (n, spent int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.rows[key], x.spent[key]
}

func (x *Index) Dump() {
	for key, n := range x.rows { // want `^read of x\.rows without x\.mu\b`
		fmt.Println(key, n)
	}
	x.rows["dumped"]++       // want `^(read of|write to) x\.rows without x\.mu\b`
	delete(x.rows, "old")    // want `^write to x\.rows without x\.mu\b`
	fmt.Println(len(x.rows)) // the fourth access without the lock is not reported, too
}

func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.rows)
}

func (x *Index) Has(key string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	_, ok := x.rows[key]
	return ok
}

func (x *Index) Sum() (sum int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, n := range x.rows {
		sum += n
	}
	return sum
}

func (x *Index) Zero(key string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rows[key] = 0
}

// uncacher is handed to what replays a batch, under the lock of the index.
type uncacher struct{ index *Index }

func (u *uncacher) Put(key string) {
	if _, ok := u.index.rows[key]; ok {
		delete(u.index.rows, key)
	}
}

type Batch interface {
	Replay(to interface{ Put(key string) })
}

func (x *Index) Commit(b Batch) {
	x.mu.Lock()
	defer x.mu.Unlock()
	b.Replay(&uncacher{x})
}

// count tells, under the lock, how many there were and are.
func (x *Index) count() func() {
	before := len(x.rows)
	return func() { fmt.Println(before, len(x.rows)) }
}

func (x *Index) Remove(key string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	defer x.count()()
	delete(x.rows, key)
}

func (x *Index) Clear() {
	x.mu.Lock()
	defer x.mu.Unlock()
	defer x.count()()
	clear(x.rows)
	clear(x.spent)
}
