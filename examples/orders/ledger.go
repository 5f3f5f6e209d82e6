package main

// A Ledger holds the orders that are not paid yet. It lives as long as the
// shop is open.
type Ledger struct {
	open map[int]Order
}

// Load takes in the orders of the past year.
func (l *Ledger) Load(orders []Order) {
	l.open = make(map[int]Order, len(orders))
	for _, o := range orders {
		l.open[o.ID] = o
	}
}

// Settle strikes out what is paid: nearly all of it.
func (l *Ledger) Settle() {
	for id, o := range l.open {
		if o.Paid {
			delete(l.open, id)
		}
	}
}

// Open returns the number of orders to be paid.
func (l *Ledger) Open() int { return len(l.open) }
