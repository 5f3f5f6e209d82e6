package drained

import (
	"os"
	"sync"
)

// refilled is filled again after it was drained.
var refilled = make(map[string]int)

func init() {
	for i, w := range os.Args {
		refilled[w] = i
	}
	clear(refilled)
}

// Refill fills it.
func Refill(w string) { refilled[w]++ }

// handful holds few entries at any time.
var handful = make(map[string]int)

func init() {
	for i, w := range []string{"a", "b", "c"} {
		handful[w] = i
	}
	for i := range 10 {
		handful[string(rune('a'+i))] = i
	}
	clear(handful)
}

// Handful reads it.
func Handful(w string) int { return handful[w] }

// early is cleared before it is filled.
var early = make(map[string]int)

func init() {
	clear(early)
	for i, w := range os.Args {
		early[w] = i
	}
}

// Early reads it.
func Early(w string) int { return early[w] }

// released is given up after use.
var released = make(map[string]int)

func init() {
	for i, w := range os.Args {
		released[w] = i
	}
	clear(released)
	released = nil
}

// finished ends with the loop.
func finished(jobs []string, in <-chan string) {
	byName := make(map[string]int)
	for i, j := range jobs {
		byName[j] = i
	}
	for {
		select {
		case s, ok := <-in:
			if !ok {
				for k := range byName {
					delete(byName, k)
				}
				return
			}
			println(byName[s])
		}
	}
}

// local ends with its function, which is not endless.
func local(jobs []string) int {
	byName := make(map[string]int)
	for i, j := range jobs {
		byName[j] = i
	}
	n := len(byName)
	clear(byName)
	return n
}

// a group is filled when it is made and emptied at its end.
type group struct {
	mu      sync.Mutex
	members map[string]int
}

var theGroup = newGroup(os.Args)

func newGroup(names []string) *group {
	g := &group{members: make(map[string]int)}
	for i, n := range names {
		g.members[n] = i
	}
	return g
}

func (g *group) has(n string) bool { _, ok := g.members[n]; return ok }
func (g *group) Close()            { g.release() }
func (g *group) release() {
	for n := range g.members {
		delete(g.members, n)
	}
}

// active is a set of workers, which end one by one.
func active(ids []int, done <-chan int) {
	running := make(map[int]bool)
	for _, id := range ids {
		running[id] = true
	}
	for {
		delete(running, <-done)
		println(len(running))
	}
}

// shared is known by another name, by which it may be filled.
var shared = make(map[string]int)

func init() {
	for i, w := range os.Args {
		shared[w] = i
	}
	keep(shared)
	clear(shared)
}

func keep(m map[string]int) { kept = append(kept, m) }

var kept []map[string]int
