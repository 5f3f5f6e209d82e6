// Package named has functions whose names ask for the lock.
package named

import "sync"

type Jobs struct {
	mu    sync.Mutex
	live  map[int]string
	notes map[int][]string
}

func (j *Jobs) Start(id int, s string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.live[id] = s
	j.noteLocked(id, s)
}

func (j *Jobs) End(id int) {
	j.mu.Lock()
	delete(j.live, id)
	j.mu.Unlock()
	j.noteLocked(id, "") // want "j.noteLocked writes j.notes without j.mu, which has been released before"
}

func (j *Jobs) noteLocked(id int, s string) {
	if s == "" {
		delete(j.notes, id)
		return
	}
	j.notes[id] = append(j.notes[id], s)
}
