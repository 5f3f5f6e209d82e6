package churn

import (
	"errors"
	"sync"
)

// fast keys are served by functions that reuse deleted slots.
var (
	byID    = map[int64]bool{}
	byName  = map[string]bool{}
	byPtr   = map[*pool]bool{}
	bySmall = map[struct{ a, b int32 }]bool{}
	byOne   = map[struct{ name string }]bool{}
)

func addFast(id int64, name string, p *pool) {
	byID[id], byName[name], byPtr[p] = true, true, true
	bySmall[struct{ a, b int32 }{}] = true
	byOne[struct{ name string }{name}] = true
}

func dropFast(id int64, name string, p *pool) {
	delete(byID, id)
	delete(byName, name)
	delete(byPtr, p)
	delete(bySmall, struct{ a, b int32 }{int32(id), 0})
	delete(byOne, struct{ name string }{name})
}

// grown never loses an entry but for those that failed.
var grown = map[key]int{}

func grow(k key, f func() error) error {
	grown[k] = 1
	if err := f(); err != nil {
		delete(grown, k)
		return err
	}
	return errors.New("done")
}

// fixed gains none once it has been made.
var fixed = map[key]int{{"a", 1}: 1, {"b", 2}: 2}

func drop(k key) { delete(fixed, k) }

// reset starts with a new map now and then.
var reset = map[key]int{}

func addReset(k key)  { reset[k] = 1 }
func dropReset(k key) { delete(reset, k) }
func again()          { reset = map[key]int{} }

// cleared loses its deleted slots whenever it is emptied.
var cleared = map[key]int{}

func addCleared(k key)  { cleared[k] = 1 }
func dropCleared(k key) { delete(cleared, k) }
func empty()            { clear(cleared) }

// call is made for each call.
type call struct {
	mu sync.Mutex
	m  map[key]int
}

func (c *call) add(k key)  { c.m[k] = 1 }
func (c *call) drop(k key) { delete(c.m, k) }

func dedup(keys []key) int {
	m := map[key]bool{}
	for _, k := range keys {
		m[k] = true
		delete(m, key{k.host, k.port + 1})
	}
	return len(m)
}

// generic keys have a layout that nobody knows.
type set[K comparable] struct{ m map[K]bool }

var ints set[int]

func (s *set[K]) add(k K)  { s.m[k] = true }
func (s *set[K]) drop(k K) { delete(s.m, k) }

// batches leave together, when what they belong to ends.
var batches = map[key]int{}

func addBatch(k key) { batches[k] = 1 }
func dropBatch(host string, ports []int) {
	for _, p := range ports {
		delete(batches, key{host, p})
	}
}
