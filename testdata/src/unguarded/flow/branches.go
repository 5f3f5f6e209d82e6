package flow

import "log"

// AfterBranch unlocks on one side and goes on with both.
func (q *Queue) AfterBranch(j job) {
	q.mu.Lock()
	full := len(q.waiting) >= q.max
	if full {
		q.mu.Unlock()
		log.Println("full, running now")
		j.run()
	} else {
		q.waiting[j.id] = j
		q.mu.Unlock()
	}
	if full {
		delete(q.waiting, j.id) // want `^write to q\.waiting without q\.mu, which guards it at .*\[unguarded/likely\]$`
	}
}

// OneSide unlocks in one branch only, and locks again too late.
func (q *Queue) OneSide(j job) {
	q.mu.Lock()
	if j.slow {
		q.mu.Unlock()
		j.run()
	}
	q.waiting[j.id] = j // want `^write to q\.waiting without q\.mu, .*\[unguarded/likely\]$`
	if j.slow {
		q.mu.Lock()
	}
	q.mu.Unlock()
}

// AtTheEnd has one more thing to do.
func (q *Queue) AtTheEnd(id int) int {
	q.mu.Lock()
	j := q.waiting[id]
	q.mu.Unlock()
	j.run()
	return len(q.waiting) // want `^read of q\.waiting without q\.mu, .*\[unguarded/likely\]$`
}

// Gap looks while it has let go of the lock for a slow call.
func (q *Queue) Gap(id int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.waiting[id]
	q.mu.Unlock()
	j.run()
	if _, again := q.waiting[id]; again { // want `^read of q\.waiting without q\.mu, .*\[unguarded/likely\]$`
		j.run()
	}
	q.mu.Lock()
	delete(q.waiting, id)
}

// Case unlocks in one case of a switch.
func (q *Queue) Case(j job) {
	q.mu.Lock()
	switch {
	case j.cost > 100:
		q.mu.Unlock()
		log.Println("expensive")
	case j.cost > 10:
		q.waiting[j.id] = j
		q.mu.Unlock()
	default:
		j.cost++
		q.mu.Unlock()
	}
	q.waiting[-j.id] = j // want `^write to q\.waiting without q\.mu, .*\[unguarded/likely\]$`
}

// Falls through to a case that relies on the lock.
func (q *Queue) Falls(j job) {
	q.mu.Lock()
	switch {
	case j.slow:
		q.mu.Unlock()
		j.run()
		fallthrough
	case j.cost == 0:
		delete(q.waiting, j.id) // want `^write to q\.waiting without q\.mu, .*\[unguarded/likely\]$`
		if !j.slow {
			q.mu.Unlock()
		}
	default:
		q.mu.Unlock()
	}
}
