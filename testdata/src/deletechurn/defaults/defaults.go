// Package defaults shows which findings are reported without options.
package defaults

import (
	"os"
	"sync"
	"time"
)

type cache struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (c *cache) add(k string) { c.m[k] = time.Now() }

// purge is a possible finding only.
func (c *cache) purge() {
	for k, t := range c.m {
		if t.IsZero() {
			delete(c.m, k)
		}
	}
}

// pairs churn: possible only.
var pairs = map[[2]int]bool{}

func start(a, b int) { pairs[[2]int{a, b}] = true }
func end(a, b int)   { delete(pairs, [2]int{a, b}) }

var index = make(map[string]int)

func init() {
	for i, w := range os.Args {
		index[w] = i
	}
	clear(index) // want `index is filled once and emptied here`
}

func position(w string) int { return index[w] }

func empty(m map[float64]int) {
	for k := range m { // want `does not empty m`
		delete(m, k)
	}
}
