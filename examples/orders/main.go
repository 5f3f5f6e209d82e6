// Orders prints what the customers of a shop bought. It is ordinary code
// with the habits that mapvet finds, and make demo runs mapvet over it.
package main

import (
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
)

type Customer struct {
	ID      int
	Name    string
	Country string
}

type Order struct {
	ID       int
	Customer int
	Month    int // 0 is January
	Cents    int64
	Paid     bool
}

// An Account is what one customer bought.
type Account struct {
	Orders  int
	Cents   int64
	ByMonth [12]int64
	Name    string
	Country string
}

func main() {
	customers, orders := generate(1000)
	byID := index(customers)
	accounts := total(orders, byID)
	var ledger Ledger
	ledger.Load(orders)
	ledger.Settle()

	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for country, list := range byCountry(customers) {
		var cents int64
		for _, c := range list {
			cents += accounts[c.ID].Cents
		}
		fmt.Fprintf(w, "%s\t%d customers\t%d.%02d\n", country, len(list), cents/100, cents%100)
	}
	fmt.Fprintf(w, "open\t%d orders\n", ledger.Open())
	if err := w.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "orders:", err)
		os.Exit(1)
	}
}

// index returns the customers by their IDs.
func index(customers []Customer) map[int]Customer {
	byID := make(map[int]Customer)
	for _, c := range customers {
		byID[c.ID] = c
	}
	return byID
}

// total returns what each customer bought.
func total(orders []Order, byID map[int]Customer) map[int]Account {
	accounts := make(map[int]Account)
	for _, o := range orders {
		a := accounts[o.Customer]
		a.Name = byID[o.Customer].Name
		a.Country = byID[o.Customer].Country
		a.Orders++
		a.Cents += o.Cents
		a.ByMonth[o.Month] += o.Cents
		accounts[o.Customer] = a
	}
	return accounts
}

// byCountry returns the customers of each country. There are far fewer
// countries than customers: a size taken from the customers would be wrong,
// and mapvet says nothing.
func byCountry(customers []Customer) map[string][]Customer {
	countries := make(map[string][]Customer)
	for _, c := range customers {
		countries[c.Country] = append(countries[c.Country], c)
	}
	return countries
}

// generate returns n customers, each with three orders.
func generate(n int) ([]Customer, []Order) {
	countries := []string{"at", "br", "ca", "de", "fr", "jp", "ke", "us"}
	var customers []Customer
	var orders []Order
	for i := range n {
		customers = append(customers, Customer{ID: i, Name: fmt.Sprintf("customer %d", i), Country: countries[i%len(countries)]})
		for j := range 3 {
			orders = append(orders, Order{ID: 3*i + j, Customer: i, Month: (i + j) % 12, Cents: int64(100 * (j + 1)), Paid: (i+j)%100 != 0})
		}
	}
	slices.Reverse(orders)
	return customers, orders
}
