package guard

import (
	"maps"
	"slices"
	"sync"
)

// Books has a map for each operation that is tried without the lock.
type Books struct {
	mu                           sync.Mutex
	debit, credit, limit, frozen map[string]int
}

func (b *Books) Open(id string, limit int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.debit[id] = 0
	b.credit[id] = 0
	b.limit[id] = limit
	b.frozen[id] = 0
}

func (b *Books) Has(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, d := b.debit[id]
	_, c := b.credit[id]
	_, l := b.limit[id]
	_, f := b.frozen[id]
	return d && c && l && !f
}

func (b *Books) Sizes() (debit, credit, limit, frozen int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.debit), len(b.credit), len(b.limit), len(b.frozen)
}

func (b *Books) IDs() (ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ids = slices.AppendSeq(ids, maps.Keys(b.debit))
	ids = slices.AppendSeq(ids, maps.Keys(b.credit))
	ids = slices.AppendSeq(ids, maps.Keys(b.limit))
	return slices.AppendSeq(ids, maps.Keys(b.frozen))
}

func (b *Books) Close(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.debit, id)
	delete(b.credit, id)
	delete(b.limit, id)
	delete(b.frozen, id)
}

func (b *Books) Charge(id string, n int) {
	b.debit[id] += n // want `^write to b\.debit without b\.mu, .*\[unguarded/likely\]$`
}

func (b *Books) Drop(id string) {
	delete(b.debit, id) // want `^write to b\.debit without b\.mu, .*\[unguarded/likely\]$`
}

func (b *Books) EndOfYear() {
	clear(b.credit) // want `^write to b\.credit without b\.mu, .*\[unguarded/likely\]$`
}

func (b *Books) Import(from map[string]int) {
	maps.Copy(b.credit, from) // want `^write to b\.credit without b\.mu, .*\[unguarded/likely\]$`
}

func (b *Books) Raise(id string) {
	b.limit[id]++ // want `^write to b\.limit without b\.mu, .*\[unguarded/likely\]$`
}

func (b *Books) Prune() {
	maps.DeleteFunc(b.limit, func(_ string, n int) bool { return n == 0 }) // want `^write to b\.limit without b\.mu, .*\[unguarded/likely\]$`
}

func (b *Books) Thaw() {
	b.frozen = make(map[string]int) // want `^write to b\.frozen without b\.mu, .*\[unguarded/likely\]$`
}

func (b *Books) Freeze(ids []string) {
	maps.Insert(b.frozen, func(yield func(string, int) bool) { // want `^write to b\.frozen without b\.mu, .*\[unguarded/likely\]$`
		for i, id := range ids {
			if !yield(id, i) {
				return
			}
		}
	})
}

// Catalog does the same for reads.
type Catalog struct {
	mu                         sync.RWMutex
	titles, authors, isbn, loc map[string]string
}

func (c *Catalog) Put(id, title, author, isbn, loc string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.titles[id] = title
	c.authors[id] = author
	c.isbn[id] = isbn
	c.loc[id] = loc
}

func (c *Catalog) Remove(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.titles, id)
	delete(c.authors, id)
	delete(c.isbn, id)
	delete(c.loc, id)
}

func (c *Catalog) Card(id string) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return []string{c.titles[id], c.authors[id], c.isbn[id], c.loc[id]}
}

func (c *Catalog) Empty() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.titles) == 0 && len(c.authors) == 0 && len(c.isbn) == 0 && len(c.loc) == 0
}

func (c *Catalog) Len() int {
	return len(c.titles) // want `^read of c\.titles without c\.mu, .*\[unguarded/likely\]$`
}

func (c *Catalog) Titles() []string {
	return slices.Sorted(maps.Values(c.titles)) // want `^read of c\.titles without c\.mu, .*\[unguarded/likely\]$`
}

func (c *Catalog) Authors() map[string]string {
	return maps.Clone(c.authors) // want `^read of c\.authors without c\.mu, .*\[unguarded/likely\]$`
}

func (c *Catalog) HasAuthor(id string) bool {
	_, ok := c.authors[id] // want `^read of c\.authors without c\.mu, .*\[unguarded/likely\]$`
	return ok
}

func (c *Catalog) ByISBN() map[string]string {
	byISBN := make(map[string]string)
	for id, n := range maps.All(c.isbn) { // want `^read of c\.isbn without c\.mu, .*\[unguarded/likely\]$`
		byISBN[n] = id
	}
	return byISBN
}

func (c *Catalog) Same(isbn map[string]string) bool {
	return maps.Equal(c.isbn, isbn) // want `^read of c\.isbn without c\.mu, .*\[unguarded/likely\]$`
}

func (c *Catalog) Locations() map[string]string {
	return maps.Collect(maps.All(c.loc)) // want `^read of c\.loc without c\.mu, .*\[unguarded/likely\]$`
}

func (c *Catalog) Export(to map[string]string) {
	maps.Copy(to, c.loc) // want `^read of c\.loc without c\.mu, .*\[unguarded/likely\]$`
}

func NewBooks() *Books {
	return &Books{frozen: make(map[string]int)}
}
