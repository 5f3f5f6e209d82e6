package flow

// Deferred calls run in reverse order: the first to be deferred finds the
// lock released.
func (q *Queue) Deferred(j job) {
	defer func() {
		delete(q.done, j.id) // want `^write to q\.done without q\.mu, .*\[unguarded/likely\]$`
	}()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.done[j.id] = j
	j.run()
}

// DeferredDelete runs after the lock has been released.
func (q *Queue) DeferredDelete(j job) {
	q.mu.Lock()
	q.done[j.id] = j
	defer delete(q.done, j.id) // want `^write to q\.done without q\.mu, .*\[unguarded/likely\]$`
	q.mu.Unlock()
	j.run()
}

// Inner locks in a literal of its own, which ends before the map is read.
func (q *Queue) Inner(j job) int {
	func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.done[j.id] = j
	}()
	return len(q.done) // want `^read of q\.done without q\.mu, .*\[unguarded/likely\]$`
}

// Literal unlocks in a literal that is called at once.
func (q *Queue) Literal(j job) {
	done := func() {
		q.mu.Unlock()
		j.run()
	}
	q.mu.Lock()
	q.done[j.id] = j
	done()
	delete(q.done, j.id) // want `^write to q\.done without q\.mu, .*\[unguarded/likely\]$`
}

// Recovered goes on after a panic, by when the deferred unlock has run.
func (q *Queue) Recovered(j job) {
	defer func() {
		if recover() != nil {
			q.done[j.id] = job{} // want `^write to q\.done without q\.mu, .*\[unguarded/likely\]$`
		}
	}()
	q.mu.Lock()
	defer q.mu.Unlock()
	j.run()
}

// Early returns hold the lock, the last one does not.
func (q *Queue) Early(id int) bool {
	q.mu.Lock()
	if j := q.done[id]; j.slow {
		q.mu.Unlock()
		return true
	} else if j.cost == 0 {
		q.mu.Unlock()
		return false
	}
	q.mu.Unlock()
	return q.done[id].cost > 1 // want `^read of q\.done without q\.mu, .*\[unguarded/likely\]$`
}
