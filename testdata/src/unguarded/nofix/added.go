package nofix

import (
	"fmt"
	"net/http"
	"sync"
)

// Copied is copied: a mutex must not be.
type Copied struct{ hits map[string]int }

func (c *Copied) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.hits[r.URL.Path]++ // want `^write to c\.hits in a handler`
}

func Snapshot(c *Copied) Copied { return *c }

// Exported has a map that other packages reach.
type Exported struct{ Hits map[string]int }

func (e *Exported) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.Hits[r.URL.Path]++ // want `^write to e\.Hits in a handler`
}

// Handed is given its map, which may be used elsewhere.
type Handed struct{ hits map[string]int }

func NewHanded(hits map[string]int) *Handed { return &Handed{hits: hits} }

func (h *Handed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.hits[r.URL.Path]++ // want `^write to h\.hits in a handler`
}

// Open returns its map.
type Open struct{ hits map[string]int }

func (o *Open) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.hits[r.URL.Path]++ // want `^write to o\.hits in a handler`
}

func (o *Open) Hits() map[string]int { return o.hits }

// Locked has a mutex for something else, perhaps.
type Locked struct {
	once sync.Mutex
	hits map[string]int
}

func (l *Locked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.hits[r.URL.Path]++ // want `^write to l\.hits in a handler`
}

// Written is read in the midst of a response.
type Written struct{ hits map[string]int }

func (h *Written) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.hits[r.URL.Path]++ // want `^write to h\.hits in a handler`
	for p, n := range h.hits {
		fmt.Fprintln(w, p, n)
	}
}

// Chained has a method that uses the map and calls another one that does.
type Chained struct{ hits map[string]int }

func (c *Chained) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.hits[r.Host] < 10 {
		c.inc(r.Host)
	}
}

func (c *Chained) inc(host string) {
	c.hits[host]++ // want `^write to c\.hits in a handler`
}
