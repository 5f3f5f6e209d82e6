package escape

import (
	"go/ast"
	"go/constant"
)

// A Hint is what is known of the capacity hint of a make, or the number of
// elements of a map literal, which is a hint too.
type Hint int

// The hints. A map has room for eight entries in one group.
const (
	HintNone    Hint = iota // no hint, or none that matters: at most 8
	HintLarge               // more than 8: room for all entries is allocated at once
	HintUnknown             // not a constant
)

// groupSlots is the number of entries for which a map that stays on the stack
// has room there (internal/abi/map.go, MapGroupSlots; walkMakeMap in
// cmd/compile/internal/walk/builtin.go).
const groupSlots = 8

func (c *collector) hint(call *ast.CallExpr) (Hint, int64) {
	if len(call.Args) < 2 {
		return HintNone, 0
	}
	value := c.pkg.Info.Types[call.Args[1]].Value
	if value == nil {
		return HintUnknown, 0
	}
	n, ok := constant.Int64Val(constant.ToInt(value))
	if !ok || n > groupSlots {
		return HintLarge, n
	}
	return HintNone, n
}
