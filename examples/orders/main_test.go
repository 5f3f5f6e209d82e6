package main

import "testing"

func TestTotal(t *testing.T) {
	customers, orders := generate(20)
	accounts := total(orders, index(customers))
	if len(accounts) != len(customers) {
		t.Fatalf("%d accounts for %d customers", len(accounts), len(customers))
	}
	for id, a := range accounts {
		if a.Name != customers[id].Name || a.Orders != 3 || a.Cents != 600 {
			t.Errorf("account %d is %+v, want 3 orders of %s for 600 cents", id, a, customers[id].Name)
		}
	}
	if n := len(byCountry(customers)); n != 8 {
		t.Errorf("%d countries, want 8", n)
	}
}

func TestLedger(t *testing.T) {
	_, orders := generate(200)
	var l Ledger
	l.Load(orders)
	l.Settle()
	if l.Open() != 6 {
		t.Errorf("%d orders are open, want 6", l.Open())
	}
}

func BenchmarkIndex(b *testing.B) {
	customers, _ := generate(1000)
	b.ReportAllocs()
	for b.Loop() {
		index(customers)
	}
}
