// Package owned has goroutines that start themselves, and what is made for one alone.
package owned

import (
	"os"
	"path/filepath"
	"sync"
)

type scan struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	size map[string]int64
	sem  chan struct{}
}

func Sizes(root string) map[string]int64 {
	s := &scan{size: map[string]int64{}, sem: make(chan struct{}, 4)}
	s.wg.Add(1)
	go s.dir(root)
	s.wg.Wait()
	for k, n := range s.size {
		if n == 0 {
			delete(s.size, k)
		}
	}
	return s.size
}

func (s *scan) dir(d string) {
	defer s.wg.Done()
	s.sem <- struct{}{}
	es, _ := os.ReadDir(d)
	<-s.sem
	for _, e := range es {
		if e.IsDir() {
			s.wg.Add(1)
			go s.dir(filepath.Join(d, e.Name()))
			continue
		}
		fi, err := e.Info()
		if err != nil {
			continue
		}
		s.mu.Lock()
		s.size[d] += fi.Size()
		s.mu.Unlock()
	}
}

func Walk(root string) int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := map[string]int{}
	var visit func(string)
	visit = func(d string) {
		defer wg.Done()
		es, _ := os.ReadDir(d)
		mu.Lock()
		n[d] = len(es)
		mu.Unlock()
		for _, e := range es {
			if e.IsDir() {
				wg.Add(1)
				go visit(filepath.Join(d, e.Name()))
			}
		}
	}
	wg.Add(1)
	go visit(root)
	wg.Wait()
	delete(n, root)
	return len(n)
}

func (s *scan) fork(d string) {
	s.wg.Go(func() {
		s.mu.Lock()
		s.size[d]++
		s.mu.Unlock()
		if len(d) < 10 {
			s.fork(d + "/x")
		}
	})
}

func Fork() int {
	s := &scan{size: map[string]int64{}}
	s.fork("a")
	s.wg.Wait()
	return len(s.size)
}

// flight: own result
type flight struct {
	done chan struct{}
	tags map[string]string
}
type Flights struct {
	mu sync.Mutex
	m  map[string]*flight
}

func (f *Flights) Get(k string) map[string]string {
	f.mu.Lock()
	fl := f.m[k]
	if fl == nil {
		fl = &flight{done: make(chan struct{})}
		f.m[k] = fl
		go func() {
			defer close(fl.done)
			tags := map[string]string{}
			tags[k] = "x"
			fl.tags = tags
			fl.tags["y"] = k
		}()
	}
	f.mu.Unlock()
	<-fl.done
	return fl.tags
}

func (f *Flights) Warm(ks []string) {
	var wg sync.WaitGroup
	for _, k := range ks {
		wg.Go(func() { f.Get(k) })
	}
	wg.Wait()
}

type room struct {
	in      chan string
	members map[string]bool
}
type Rooms struct {
	mu sync.Mutex
	m  map[string]*room
}

func (r *Rooms) Enter(name, who string) {
	r.mu.Lock()
	ro, ok := r.m[name]
	if !ok {
		ro = &room{in: make(chan string), members: map[string]bool{}}
		r.m[name] = ro
		go ro.loop()
	}
	r.mu.Unlock()
	ro.in <- who
}
func (ro *room) loop() {
	for w := range ro.in {
		ro.members[w] = true
	}
}
