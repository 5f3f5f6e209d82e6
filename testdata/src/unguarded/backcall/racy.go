// Package backcall has wrappers whose methods lead to themselves, by an interface.
package backcall

import (
	"io"
	"sync"
)

type Desk struct {
	sync.RWMutex
	openMu sync.Mutex
	next   int
	open   map[int]*sheet
}

type sheet struct {
	io.Closer
	id int
	d  *Desk
}

func (d *Desk) Wrap(c io.Closer) io.Closer {
	d.openMu.Lock()
	defer d.openMu.Unlock()
	d.next++
	s := &sheet{Closer: c, id: d.next, d: d}
	d.open[d.next] = s
	return s
}

func (d *Desk) Clear() {
	d.openMu.Lock()
	defer d.openMu.Unlock()
	for _, s := range d.open {
		s.drop()
	}
}

func (s *sheet) drop() error {
	delete(s.d.open, s.id) // want "write to s.d.open without s.d.openMu"
	return s.Closer.Close()
}

// Close takes the wrong one of the locks.
func (s *sheet) Close() error {
	s.d.Lock()
	defer s.d.Unlock()
	return s.drop()
}
