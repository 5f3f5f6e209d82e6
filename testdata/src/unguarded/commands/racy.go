package commands

type Shop struct {
	stock  map[string]int
	orders chan func()
}

func NewShop() *Shop {
	s := &Shop{stock: map[string]int{}, orders: make(chan func())}
	go s.keep()
	return s
}

func (s *Shop) keep() {
	for o := range s.orders {
		o()
		if len(s.stock) > 100 {
			s.stock = map[string]int{} // want "write to s.stock in the goroutine started at"
		}
	}
}

func (s *Shop) Order(k string) {
	s.orders <- func() { s.stock[k]-- }
}

// Peek does not ask the owner.
func (s *Shop) Peek(k string) int { return s.stock[k] }

// Return writes beside the owner.
func (s *Shop) Return(k string) {
	s.stock[k]++ // want "write to s.stock with no lock held: the goroutine started at"
}
