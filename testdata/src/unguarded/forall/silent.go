package forall

import "sync"

// Each scout has a map of its own.
type scout struct {
	name  string
	trail *trail
}

type trail struct{ steps map[string]int }

func (t *trail) step(k string) { t.steps[k]++ }

type Troop struct{ scouts []*scout }

func NewTroop(names []string) *Troop {
	t := new(Troop)
	for _, n := range names {
		own := &trail{steps: make(map[string]int)}
		t.scouts = append(t.scouts, &scout{name: n, trail: own})
	}
	return t
}

func (t *Troop) March() {
	var wg sync.WaitGroup
	for _, s := range t.scouts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.trail.step(s.name)
		}()
	}
	wg.Wait()
}

// All porters share a list with a lock.
type porter struct{ loads *loads }

type loads struct {
	mu sync.Mutex
	by map[string]int
}

func (l *loads) add(k string) {
	l.mu.Lock()
	l.by[k]++
	l.mu.Unlock()
}

func Carry(names []string) map[string]int {
	l := &loads{by: make(map[string]int)}
	var porters []*porter
	for range names {
		porters = append(porters, &porter{loads: l})
	}
	var wg sync.WaitGroup
	for i, p := range porters {
		wg.Go(func() { p.loads.add(names[i]) })
	}
	wg.Wait()
	return l.by
}

// A thresher gets another bin when its own is full.
type thresher struct{ bin *bin }

type bin struct{ grain map[string]int }

func Thresh(names []string) {
	first := &bin{grain: make(map[string]int)}
	var all []*thresher
	for range names {
		all = append(all, &thresher{bin: first})
	}
	for _, t := range all {
		t.bin = &bin{grain: make(map[string]int)}
	}
	var wg sync.WaitGroup
	for i, t := range all {
		wg.Go(func() { t.bin.grain[names[i]]++ })
	}
	wg.Wait()
}
