// Package told has functions whose result tells whether they have waited.
package told

import (
	"errors"
	"time"
)

type Index struct {
	ready chan struct{}
	terms map[string][]int
}

var ErrSlow = errors.New("slow")

func Build(docs []string) *Index {
	ix := &Index{ready: make(chan struct{}), terms: map[string][]int{}}
	go ix.build(docs)
	return ix
}

func (ix *Index) build(docs []string) {
	for i, d := range docs {
		ix.terms[d] = append(ix.terms[d], i)
	}
	close(ix.ready)
}

func (ix *Index) waitReady(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ix.ready:
		return true
	case <-t.C:
		return false
	}
}

func (ix *Index) Find(t string) ([]int, error) {
	if !ix.waitReady(time.Second) {
		return nil, ErrSlow
	}
	return ix.terms[t], nil
}

func (ix *Index) Size() int {
	if ix.waitReady(time.Millisecond) {
		return len(ix.terms)
	}
	return -1
}
