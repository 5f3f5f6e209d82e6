package shop

// ByCustomer returns the orders of each customer. Nobody knows how many customers
// there are, so the map gets no size.
func ByCustomer(orders []Order) map[string][]Order {
	lists := make(map[string][]Order)
	for _, o := range orders {
		lists[o.Customer] = append(lists[o.Customer], o)
	}
	return lists
}
