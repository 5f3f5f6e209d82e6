package readers

import "sync"

// One who changes the map takes one token, as those who read it do: they meet.
type names struct {
	slot   chan struct{}
	change sync.Mutex
	byID   map[int]string
}

func newNames() *names {
	return &names{slot: make(chan struct{}, slots), byID: make(map[int]string)}
}

func (n *names) Find(id int) string {
	n.slot <- struct{}{}
	defer func() { <-n.slot }()
	return n.byID[id] // want "read of n.byID without n.change"
}

func (n *names) Put(id int, name string) {
	n.slot <- struct{}{}
	defer func() { <-n.slot }()
	n.change.Lock()
	defer n.change.Unlock()
	n.byID[id] = name
}

func (n *names) Drop(id int) {
	n.change.Lock()
	defer n.change.Unlock()
	delete(n.byID, id)
}
