package guard

import "sync"

var (
	routesMu sync.RWMutex
	routes   = make(map[string]string)
)

func AddRoute(path, backend string) {
	routesMu.Lock()
	defer routesMu.Unlock()
	routes[path] = backend
}

func DropRoute(path string) {
	routesMu.Lock()
	defer routesMu.Unlock()
	delete(routes, path)
}

func Route(path string) (string, bool) {
	routesMu.RLock()
	defer routesMu.RUnlock()
	b, ok := routes[path]
	return b, ok
}

func Routes() int {
	routesMu.RLock()
	defer routesMu.RUnlock()
	return len(routes)
}

func MoveBackend(from, to string) {
	for p, b := range routes { // want `^read of routes without routesMu, .*\[unguarded/likely\]$`
		if b == from {
			AddRoute(p, to)
		}
	}
}

// chartsMu guards the series of all charts.
var chartsMu sync.Mutex

// Chart has only its name to itself.
type Chart struct {
	Name   string
	series map[string][]float64
}

func (c *Chart) Add(name string, v float64) {
	chartsMu.Lock()
	defer chartsMu.Unlock()
	s := c.series[name]
	c.series[name] = append(s, v)
}

func (c *Chart) Last(name string) float64 {
	chartsMu.Lock()
	defer chartsMu.Unlock()
	if s := c.series[name]; len(s) > 0 {
		return s[len(s)-1]
	}
	return 0
}

func (c *Chart) Drop(name string) {
	chartsMu.Lock()
	defer chartsMu.Unlock()
	delete(c.series, name)
}

func (c *Chart) Legend() (names []string) {
	chartsMu.Lock()
	defer chartsMu.Unlock()
	for n := range c.series {
		names = append(names, n)
	}
	return names
}

func (c *Chart) Clear() {
	clear(c.series) // want `^write to c\.series without chartsMu, .*\[unguarded/likely\]$`
}
