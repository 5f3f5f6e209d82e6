package named

import "sync"

// A Yard has two locks, and the call has neither.
type Yard struct {
	gate   sync.Mutex
	cranes sync.Mutex
	busy   map[int]string
	log    map[int]int
}

func (y *Yard) Enter(id int) {
	y.gate.Lock()
	defer y.gate.Unlock()
	y.busy[id] = "in"
	y.countLocked(id)
}

func (y *Yard) Leave(id int) {
	y.cranes.Lock()
	lifted := id > 9
	y.cranes.Unlock()
	y.gate.Lock()
	delete(y.busy, id)
	y.gate.Unlock()
	if lifted {
		y.countLocked(id) // want "y.countLocked writes y.log without y.gate, which has been released before"
	}
}

func (y *Yard) countLocked(id int) { y.log[id]++ }
