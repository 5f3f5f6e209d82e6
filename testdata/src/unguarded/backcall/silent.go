package backcall

import (
	"io"
	"sync"
)

type Rack struct {
	sync.RWMutex
	openMu sync.Mutex
	next   int
	open   map[int]*plate
}

type plate struct {
	io.Closer
	id int
	d  *Rack
}

func (d *Rack) Wrap(c io.Closer) io.Closer {
	d.openMu.Lock()
	defer d.openMu.Unlock()
	d.next++
	s := &plate{Closer: c, id: d.next, d: d}
	d.open[d.next] = s
	return s
}

func (d *Rack) Clear() {
	d.openMu.Lock()
	defer d.openMu.Unlock()
	for _, s := range d.open {
		s.drop()
	}
}

func (s *plate) drop() error {
	delete(s.d.open, s.id)
	return s.Closer.Close()
}

// Close takes the lock of the map.
func (s *plate) Close() error {
	s.d.openMu.Lock()
	defer s.d.openMu.Unlock()
	return s.drop()
}
