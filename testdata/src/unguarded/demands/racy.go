// Package demands has functions whose documentation tells who holds the lock.
package demands

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// A kennel feeds dogs and forgets those that have left.
type kennel struct {
	lock  sync.Mutex
	dogs  map[string]*dog
	fed   int
	stays time.Duration
}

type dog struct {
	name string
	left *time.Timer
}

func (k *kennel) Feed(name string) {
	k.lock.Lock()
	defer k.lock.Unlock()
	d, ok := k.dogs[name]
	if !ok {
		d = &dog{name: name}
		k.dogs[name] = d
	}
	k.fed++
	d.left = time.AfterFunc(k.stays, func() {
		k.drop(d) // want "k.drop writes k.dogs without k.lock, which its callers have to hold"
	})
}

// drop forgets a dog. The caller holds the lock.
func (k *kennel) drop(d *dog) {
	if k.dogs[d.name] == d {
		delete(k.dogs, d.name)
	}
}

func (k *kennel) Fetch(name string) bool {
	k.lock.Lock()
	defer k.lock.Unlock()
	d, ok := k.dogs[name]
	if ok {
		k.drop(d)
	}
	return ok
}

// A flock is counted aloud while it grows.
type flock struct {
	mu    sync.Mutex
	sheep map[string]int
}

// each visits the sheep. f.mu is held.
func (f *flock) each(visit func(string, int)) {
	for name, n := range f.sheep {
		visit(name, n)
	}
}

func (f *flock) Add(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sheep[name] < 100 {
		f.sheep[name]++
	}
}

func (f *flock) Names() (list []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.each(func(name string, _ int) { list = append(list, name) })
	return list
}

func (f *flock) total() (sum int) {
	f.each(func(_ string, n int) { sum += n }) // want "f.each reads f.sheep without f.mu, which its callers have to hold"
	return sum
}

func (f *flock) Call(every time.Duration, quit <-chan struct{}) {
	go func() {
		for {
			select {
			case <-quit:
				return
			case <-time.After(every):
				fmt.Println(f.total())
			}
		}
	}()
}

// A stable hands its map out from under the lock.
type stable struct {
	mu     sync.Mutex
	horses map[string]int
}

func (s *stable) bring(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.horses[name]++
}

func (s *stable) all() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.horses // want "s.horses is returned and then used without s.mu"
}

func (s *stable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name := r.FormValue("bring"); name != "" {
		s.bring(name)
	}
	horses := s.all()
	for name, n := range horses {
		fmt.Fprintln(w, name, n)
	}
	fmt.Fprintln(w, len(horses))
}
