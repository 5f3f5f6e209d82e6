package finding

import (
	"go/token"
	"strings"
	"testing"
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
