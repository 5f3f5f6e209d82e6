// Package growth holds maps with distinct keys that may gain entries of which
// their loops do not tell, and next to each a map that does not.
package growth

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
)

type table struct {
	m    map[int]int
	sets map[string]map[int]bool
	kept map[int]int // filled in one function alone
	n    int
	rows []int
}

func (t *table) add(k int)      { t.m[k] = k }
func (t *table) String() string { return fmt.Sprint(len(t.m)) }

func fill(m map[int]int) { m[-1] = 1 }

func size(m map[int]int) int { return len(m) }

func newTable(m map[int]int) *table { return &table{m: m} }

// Operations that stand where no fills are looked for.

func switchInit(xs []int) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	switch m[-1] = 2; {
	case len(xs) > 3:
	}
	return m
}

func rangeTarget(xs []int) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	for m[-1] = range xs {
	}
	return m
}

func fallsThrough(xs []int) map[int]int {
	m := make(map[int]int)
	for i := range xs {
		m[i] = 1
	}
	switch {
	case len(xs) > 3:
		m[-1] = 1
		fallthrough
	default:
		m[-2] = 1
	}
	return m
}

func counter(xs []int, key int) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	m[key]++
	return m
}

func counterOfOwn(xs []int) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i := range xs {
		m[i] = 1
		m[i] += 2
	}
	return m
}

func afterTheLoop(xs []int) map[int]int {
	var m map[int]int
	for range 2 {
		m = make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
		for i := range xs {
			m[i] = 1
		}
	}
	for _, x := range xs {
		m[-x] = 1
	}
	return m
}

func replacedPerhaps(xs []int) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	if len(xs) > 100 {
		m = nil
	}
	for _, x := range xs {
		m[-x] = 1
	}
	return m
}

func replaced(xs []int) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i := range xs {
		m[i] = 1
	}
	fmt.Println(m)
	m = map[int]int{1: 2}
	for _, x := range xs {
		m[-x] = 1
	}
	return m
}

// Other names.

func alias(xs []int) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	same := m
	for i := range xs {
		m[i] = 1
	}
	same[-1] = 1
	return m
}

func aliasRead(xs []int) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i := range xs {
		m[i] = 1
	}
	same := m
	fmt.Println(len(same))
	return m
}

func address(xs []int, data []byte) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	_ = json.Unmarshal(data, &m)
	return m
}

func marshalled(xs []int) []byte {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i := range xs {
		m[i] = 1
	}
	data, _ := json.Marshal(m)
	return data
}

func givenAway(xs []int) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	fill(m)
	return m
}

func helped(xs []int) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	index(m, xs)
	return m
}

func helpedToMore(xs []int) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint/likely\]`
	indexAndMore(m, xs)
	return m
}

func index(m map[int]int, xs []int) {
	for i := range xs {
		m[i] = i
	}
}

func indexAndMore(m map[int]int, xs []int) {
	for i := range xs {
		m[i] = i
	}
	switch m[-1] = 1; {
	case len(xs) > 3:
	}
}

// A helper that counts fills nothing that could be told.

func counted(xs []int) map[int]int {
	m := make(map[int]int)
	count(m, xs)
	return m
}

func count(m map[int]int, xs []int) {
	for _, x := range xs {
		m[x]++
	}
}

func lookedAt(xs []int) (map[int]int, int) {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i := range xs {
		m[i] = 1
	}
	n := size(m)
	return m, n
}

func handedOn(xs []int) *table {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i := range xs {
		m[i] = 1
	}
	return newTable(m)
}

func keptInField(xs []int) *table {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	t := &table{m: m}
	for i := range xs {
		m[i] = 1
	}
	t.add(-1)
	return t
}

// Structs that lead to the map.

func method(t *table, xs []int) {
	t.m = make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		t.m[i] = 1
	}
	t.add(-1)
}

func methodOfAnother(t, other *table, xs []int) {
	t.m = make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	other.add(-1)
	for i := range xs {
		t.m[i] = 1
	}
}

func methodOfOwnField(t *table, xs []int) {
	t.kept = make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i := range xs {
		t.kept[i] = 1
	}
	t.add(-1)
}

func literal(xs []int) *table {
	t := &table{m: make(map[int]int)} // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		t.m[i] = 1
	}
	t.add(-1)
	return t
}

func elementByName(t *table, xs []int) {
	t.sets["a"] = make(map[int]bool) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		t.sets["a"][i] = true
	}
	set := t.sets["a"]
	set[-1] = true
}

func elementByKey(xs []int, key string) map[string]map[int]bool {
	sets := make(map[string]map[int]bool)
	sets["a"] = make(map[int]bool) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		sets["a"][i] = true
	}
	sets[key][-1] = true
	return sets
}

func elements(groups map[string][]int) map[string]map[int]bool {
	sets := make(map[string]map[int]bool) // want `without its size, len\(groups\); .* \[sizehint\]`
	for name, xs := range groups {
		set := make(map[int]bool) // want `without its size, len\(xs\); .* \[sizehint\]`
		for i := range xs {
			set[i] = true
		}
		sets[name] = set
	}
	return sets
}

// Fills that run more often than the map is made.

func jumps(xs []int) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\) entries and perhaps more; .* \[sizehint/likely\]`
again:
	for i := range xs {
		m[i] = 1
	}
	if len(xs) < 10 {
		xs = append(xs, 1)
		goto again
	}
	return m
}

func once(groups [][]int) map[int]int {
	var m map[int]int
	for g, xs := range groups {
		if m == nil {
			m = make(map[int]int)
		}
		for i := range xs {
			m[i] = g
		}
	}
	return m
}

func longer(xs []int, n int) map[int]int {
	m := make(map[int]int) // the last run of the inner loop is the longest
	for range n {
		for i := range xs {
			m[i] = 1
		}
		xs = append(xs, 1)
	}
	return m
}

func longerRows(t *table, n int) map[int]int {
	m := make(map[int]int) // want `gets len\(t.rows\) entries and perhaps more; .* \[sizehint/likely\]`
	for range n {
		for i := range t.rows {
			m[i] = 1
		}
		t.rows = append(t.rows, 1)
	}
	return m
}

func closure(xs []int) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\); .* \[sizehint/likely\]`
	add := func(k int) int { m[k] = 1; return k }
	for i := range xs {
		add(i)
	}
	if add(-1) > 3 {
		return nil
	}
	return m
}

// Keys that change though no loop says so.

func fieldKey(t *table, xs []int) map[int]int {
	m := make(map[int]int) // want `without its size, 2\*len\(xs\); .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = i
		m[t.n] = i
		t.n--
	}
	return m
}

func fieldKeyChangedByCall(t *table, xs []int) map[int]int {
	m := make(map[int]int) // want `gets len\(xs\)\+1 entries and perhaps more; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
		m[t.n] = 1
		next(t)
	}
	return m
}

func next(t *table) { t.n-- }

func notANumber(xs []int) map[float64]int {
	nan := math.NaN()
	m := make(map[float64]int) // want `gets at most len\(xs\)\+1 entries; .* \[sizehint/possible\]`
	for i := range xs {
		m[float64(i)] = i
		m[nan] = 1
	}
	return m
}

func typesOfKeys(xs []string) map[any]int {
	m := make(map[any]int) // want `without its size, len\(xs\)\+2; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	m[1] = 1
	m[int64(1)] = 1
	m[1] = 2
	return m
}

// Parts of a sum that may be negative.

func negative(xs []int, n int) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\)\+n; .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	for i := range n {
		m[i+5] = 1
	}
	return m
}

func notNegative(xs, ys []int, n uint8) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\)\+len\(ys\)/2\+int\(n\); .* \[sizehint/likely\]`
	for i := range xs {
		m[i] = 1
	}
	for i := range len(ys) / 2 {
		m[1000+i] = 1
	}
	for i := range n {
		m[int(i)] = 1
	}
	return m
}

// Branches of which one adds more than the other.

func earlyReturn(xs, ys []int) map[int]int {
	m := make(map[int]int) // want `gets len\(ys\) entries and perhaps more; .* \[sizehint/possible\]`
	if len(xs) > 3 {
		for i := range xs {
			m[i] = 1
		}
		return m
	}
	for i := range ys {
		m[i] = 1
	}
	return m
}

var global = make(map[int]int) // want `gets len\(primes\) entries and perhaps more; .* \[sizehint/likely\]`

var primes = []int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29}

func init() {
	for i := range primes {
		global[i] = 1
	}
}

func later() { maps.Copy(global, map[int]int{1: 2}) }
