package collector

import "sync"

type world struct {
	sync.RWMutex
	shards [8]shard
}
type shard struct{ counts map[string]int }

type Recorder struct {
	w     *world
	local map[string]int
	seq   int
}

func (r *Recorder) Hit(k string) {
	r.w.RLock()
	defer r.w.RUnlock()
	r.local[k]++
	r.seq++
}

func (r *Recorder) Forget(k string) {
	r.w.RLock()
	defer r.w.RUnlock()
	delete(r.local, k)
}

func (w *world) drain(all []*Recorder) (n int) {
	w.Lock()
	defer w.Unlock()
	for _, r := range all {
		n += len(r.local)
		r.local = map[string]int{}
	}
	return n
}

func Drain(w *world, all []*Recorder) int { return w.drain(all) }
