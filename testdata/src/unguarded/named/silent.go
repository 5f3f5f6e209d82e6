package named

import "sync"

type Tasks struct {
	mu    sync.Mutex
	live  map[int]string
	notes map[int]string
}

func (t *Tasks) Start(id int, s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noteLocked(id, s)
}

// End takes the lock again.
func (t *Tasks) End(id int) {
	t.mu.Lock()
	delete(t.live, id)
	t.mu.Unlock()
	t.mu.Lock()
	t.noteLocked(id, "")
	t.mu.Unlock()
}

func (t *Tasks) noteLocked(id int, s string) { t.notes[id] = s }

// Build fills what nobody knows yet.
func Build() *Tasks {
	t := &Tasks{live: map[int]string{}, notes: map[int]string{}}
	t.noteLocked(0, "first")
	return t
}

// Depot has two locks: a name that asks for the lock may mean either.
type Depot struct {
	stock   sync.Mutex
	orders  sync.Mutex
	shelves map[string]int
	where   map[int]string
	open    map[int]bool
}

func (d *Depot) Order(id int) {
	d.orders.Lock()
	defer d.orders.Unlock()
	d.open[id] = true
}

func (d *Depot) Swap(id int, shelf string) {
	d.stock.Lock()
	defer d.stock.Unlock()
	d.orders.Lock()
	busy := d.open[id]
	if busy {
		d.placeLocked(id, shelf)
		d.orders.Unlock()
		return
	}
	d.orders.Unlock()
	d.placeLocked(id, shelf)
}

func (d *Depot) placeLocked(id int, shelf string) {
	d.shelves[shelf]++
	d.where[id] = shelf
}
