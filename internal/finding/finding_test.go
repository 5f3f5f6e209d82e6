package finding

import (
	"go/token"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers"
)

func TestSort(t *testing.T) {
	at := func(file string, line, column int, message, pkg string) Finding {
		return Finding{Message: message, Package: pkg, Pos: token.Position{Filename: file, Line: line, Column: column}}
	}
	list := Sort([]Finding{
		at("b.go", 1, 1, "6", "p"),
		at("a.go", 10, 1, "5", "p"),
		at("a.go", 9, 2, "4", "p"),
		at("a.go", 9, 2, "3", "p"),
		at("a.go", 9, 1, "2", "q"),
		at("a.go", 9, 2, "4", "q"), // the same in another variant
		at("a.go", 9, 1, "1", "p"),
	})
	var got strings.Builder
	for _, f := range list {
		got.WriteString(f.Message)
	}
	if got.String() != "123456" {
		t.Errorf("order %s", got.String())
	}
}

func TestSortTakesVariantsTogether(t *testing.T) {
	both, one := Fix{Message: "both"}, Fix{Message: "one"}
	place := Related{Message: "place"}
	list := Sort([]Finding{
		{Message: "m", Package: "p", Level: analyzers.Certain, Fixes: []Fix{one, both}, Related: []Related{place}},
		{Message: "m", Package: "p", Level: analyzers.Likely, Fixes: []Fix{both}, Related: []Related{place, {Message: "test"}}},
	})
	if len(list) != 1 {
		t.Fatalf("%d findings, want one: %v", len(list), list)
	}
	f := list[0]
	if f.Level != analyzers.Likely || len(f.Fixes) != 1 || f.Fixes[0].Message != "both" || len(f.Related) != 2 {
		t.Errorf("got %+v", f)
	}
}

// Findings that are kept are merged again and again.
func TestSortLeavesListsAlone(t *testing.T) {
	related := make([]Related, 1, 4)
	kept := Finding{Message: "m", Related: related}
	first := Sort([]Finding{kept, {Message: "m", Related: []Related{{Message: "first"}}}})
	Sort([]Finding{kept, {Message: "m", Related: []Related{{Message: "second"}}}})
	if got := first[0].Related[1].Message; got != "first" {
		t.Errorf("the first list has become %q", got)
	}
}
