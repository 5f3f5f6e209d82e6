package janitor

import (
	"maps"
	"slices"
	"time"
)

// Registry is a named map type, which the fix keeps.
type Registry map[string]time.Time

var seen = Registry{}

// Note fills the package variable.
func Note(id string) { seen[id] = time.Now() }

// Forget has a name of the fix's own in use.
func Forget(limit time.Duration) (before int) {
	before = len(seen)
	n := time.Now()
	maps.DeleteFunc(seen, func(_ string, t time.Time) bool { return n.Sub(t) > limit }) // want `this purge leaves seen as large`
	return before
}

var queues = map[string][]int{}

// Push fills another.
func Push(name string, x int) { queues[name] = append(queues[name], x) }

// DropEmpty collects the keys first.
func DropEmpty() []string {
	var empty []string
	for name, q := range queues {
		if len(q) == 0 {
			empty = append(empty, name)
		}
	}
	slices.Sort(empty)
	for _, name := range empty { // want `this purge leaves queues as large`
		delete(queues, name)
	}
	return empty
}
