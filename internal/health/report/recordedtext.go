package report

import (
	"fmt"

	"github.com/mapdiag/mapdiag/internal/health/places"
	"github.com/mapdiag/mapdiag/mapstat"
)

// counter keeps a counter small enough for what writes numbers.
func counter(n uint64) int { return int(min(n, 1<<62)) }

func size(n int64) string { return mapstat.Bytes(uint64(max(n, 0))) }

// advice says what to do with the hint of a place, or why nothing is to be done.
func advice(p *places.Place) string {
	switch {
	case p.Verdict == "add":
		return fmt.Sprintf("Make it with a capacity hint of %s", count(p.Hint))
	case p.Verdict.Change() && p.Hint == 0:
		return fmt.Sprintf("Leave out its hint of %s", count(int(p.Asked)))
	case p.Verdict.Change():
		return fmt.Sprintf("Change its hint from %s to %s", count(int(p.Asked)), count(p.Hint))
	}
	return "Leave it as it is"
}

// made says how many maps a place made.
func made(p *places.Place) string { return plural(counter(p.Makes), "map", "maps") }

// saving says what the change saves.
func saving(p *places.Place) string {
	share := ""
	if p.Bytes > 0 {
		share = fmt.Sprintf(" (%s)", percent(float64(p.SavedBytes)/float64(p.Bytes)))
	}
	text := fmt.Sprintf("%s of %s%s", size(p.SavedBytes), size(p.Bytes), share)
	if p.SavedAllocs > 0 {
		text += fmt.Sprintf(" and %s", plural(int(p.SavedAllocs), "allocation", "allocations"))
	}
	return text
}

// entries says how large the maps of a place became.
func entries(p *places.Place) string {
	text := fmt.Sprintf("half had %s at most, 95%% %s, the largest %s", plural(int(p.P50), "entry", "entries"), count(int(p.P95)), count(int(p.Max)))
	if p.Makes == 1 {
		text = fmt.Sprintf("it had %s at most", plural(int(p.Max), "entry", "entries"))
	}
	if !p.Exact {
		text += "; this is a bound, by the slots"
	}
	return text
}

// growth says what the maps of a place copied.
func growth(p *places.Place) string {
	if p.Growths == 0 {
		return "none"
	}
	text := fmt.Sprintf("%s copied %s again (%s)", plural(counter(p.Growths), "growth", "growths"), plural(counter(p.Recopied), "entry", "entries"), mapstat.Bytes(p.RecopiedBytes))
	if p.Tombstones > 0 {
		text += fmt.Sprintf(" and dropped %s", plural(counter(p.Tombstones), "tombstone", "tombstones"))
	}
	return text
}

// placeFacts are facts about a place, in pairs.
func placeFacts(p *places.Place) [][2]string {
	out := [][2]string{
		{"In", shorten(called(p.Name()), maxText)},
		{"Type", said(p.TypeName())},
		{"Maps", fmt.Sprintf("%s made; %s", count(counter(p.Makes)), entries(p))},
		{"Growth", growth(p)},
		{"Allocated", fmt.Sprintf("%s in %s, of which %s are wasted", size(p.Bytes), plural(int(p.Allocs), "object", "objects"), size(p.Waste))},
		{"Hint", hint(p)},
	}
	if p.AtGrowth {
		out = append(out, [2]string{"Seen", "when they had outgrown the stack; those that stayed there are not counted"})
	}
	return append(out, [2]string{"Verdict", sentence(p.Why)})
}

func hint(p *places.Place) string {
	if p.Asked == 0 {
		return "none"
	}
	return count(int(p.Asked))
}

// placeFigures are the cells of a place in the table of all, after where it is and its verdict.
func placeFigures(p *places.Place) []string {
	bound := ""
	if !p.Exact {
		bound = "≤"
	}
	return []string{
		count(counter(p.Makes)), bound + count(int(p.P50)), bound + count(int(p.P95)), bound + count(int(p.Max)), hint(p),
		count(counter(p.Growths)), mapstat.Bytes(p.RecopiedBytes), size(p.Bytes), size(p.Waste),
	}
}

// A class is the maps of a place that need as many slots.
type class struct {
	Entries string // from to
	Maps    string
	Share   string
	Ratio   float64
}

// classes counts the maps of a place by their largest number of entries, in steps at which a map that is
// filled grows: 8, 14, 28 and so on. It begins at the first class that has maps and ends with the last.
func classes(p *places.Place) []class {
	var n [64]uint64
	var total uint64
	first, last := len(n), -1
	for _, b := range p.Sizes {
		i := 0
		for i < len(n)-1 && classEnd(i) < b.High {
			i++
		}
		n[i] += b.Count
		total += b.Count
		first, last = min(first, i), max(last, i)
	}
	var out []class
	for i := first; i <= last; i++ {
		from := int64(0)
		if i > 0 {
			from = classEnd(i-1) + 1
		}
		c := class{Entries: fmt.Sprintf("%s to %s", count(int(from)), count(int(classEnd(i)))), Maps: count(counter(n[i])), Ratio: float64(n[i]) / float64(max(total, 1))}
		c.Share = percent(c.Ratio)
		out = append(out, c)
	}
	return out
}

// classEnd is the most entries of a map of the i-th number of slots: 8, 16, 32 and so on.
func classEnd(i int) int64 {
	if i == 0 {
		return 8
	}
	return 8 << min(i, 50) / 8 * 7
}
