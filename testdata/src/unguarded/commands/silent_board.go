package commands

import "time"

type req struct {
	fn   func() error
	resp chan error
}

type Board struct {
	cells map[int]string
	reqs  chan req
}

func New() *Board {
	b := &Board{cells: make(map[int]string), reqs: make(chan req, 4)}
	go b.serve()
	return b
}

func (b *Board) serve() {
	tick := time.NewTicker(time.Second)
	for {
		select {
		case r := <-b.reqs:
			r.resp <- r.fn()
		case <-tick.C:
			for k := range b.cells {
				if k < 0 {
					delete(b.cells, k)
				}
			}
		}
	}
}

func (b *Board) call(fn func() error) error {
	r := req{fn, make(chan error, 1)}
	b.reqs <- r
	return <-r.resp
}

func (b *Board) Put(i int, s string) error {
	return b.call(func() error {
		b.cells[i] = s
		return nil
	})
}
func (b *Board) Len() (n int) {
	b.call(func() error { n = len(b.cells); return nil })
	return
}
