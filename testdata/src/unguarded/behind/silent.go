package behind

import (
	"net/http"
	"sync"
)

// A Drum calls its listeners one after the other, and waits for them.
type Drum interface{ Beat(do func(n int)) }

type Snare struct{ n int }

func (s Snare) Beat(do func(n int)) {
	for i := range s.n {
		do(i)
	}
}

func Parade(drums []Drum) int {
	beats := make(map[int]int)
	for _, d := range drums {
		d.Beat(func(n int) { beats[n]++ })
	}
	return len(beats)
}

// A Choir runs its singers side by side, under the lock that the leader keeps.
type Choir interface{ Sing(do func(part string)) }

type voices struct{ parts []string }

func (v voices) Sing(do func(part string)) {
	var wg sync.WaitGroup
	for _, p := range v.parts {
		wg.Go(func() { do(p) })
	}
	wg.Wait()
}

func Concert(c Choir) map[string]int {
	var mu sync.Mutex
	sung := make(map[string]int)
	c.Sing(func(part string) {
		mu.Lock()
		defer mu.Unlock()
		sung[part]++
	})
	return sung
}

// A Cloakroom gives each request a header of its own.
type Cloakroom struct{ guests []*guest }

func (c *Cloakroom) find(path string) *guest {
	for _, g := range c.guests {
		if g.prefix == path {
			return g
		}
	}
	return nil
}

func (c *Cloakroom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g := c.find(r.URL.Path)
	if g == nil {
		return
	}
	h := g.header.Clone()
	h.Set("X-Path", r.URL.Path)
	r.Header = h
}
