// Package flow loses its lock on some of the ways through a function.
package flow

import (
	"errors"
	"log"
	"maps"
	"sync"
)

var errFull = errors.New("full")

type job struct {
	id   int
	slow bool
	cost int
}

func (j job) run() { log.Println("job", j.id) }

// Queue has enough accesses under its lock to leave no doubt. Those of the
// other files are its outliers, one map for each file.
type Queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	max     int

	waiting, running, failed, done map[int]job
}

func NewQueue(max int) *Queue {
	q := &Queue{max: max}
	q.changed = sync.NewCond(&q.mu)
	q.waiting = make(map[int]job)
	q.running = make(map[int]job)
	q.failed = make(map[int]job)
	q.done = make(map[int]job)
	return q
}

func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) + len(q.running) + len(q.failed) + len(q.done)
}

func (q *Queue) Load(id int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting[id] = job{id: id}
	q.running[id] = job{id: id}
	q.failed[id] = job{id: id}
	q.done[id] = job{id: id}
}

func (q *Queue) Find(id int) (job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if j, ok := q.waiting[id]; ok {
		return j, nil
	}
	if j, ok := q.running[id]; ok {
		return j, nil
	}
	if j, ok := q.failed[id]; ok {
		return j, nil
	}
	if j, ok := q.done[id]; ok {
		return j, nil
	}
	return job{}, errors.New("no such job")
}

func (q *Queue) Remove(id int) {
	q.mu.Lock()
	delete(q.waiting, id)
	delete(q.running, id)
	delete(q.failed, id)
	delete(q.done, id)
	q.mu.Unlock()
}

func (q *Queue) Cost() (sum int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range q.waiting {
		sum += j.cost
	}
	for _, j := range q.running {
		sum += j.cost
	}
	for _, j := range q.failed {
		sum += j.cost
	}
	for _, j := range q.done {
		sum += j.cost
	}
	return sum
}

func (q *Queue) All() map[int]job {
	all := make(map[int]job)
	q.mu.Lock()
	defer q.mu.Unlock()
	maps.Copy(all, q.waiting)
	maps.Copy(all, q.running)
	maps.Copy(all, q.failed)
	maps.Copy(all, q.done)
	return all
}

func (q *Queue) Reset() {
	q.mu.Lock()
	clear(q.waiting)
	clear(q.running)
	clear(q.failed)
	clear(q.done)
	q.mu.Unlock()
	q.changed.Broadcast()
}
