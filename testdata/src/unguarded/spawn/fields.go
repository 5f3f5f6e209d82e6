package spawn

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
)

// A Relay counts what its backend answers; the proxy calls it in the
// goroutines of all requests.
type Relay struct {
	proxy  *httputil.ReverseProxy
	status map[int]int
	open   map[net.Conn]bool
}

func NewRelay(backend *url.URL) *Relay {
	r := &Relay{status: make(map[int]int), open: make(map[net.Conn]bool)}
	r.proxy = &httputil.ReverseProxy{
		Rewrite:        func(p *httputil.ProxyRequest) { p.SetURL(backend) },
		ModifyResponse: r.count,
	}
	return r
}

func (r *Relay) count(res *http.Response) error {
	r.status[res.StatusCode]++ // want `^write to r\.status in a handler, .*\[unguarded/likely\]$`
	return nil
}

func (r *Relay) Server() *http.Server {
	s := new(http.Server)
	s.ConnState = func(c net.Conn, state http.ConnState) {
		r.open[c] = state != http.StateClosed // want `^write to r\.open in a handler, .*\[unguarded/likely\]$`
	}
	return s
}

// Prices locks, but each goroutine has a lock of its own.
func Prices(feeds []string) map[string]int {
	prices := make(map[string]int)
	var wg sync.WaitGroup
	for _, f := range feeds {
		var mu sync.Mutex
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			prices[f] = len(f) // want `^write to prices in goroutines started by the loop at .*, no common lock held \[unguarded\]$`
		})
	}
	wg.Wait()
	return prices
}

type tally struct {
	hits  map[string]int
	lines int
}

func (t *tally) add(line string) {
	t.lines++
	t.hits[line]++
}

// Tallies gives each goroutine an element of its own, whose map it makes first.
func Tallies(files [][]string) map[string]int {
	parts := make([]tally, len(files))
	var wg sync.WaitGroup
	for i, lines := range files {
		parts[i].hits = make(map[string]int)
		wg.Go(func() {
			t := &parts[i]
			for _, l := range lines {
				t.add(l)
			}
		})
	}
	wg.Wait()
	all := make(map[string]int)
	for _, p := range parts {
		for l, n := range p.hits {
			all[l] += n
		}
	}
	return all
}

// Late touches the element when its goroutine has been started.
func Late(files [][]string) {
	parts := make([]tally, len(files))
	var wg sync.WaitGroup
	for i, lines := range files {
		parts[i].hits = make(map[string]int)
		wg.Go(func() {
			for _, l := range lines {
				parts[i].hits[l]++ // want `^write to parts\[i\]\.hits in the goroutine .*\[unguarded/likely\]$`
			}
		})
		parts[i].hits["file"] = i // want `^write to parts\[i\]\.hits with no lock held.*\[unguarded/likely\]$`
	}
	wg.Wait()
}
