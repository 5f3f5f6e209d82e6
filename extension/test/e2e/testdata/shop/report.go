package shop

// Totals returns what each order comes to, and the customers.
func Totals(orders []Order) (map[string]int64, map[string]string) {
	cents := make(map[string]int64)
	for _, o := range orders {
		cents[o.ID] = o.Cents
	}
	customers := map[string]string{}
	for _, o := range orders {
		customers[o.ID] = o.Customer
	}
	return cents, customers
}
