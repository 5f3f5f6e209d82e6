package mapmodel

import (
	"strconv"
	"strings"
)

// String returns the cost as messages print it: "4.5 KiB in 11 allocations".
func (c Cost) String() string {
	s := c.short()
	if c.Allocs == 1 {
		return s + " allocation"
	}
	return s + " allocations"
}

// short leaves out the last word: "4.5 KiB in 11".
func (c Cost) short() string {
	s := Bytes(c.Bytes) + " in " + Count(c.Allocs)
	if c.Approx {
		return "about " + s
	}
	return s
}

// Instead returns the comparison of what n entries cost now with what they
// would cost: "100 entries: 4.5 KiB in 11 allocations instead of 2.3 KiB in 4".
func Instead(n int, now, then Cost) string {
	noun := " entries: "
	if n == 1 {
		noun = " entry: "
	}
	return Count(int64(n)) + noun + now.String() + " instead of " + then.short()
}

// HintPrice returns what a missing hint costs at each of the numbers of
// entries, joined by semicolons. It is the price that messages about hints end with.
func (l Layout) HintPrice(ns ...int) string {
	var parts []string
	for _, n := range ns {
		parts = append(parts, Instead(n, l.Fill(n, 0), l.Fill(n, n)))
	}
	return strings.Join(parts, "; ")
}

// Bytes formats a number of bytes with binary units and at most three digits
// before, or one after, the point: "520 B", "4.5 KiB", "289 KiB", "71.9 MiB".
func Bytes(n int64) string {
	if n < 1024 {
		return strconv.FormatInt(n, 10) + " B"
	}
	x, unit := float64(n)/1024, 0
	// What would print as 1024 of one unit prints as 1.0 of the next.
	for x >= 1023.5 && unit < len(units)-1 {
		x /= 1024
		unit++
	}
	digits := 1
	if x >= 99.95 {
		digits = 0
	}
	return strconv.FormatFloat(x, 'f', digits, 64) + " " + units[unit]
}

var units = [...]string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// Count formats a number with a space between groups of three digits if it has
// five or more: "1000", "10 000", "1 000 000".
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	if n < 0 || len(s) < 5 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
