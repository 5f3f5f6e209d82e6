package flow

import (
	"log"
	"runtime"
	"sync"
)

// TryOrGiveUp returns where it did not get the lock.
func (q *Queue) TryOrGiveUp(j job) bool {
	if !q.mu.TryLock() {
		return false
	}
	defer q.mu.Unlock()
	q.running[j.id] = j
	return true
}

// TryKeeps keeps the result in a variable.
func (q *Queue) TryKeeps(j job) bool {
	ok := q.mu.TryLock()
	if ok {
		q.running[j.id] = j
		q.mu.Unlock()
	}
	return ok
}

// TryThenWait locks where trying was in vain.
func (q *Queue) TryThenWait(id int) {
	if !q.mu.TryLock() {
		log.Println("busy")
		q.mu.Lock()
	}
	delete(q.running, id)
	q.mu.Unlock()
}

// Spins until it has the lock.
func (q *Queue) Spins(id int) job {
	for !q.mu.TryLock() {
		runtime.Gosched()
	}
	defer q.mu.Unlock()
	return q.running[id]
}

// TryBoth has the lock where both sides of && hold.
func (q *Queue) TryBoth(j job) {
	if j.cost < 10 && q.mu.TryLock() {
		q.running[j.id] = j
		q.mu.Unlock()
	}
}

// visit is called with and without the lock, and told which.
func (q *Queue) visit(id int, lock bool) job {
	if lock {
		q.mu.Lock()
		defer q.mu.Unlock()
	}
	return q.running[id]
}

func (q *Queue) Visit(id int) job { return q.visit(id, true) }

func (q *Queue) Swap(a, b int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running[a], q.running[b] = q.visit(b, false), q.visit(a, false)
}

// Once may unlock before it returns, but not before it is done with the map.
func (q *Queue) Once(j job) {
	q.mu.Lock()
	unlock := sync.OnceFunc(q.mu.Unlock)
	defer unlock()
	if _, ok := q.running[j.id]; ok {
		return
	}
	q.running[j.id] = j
	unlock()
	j.run()
}

// check locks where its caller has not, and unlocks by the same condition.
func (q *Queue) check(id int, locked bool) bool {
	if !locked {
		q.mu.Lock()
	}
	_, ok := q.running[id]
	if !locked {
		q.mu.Unlock()
	}
	return ok
}

// CheckAndRun still holds the lock after the check.
func (q *Queue) CheckAndRun(j job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.check(j.id, true) {
		q.running[j.id] = j
	}
}
