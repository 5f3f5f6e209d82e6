// Package collector has an owner that stops all that refer to it.
package collector

import "sync"

// Engine stops all workers to collect.
type Engine struct {
	gate    sync.RWMutex
	workers []*Worker
}

// Worker is used by one goroutine.
type Worker struct {
	e     *Engine
	stats map[string]int
}

func (e *Engine) Worker() *Worker {
	w := &Worker{e: e, stats: map[string]int{}}
	e.gate.Lock()
	e.workers = append(e.workers, w)
	e.gate.Unlock()
	return w
}

func (w *Worker) Count(k string) {
	w.e.gate.RLock()
	w.stats[k]++
	w.e.gate.RUnlock()
}

func (e *Engine) Collect() map[string]int {
	e.gate.Lock()
	defer e.gate.Unlock()
	sum := map[string]int{}
	for _, w := range e.workers {
		for k, n := range w.stats {
			sum[k] += n
		}
		clear(w.stats)
	}
	return sum
}
