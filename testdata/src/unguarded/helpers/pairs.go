package helpers

import "sync"

// An Account is locked together with others, in the order of their numbers.
type Account struct {
	mu    sync.Mutex
	id    int
	coins map[string]int
}

func (a *Account) take(coin string) { a.coins[coin]-- }

func (a *Account) Put(coin string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.coins[coin]++
}

func (a *Account) Spend(coin string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.take(coin)
}

func (a *Account) Count(coin string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.coins[coin]
}

func lockBoth(x, y *Account) (unlock func()) {
	if x.id > y.id {
		x, y = y, x
	}
	x.mu.Lock()
	y.mu.Lock()
	return func() {
		y.mu.Unlock()
		x.mu.Unlock()
	}
}

func Move(from, to *Account, coin string) {
	defer lockBoth(from, to)()
	from.take(coin)
	to.coins[coin]++
}

func Swap(a, b *Account, coin string) {
	x, y := a, b
	if x.id > y.id {
		x, y = y, x
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	y.mu.Lock()
	defer y.mu.Unlock()
	a.coins, b.coins = b.coins, a.coins
	a.take(coin)
}

func (a *Account) Steal(coin string) {
	delete(a.coins, coin) // want `^write to a\.coins without a\.mu, .*\[unguarded/likely\]$`
}

// A Table is filled by options before anybody else knows it.
type Table struct {
	mu   sync.Mutex
	rows map[string]int
}

type Option func(*Table)

func Preload(rows map[string]int) Option {
	return func(t *Table) {
		for k, n := range rows {
			t.add(k, n)
		}
	}
}

func NewTable(options ...Option) *Table {
	t := &Table{rows: make(map[string]int)}
	for _, o := range options {
		o(t)
	}
	return t
}

// add needs t.mu once the table is in use.
func (t *Table) add(k string, n int) {
	t.rows[k] += n
}

func (t *Table) Add(k string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.add(k, n)
}

func (t *Table) Get(k string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rows[k]
}
