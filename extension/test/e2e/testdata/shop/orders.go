package shop

type Order struct {
	ID       string
	Customer string
	Cents    int64
}

// Index returns the positions of orders by their IDs.
func Index(orders []Order) map[string]int {
	byID := make(map[string]int)
	for i, o := range orders {
		byID[o.ID] = i
	}
	return byID
}
