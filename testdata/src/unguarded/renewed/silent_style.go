package renewed

import "sync"

var (
	mu     sync.RWMutex
	styles = map[string]map[string]int{}
)

func parse(s string, into map[string]int) { into[s] = len(s) }

// Style is cached; the result must not be changed.
func Style(name string) map[string]int {
	mu.RLock()
	m, ok := styles[name]
	mu.RUnlock()
	if !ok {
		m = map[string]int{}
		parse(name, m)
		m["x"]++
		mu.Lock()
		if old, dup := styles[name]; dup {
			m = old
		} else {
			styles[name] = m
		}
		mu.Unlock()
	}
	return m
}
