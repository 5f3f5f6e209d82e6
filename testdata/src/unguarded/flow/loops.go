package flow

import (
	"log"
	"time"
)

// Loop holds the lock in its first round only.
func (q *Queue) Loop(jobs []job) {
	q.mu.Lock()
	for _, j := range jobs {
		q.failed[j.id] = j // want `^write to q\.failed without q\.mu, .*\[unguarded/likely\]$`
		if j.slow {
			q.mu.Unlock()
			j.run()
			continue
		}
		log.Println("queued", j.id)
	}
	q.mu.Unlock()
}

// Break leaves the loop without the lock.
func (q *Queue) Break(ids []int) {
	slow := false
	q.mu.Lock()
	for _, id := range ids {
		if q.failed[id].slow {
			slow = true
			q.mu.Unlock()
			break
		}
	}
	delete(q.failed, ids[0]) // want `^write to q\.failed without q\.mu, .*\[unguarded/likely\]$`
	if !slow {
		q.mu.Unlock()
	}
}

// Poll locks in the body; its condition stands outside.
func (q *Queue) Poll(id int) {
	for q.failed[id].slow { // want `^read of q\.failed without q\.mu, .*\[unguarded/likely\]$`
		time.Sleep(time.Millisecond)
		q.mu.Lock()
		j := q.failed[id]
		j.cost--
		q.failed[id] = j
		q.mu.Unlock()
	}
}

// Retry jumps back behind the place where it locked.
func (q *Queue) Retry(id int) {
	tries := 0
	q.mu.Lock()
again:
	j, ok := q.failed[id] // want `^read of q\.failed without q\.mu, .*\[unguarded/likely\]$`
	q.mu.Unlock()
	if !ok && tries < 3 {
		tries++
		goto again
	}
	j.run()
}

// Outer continues the outer loop from where the lock is not held.
func (q *Queue) Outer(batches [][]job) {
	q.mu.Lock()
next:
	for _, b := range batches {
		q.max += len(b)
		for _, j := range b {
			if j.cost < 0 {
				q.mu.Unlock()
				continue next
			}
			q.failed[j.id] = j // want `^write to q\.failed without q\.mu, .*\[unguarded/likely\]$`
		}
	}
	q.mu.Unlock()
}
