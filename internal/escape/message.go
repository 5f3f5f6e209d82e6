package escape

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
)

// size finds out whether keys or values lie behind pointers.
func (j *joiner) size(f *Fact, s site) {
	sizes := j.pkg.Sizes
	if sizes == nil {
		sizes = types.SizesFor("gc", "amd64")
	}
	l, ok := mapmodel.New(s.typ.Key(), s.typ.Elem(), sizes)
	f.Indirect = ok && (l.IndirectKey() || l.IndirectElem())
	f.Unsized = !ok
}

// onStack says that a map does not escape, and what it allocates all the same.
func onStack(s site, f Fact) string {
	if s.kind == New {
		return "This pointer and the nil map that it points to stay on the stack."
	}
	var but string
	switch {
	case f.Hint == HintLarge && s.kind == Literal:
		but = fmt.Sprintf("its %d entries are too many for the room of %d there and are allocated at once", f.Entries, groupSlots)
	case f.Hint == HintLarge:
		but = fmt.Sprintf("a hint of more than %d allocates the room for its entries at once", groupSlots)
	case f.Hint == HintUnknown:
		but = fmt.Sprintf("a hint of more than %d at run time allocates the room for its entries at once, and so does growing past that", groupSlots)
	}
	if f.Indirect {
		if but != "" {
			but += "; "
		}
		but += "each entry allocates too, since keys or values of over 128 bytes are stored behind pointers"
	}
	switch {
	case but == "" && f.Unsized:
		return fmt.Sprintf("This map stays on the stack and allocates nothing for up to %d entries, as long as keys and values have at most 128 bytes.", groupSlots)
	case but == "":
		return fmt.Sprintf("This map stays on the stack and allocates nothing for up to %d entries; from the next on it allocates.", groupSlots)
	case f.Hint == HintNone: // only because of Indirect
		return "This map stays on the stack, but " + strings.Replace(but, " too,", ",", 1) + "."
	}
	return "This map stays on the stack, but " + but + "."
}

// onHeap says what is on the heap, and why in the compiler's last step.
func onHeap(s site, f Fact, r Reason) string {
	why := cause(r)
	with := func(sentence string) string {
		if why != "" {
			sentence += ": " + why
		}
		return sentence + "."
	}
	where := "on the heap"
	if len(f.Funcs) > 0 {
		where += " for " + strings.Join(f.Funcs, " and ") + ", though not for other type arguments"
	}
	switch s.kind {
	case New:
		return with("The memory for this map variable is " + where)
	case StoredAddress:
		return fmt.Sprintf("%s is %s, since %s keeps its address.", strings.TrimPrefix(s.name, "&"), where, s.target)
	case KeyConversion:
		return fmt.Sprintf("%s allocates a string on the heap at every write, since %s keeps the key; only a lookup with it would be free.", s.name, s.target)
	case Capture:
		return with(fmt.Sprintf("This function literal, which captures %s, is %s", s.name, where))
	case MovedVar:
		return with(fmt.Sprintf("The variable %s is %s, not only the map that it holds", s.name, where))
	}
	sentence := with("This map is " + where)
	if f.CallsOnStack > 0 {
		sentence = fmt.Sprintf("%s; where %s is inlined, it stays on the stack (%d of %d calls).", strings.TrimSuffix(sentence, "."), s.fn, f.CallsOnStack, f.Calls)
	}
	return sentence
}

// cause puts the last step of a flow in words; empty if there is none.
func cause(r Reason) string {
	if len(r.Flows) == 0 {
		return ""
	}
	last := r.Flows[len(r.Flows)-1]
	if strings.HasPrefix(last.Dst, "~r") || strings.HasPrefix(last.Dst, "#rv") {
		return "it is returned"
	}
	if len(last.Steps) == 0 {
		return ""
	}
	step := last.Steps[len(last.Steps)-1]
	into := "a value that escapes"
	storage, inside := strings.CutPrefix(last.Dst, "{storage for ")
	if inside && storage != "... argument}" {
		into = strings.TrimSuffix(storage, "}") + ", which escapes"
	}
	switch step.Why {
	case "return":
		return "it is returned"
	case "assign", "assign-pair":
		switch dst, ok := assigned(step.Expr); {
		case strings.Contains(step.Expr, staticTemp):
			return "it is part of a package-level variable"
		case ok && dst == last.Dst:
			return "it is assigned to " + dst + ", which escapes"
		case ok:
			return "it is assigned to " + dst
		case !hidden(last.Dst):
			return "it is assigned to " + last.Dst + ", which escapes"
		}
	case "call parameter":
		fn := callee(step.Expr)
		if fn == "append" {
			return "it is appended to a slice that escapes"
		}
		if fn != "" {
			return "it is passed to " + fn + ", which lets it escape"
		}
		return "it is passed to a function that lets it escape"
	case "captured by a closure", "reference":
		return "a function literal that escapes captures it"
	case "interface-converted":
		return "it becomes the value of an interface that escapes"
	case "send":
		return "it is sent on a channel"
	case "key of map put", "map literal key", "map literal value":
		return "it is stored in another map"
	case "struct literal element":
		return "it is part of " + into
	case "array literal element", "slice-literal-element":
		return "it is an element of " + into
	case "too large for stack":
		return "it is too large for the stack"
	case "spill": // no step but into its own storage
		if inside {
			return "it is part of " + into
		}
		return "" // the function literals of go and defer
	}
	if hidden(step.Expr) || strings.Contains(step.Expr, autoTemp) {
		return ""
	}
	return step.Expr + " (" + step.Why + ")"
}

// Parts of the names of variables that the compiler makes: for the initial
// values of others, and for values on their way.
const (
	staticTemp = "..stmp_"
	autoTemp   = ".autotmp_"
)

// hidden reports whether a name is one that the compiler made up: ~r0, #rv1,
// .autotmp_2 or {heap}.
func hidden(name string) bool { return name == "" || strings.ContainsRune("~#.{", rune(name[0])) }

// assigned returns the left side of "a.b = v" or "v := w", if it is a single
// operand.
func assigned(expr string) (string, bool) {
	for _, op := range []string{" := ", " = "} {
		if dst, _, ok := strings.Cut(expr, op); ok && !strings.Contains(dst, ", ") && !hidden(dst) {
			return dst, true
		}
	}
	return "", false
}

// callee returns the function of "f(x)", "x.f(y)" and "(*T).f(x, y)"; empty
// for other calls.
func callee(expr string) string {
	start := 0
	if strings.HasPrefix(expr, "(*") {
		start = strings.IndexByte(expr, ')') + 1
	}
	open := strings.IndexByte(expr[start:], '(') + start
	if open <= start || strings.Contains(expr[:open], " ") {
		return ""
	}
	depth := 0
	for i, c := range expr[open:] {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			if open+i != len(expr)-1 {
				return "" // the parenthesis is that of another call: f(x).g(y)
			}
			break
		}
	}
	return expr[:open]
}

// steps puts all of a flow in words, but for those of the compiler's
// bookkeeping.
func steps(r Reason) (list []FlowStep) {
	for _, flow := range r.Flows {
		for _, s := range flow.Steps {
			if text := words(s); text != "" {
				list = append(list, FlowStep{Pos: s.Pos, Text: text})
			}
		}
	}
	return list
}

func words(s Step) string {
	switch s.Why {
	case "spill":
		return ""
	case "assign", "assign-pair":
		if strings.Contains(s.Expr, staticTemp) {
			return "made part of a package-level variable"
		}
		if strings.Contains(s.Expr, autoTemp) {
			if dst, ok := assigned(s.Expr); ok {
				return "assigned to " + dst
			}
			return ""
		}
		if hidden(s.Expr) {
			return ""
		}
		return "assigned by " + s.Expr
	case "return":
		return "returned by " + s.Expr
	case "call parameter":
		return "passed on by " + s.Expr
	case "captured by a closure":
		return s.Expr + " is captured by a function literal"
	case "reference":
		return s.Expr + " is captured by reference: the function literal shares the variable"
	case "address-of":
		return "its address is taken by " + s.Expr
	case "interface-converted":
		return "converted to an interface: " + s.Expr
	case "send":
		return "sent by " + s.Expr
	case "key of map put":
		return "stored as the key of " + s.Expr
	case "map literal key":
		return "stored as a key of " + s.Expr
	case "map literal value":
		return "stored as a value of " + s.Expr
	case "struct literal element", "array literal element", "slice-literal-element":
		return "made part of " + s.Expr
	case "range", "range-deref":
		return "taken out by a range loop"
	case "dot", "dot of pointer", "indirection":
		return "reached through " + s.Expr
	}
	return s.Expr + " (" + s.Why + ")"
}
