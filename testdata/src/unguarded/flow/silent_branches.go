package flow

import (
	"log"
	"os"
	"runtime"
)

// Put returns where it has unlocked early.
func (q *Queue) Put(j job) error {
	q.mu.Lock()
	if len(q.waiting) >= q.max {
		q.mu.Unlock()
		return errFull
	}
	q.waiting[j.id] = j
	q.mu.Unlock()
	q.changed.Broadcast()
	return nil
}

// Slow lets go of the lock for a slow call and takes it again.
func (q *Queue) Slow(id int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.waiting[id]
	delete(q.waiting, id)
	q.mu.Unlock()
	j.run()
	q.mu.Lock()
	q.done[id] = j
}

// Sometimes does so on one side, which ends with the lock like the other.
func (q *Queue) Sometimes(id int) {
	q.mu.Lock()
	if j := q.waiting[id]; j.slow {
		q.mu.Unlock()
		j.run()
		q.mu.Lock()
	}
	delete(q.waiting, id)
	q.mu.Unlock()
}

// Panics does not come back from the branch that unlocked.
func (q *Queue) Panics(j job) {
	q.mu.Lock()
	if _, twice := q.waiting[j.id]; twice {
		q.mu.Unlock()
		panic("job queued twice")
	}
	q.waiting[j.id] = j
	q.mu.Unlock()
}

// Exits does not come back either, in three other ways.
func (q *Queue) Exits(j job) {
	q.mu.Lock()
	switch {
	case j.id < 0:
		q.mu.Unlock()
		log.Fatalf("job %d", j.id)
	case j.cost < 0:
		q.mu.Unlock()
		os.Exit(2)
	case j.slow:
		q.mu.Unlock()
		runtime.Goexit()
	}
	q.waiting[j.id] = j
	q.mu.Unlock()
}

// EachCase locks in each case, the last one in the default.
func (q *Queue) EachCase(j job) {
	switch {
	case j.slow:
		q.mu.Lock()
		q.changed.Signal()
	case j.cost == 0:
		j.run()
		q.mu.Lock()
	default:
		q.mu.Lock()
	}
	q.waiting[j.id] = j
	q.mu.Unlock()
}

// AllCases unlocks in all cases, and touches nothing afterwards.
func (q *Queue) AllCases(j job) {
	q.mu.Lock()
	switch old, ok := q.waiting[j.id]; {
	case !ok:
		q.waiting[j.id] = j
		q.mu.Unlock()
	case old.slow:
		delete(q.waiting, j.id)
		q.mu.Unlock()
		old.run()
	default:
		q.mu.Unlock()
	}
	j.run()
}

// Pump locks in those cases of a select that touch the map.
func (q *Queue) Pump(in <-chan job, tick <-chan int) {
	for {
		select {
		case j, ok := <-in:
			if !ok {
				return
			}
			q.mu.Lock()
			q.running[j.id] = j
			q.mu.Unlock()
		case id := <-tick:
			q.mu.Lock()
			delete(q.running, id)
			q.mu.Unlock()
		}
	}
}
