package flow

import "log"

// Select unlocks before it waits, and one of its cases forgets that.
func (q *Queue) Select(in <-chan job, stop <-chan struct{}) {
	q.mu.Lock()
	n := len(q.running)
	q.mu.Unlock()
	for ; n < q.max; n++ {
		select {
		case j := <-in:
			q.mu.Lock()
			q.running[j.id] = j
			q.mu.Unlock()
		case <-stop:
			for id, j := range q.running { // want `^read of q\.running without q\.mu, .*\[unguarded/likely\]$`
				log.Println("left", id, j.cost)
			}
			return
		}
	}
}

// Try does not look at the result.
func (q *Queue) Try(j job) {
	q.mu.TryLock()
	q.running[j.id] = j // want `^write to q\.running without q\.mu, .*\[unguarded/likely\]$`
	q.mu.Unlock()
}

// TryElse uses the map where it did not get the lock.
func (q *Queue) TryElse(j job) bool {
	if q.mu.TryLock() {
		q.running[j.id] = j
		q.mu.Unlock()
		return true
	}
	_, ok := q.running[j.id] // want `^read of q\.running without q\.mu, .*\[unguarded/likely\]$`
	return ok
}

// TryLog logs that it did not get the lock, and goes on.
func (q *Queue) TryLog(id int) {
	ok := q.mu.TryLock()
	if !ok {
		log.Println("busy")
	}
	delete(q.running, id) // want `^write to q\.running without q\.mu, .*\[unguarded/likely\]$`
	if ok {
		q.mu.Unlock()
	}
}
