package largevalue

import (
	"fmt"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A pair holds nanoseconds per entry, by value and by pointer.
type pair struct{ value, pointer int }

// measured holds what one operation took in a map[int]T of 10 000 entries
// against a map[int]*T, and what a key of that size took in a map[T]int64
// (Go 1.26, linux/amd64).
var measured = []struct {
	bytes                           int64
	insert, lookup, iterate, modify pair
	keyLookup, keyInsert            int
}{
	{64, pair{60, 65}, pair{10, 9}, pair{12, 10}, pair{20, 9}, 19, 118},
	{136, pair{126, 100}, pair{18, 13}, pair{23, 11}, pair{34, 15}, 24, 139},
	{256, pair{204, 146}, pair{33, 16}, pair{41, 14}, pair{49, 10}, 29, 152},
	{1024, pair{310, 340}, pair{167, 19}, pair{195, 21}, pair{215, 13}, 77, 375},
}

// A key of eight bytes took this many nanoseconds in the same measurement.
const smallKeyLookup, smallKeyInsert = 8, 51

func (f finding) diagnostic(c *coster) analysis.Diagnostic {
	d := analysis.Diagnostic{Pos: f.at.Pos(), End: f.at.End(), Message: f.message(c)}
	for _, x := range f.costs {
		d.Related = append(d.Related, analysis.RelatedInformation{Pos: x.node.Pos(), End: x.node.End(), Message: x.text()})
	}
	d.SuggestedFixes = c.fixes(f)
	return d
}

// message says what is large, what pays for it, and what that costs.
func (f finding) message(c *coster) string {
	var count [kinds]int
	var bytes [kinds]int64
	for _, x := range f.costs {
		count[x.kind]++
		bytes[x.kind] = max(bytes[x.kind], x.bytes)
	}
	holds := fmt.Sprintf("values of %d bytes", c.size(f.typ.Elem()))
	if count[hash]+count[rehash]+count[keyCopy] > 0 {
		holds = fmt.Sprintf("keys of %d bytes", c.size(f.typ.Key()))
		if count[hash]+count[rehash]+count[keyCopy] < len(f.costs) {
			holds += fmt.Sprintf(" and values of %d bytes", c.size(f.typ.Elem()))
		}
	}
	var parts []string
	for k, n := range count {
		if n == 0 {
			continue
		}
		noun := kindTexts[k].one
		if n > 1 {
			noun = kindTexts[k].many
		}
		parts = append(parts, fmt.Sprintf("%d %s %s", n, noun, fmt.Sprintf(kindTexts[k].cost, bytes[k]*opKind(k).copies())))
	}
	t := types.TypeString(f.typ, types.RelativeTo(c.p.Pkg))
	what := fmt.Sprintf("%s has %s: %s", t, holds, strings.Join(parts, ", "))
	if f.measured {
		return what + f.usage.text(f.largest(), c.p.Profile())
	}
	return what + price(count, bytes)
}

// kindTexts says how the message counts operations and what they cost.
var kindTexts = [kinds]struct{ one, many, cost string }{
	modify:  {"read-modify-write", "read-modify-writes", "copying %d bytes each"},
	iterate: {"range", "ranges", "copying %d bytes a step"},
	lookup:  {"lookup", "lookups", "copying %d bytes each"},
	insert:  {"insert", "inserts", "copying %d bytes each"},
	hash:    {"access", "accesses", "hashing a key of %d bytes"},
	rehash:  {"read-modify-write", "read-modify-writes", "hashing a key of %d bytes twice"},
	keyCopy: {"range", "ranges", "copying a key of %d bytes a step"},
}

// copies returns how often an operation at least copies the value.
func (k opKind) copies() int64 {
	if k == modify {
		return 2 // out and in again
	}
	return 1
}

// price returns the measured cost of the dearest kind of operation, at the
// largest measured size that is not above the real one.
func price(count [kinds]int, bytes [kinds]int64) string {
	for k, n := range count {
		if n == 0 {
			continue
		}
		row := -1
		for i := range measured {
			if measured[i].bytes <= bytes[k] {
				row = i
			}
		}
		if row < 0 {
			return ""
		}
		r := measured[row]
		at := fmt.Sprintf("; measured at %d bytes and 10,000 entries: ", r.bytes)
		switch opKind(k) {
		case modify:
			return at + fmt.Sprintf("%d ns each, %d ns through a pointer", r.modify.value, r.modify.pointer)
		case iterate:
			return at + fmt.Sprintf("%d ns a step, %d ns with pointers", r.iterate.value, r.iterate.pointer)
		case lookup:
			return at + fmt.Sprintf("%d ns a lookup, %d ns with pointers", r.lookup.value, r.lookup.pointer)
		case insert:
			return at + fmt.Sprintf("%d ns an insert, %d ns with pointers, which allocate as well", r.insert.value, r.insert.pointer)
		default:
			return at + fmt.Sprintf("%d ns to find a key and %d ns to insert it, %d and %d ns with keys of 8 bytes", r.keyLookup, r.keyInsert, smallKeyLookup, smallKeyInsert)
		}
	}
	return ""
}

// text describes one operation beside its place.
func (x cost) text() string {
	switch x.kind {
	case modify:
		return fmt.Sprintf("this read-modify-write copies %d bytes out of the map and in again to change a part of them", x.bytes)
	case iterate:
		return fmt.Sprintf("each step of this range copies %d bytes", x.bytes)
	case lookup:
		if x.op.Kind == mapops.LookupOK {
			// Seen in the code that Go 1.26 generates: first into a temporary.
			return fmt.Sprintf("this lookup copies %d bytes twice, as every v, ok := m[k] does", x.bytes)
		}
		return fmt.Sprintf("this lookup copies %d bytes", x.bytes)
	case insert:
		return fmt.Sprintf("this insert copies %d bytes", x.bytes)
	case hash:
		return fmt.Sprintf("this access hashes a key of %d bytes", x.bytes)
	case rehash:
		return fmt.Sprintf("this read-modify-write hashes a key of %d bytes twice", x.bytes)
	default:
		return fmt.Sprintf("each step of this range copies a key of %d bytes", x.bytes)
	}
}
