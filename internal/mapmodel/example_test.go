package mapmodel_test

import (
	"fmt"
	"go/types"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
)

// Example prices a missing hint.
func Example() {
	key, elem := types.Typ[types.String], types.Typ[types.Int]
	l, ok := mapmodel.New(key, elem, types.SizesFor("gc", "amd64"))
	if !ok {
		return // a type parameter decides the layout: say nothing about cost
	}
	fmt.Println(l.HintPrice(100, 10_000))
	// Output:
	// 100 entries: 6.8 KiB in 11 allocations instead of 3.5 KiB in 4; 10 000 entries: 853 KiB in 81 allocations instead of 427 KiB in 34
}
