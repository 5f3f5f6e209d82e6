package flow

import "log"

// PutAll locks in each round.
func (q *Queue) PutAll(jobs []job) (queued int) {
	for _, j := range jobs {
		q.mu.Lock()
		if _, ok := q.failed[j.id]; ok {
			q.mu.Unlock()
			continue
		}
		q.failed[j.id] = j
		q.mu.Unlock()
		queued++
	}
	return queued
}

// Relock ends each round with the lock that it began with.
func (q *Queue) Relock(jobs []job) {
	q.mu.Lock()
	for _, j := range jobs {
		q.failed[j.id] = j
		if j.slow {
			q.mu.Unlock()
			j.run()
			q.mu.Lock()
			continue
		}
		log.Println("failed", j.id)
	}
	q.mu.Unlock()
}

// Range lets go of the lock in each round, never between two.
func (q *Queue) Range() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, j := range q.failed {
		q.mu.Unlock()
		j.run()
		q.mu.Lock()
		delete(q.failed, id)
	}
}

// Await is woken with the lock.
func (q *Queue) Await(id int) job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if j, ok := q.failed[id]; ok {
			delete(q.failed, id)
			return j
		}
		q.changed.Wait()
	}
}

// Until unlocks on the way out of an endless loop.
func (q *Queue) Until(id int) {
	for {
		q.mu.Lock()
		j, ok := q.failed[id]
		if !ok {
			q.mu.Unlock()
			break
		}
		delete(q.failed, id)
		q.mu.Unlock()
		j.run()
	}
	log.Println("none left")
}

// Jump goes back to where it locks.
func (q *Queue) Jump(id int) {
	tries := 0
again:
	q.mu.Lock()
	j, ok := q.failed[id]
	if !ok && tries < 3 {
		q.mu.Unlock()
		tries++
		goto again
	}
	delete(q.failed, id)
	q.mu.Unlock()
	j.run()
}

// Labels leaves both loops with the lock.
func (q *Queue) Labels(batches [][]job) {
	q.mu.Lock()
	defer q.mu.Unlock()
search:
	for _, b := range batches {
		for _, j := range b {
			switch {
			case j.slow:
				continue search
			case j.cost < 0:
				break search
			}
			q.failed[j.id] = j
		}
	}
	clear(q.failed)
}

// Later registers its deferred call behind that of the lock, so that it runs
// before it.
func (q *Queue) Later(j job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer delete(q.done, j.id)
	defer func() {
		log.Println(len(q.done), "done")
	}()
	q.done[j.id] = j
}

// Own has a deferred call that locks for itself.
func (q *Queue) Own(j job) {
	q.mu.Lock()
	q.done[j.id] = j
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.done, j.id)
	}()
	j.run()
}

// Both unlocks and does something else in its deferred literal.
func (q *Queue) Both(j job) {
	q.mu.Lock()
	defer func() {
		delete(q.done, j.id)
		q.mu.Unlock()
		q.changed.Broadcast()
	}()
	q.done[j.id] = j
}

// Recovers takes the lock after the panic.
func (q *Queue) Recovers(j job) {
	defer func() {
		if err := recover(); err != nil {
			q.mu.Lock()
			q.done[j.id] = job{}
			q.mu.Unlock()
		}
	}()
	j.run()
}

// Literals has short names for what it does under the lock.
func (q *Queue) Literals(jobs []job) {
	lock, unlock := func() { q.mu.Lock() }, func() { q.mu.Unlock() }
	set := func(j job) { q.done[j.id] = j }
	lock()
	for _, j := range jobs {
		set(j)
	}
	unlock()
}

// Value unlocks through a method value.
func (q *Queue) Value(id int) job {
	unlock := q.mu.Unlock
	q.mu.Lock()
	defer unlock()
	return q.done[id]
}
