// Package use reads what is full.
package use

import (
	"sync"

	"unguarded/basket"
)

func Fill(names []string) map[string]int {
	b := new(basket.Basket)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() { b.Add(n, 1) })
	}
	wg.Wait()
	return total(b)
}

func total(b *basket.Basket) map[string]int {
	sum := map[string]int{}
	for k, n := range b.Items {
		sum[k] = n
	}
	if len(b.Notes) > 0 {
		b.Notes["sum"] = "done"
	}
	return sum
}

func Last(s *basket.Shared) int { return s.Items["last"] } // want "read of s.Items without s.Mu"
