package janitor

import (
	"fmt"
	"sync"
)

// A Cache is generic: its price is unknown, and so are the names of its
// parameters elsewhere.
type Cache[K comparable, V any] struct {
	mu sync.Mutex
	m  map[K]V
}

// New makes one.
func New[K comparable, V any]() *Cache[K, V] { return &Cache[K, V]{m: map[K]V{}} }

// Put fills it.
func (c *Cache[K, V]) Put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[k] = v
}

// Prune has other names for the parameters.
func (c *Cache[Key, Val]) Prune(old func(Val) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps := 0
	for k, v := range c.m { // want `this purge leaves c.m as large as it was, since maps never shrink: that is fine while the number of entries is steady, but after a peak the memory of the peak stays \[deletechurn/possible\]$`
		if old(v) {
			delete(c.m, k)
			maps++
		}
	}
	fmt.Println(maps)
}

// structured keys: the purge is the finding, not the churn.
var table = struct {
	sync.Mutex
	rows map[[2]string]int
}{rows: map[[2]string]int{}}

func addRow(k [2]string) {
	table.Lock()
	defer table.Unlock()
	table.rows[k]++
}

func dropRows(under int) {
	table.Lock()
	defer table.Unlock()
	for k, n := range table.rows { // want `this purge leaves table.rows as large`
		if n < under {
			delete(table.rows, k)
		}
	}
}
