// Package filters holds loops that skip elements.
package filters

import (
	"errors"
	"maps"
	"time"
)

type item struct {
	Key   string
	Value *int
	When  time.Time
	Size  int
	Err   error
	List  []int
}

var errSkip = errors.New("skip")

func get(item) (int, error) { return 0, nil }

// Errors and zero values are rare.

func onError(items []item) map[string]int {
	m := make(map[string]int) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		v, err := get(it)
		if err != nil {
			continue
		}
		m[it.Key] = v
	}
	return m
}

func onErrorNested(items []item) map[string]int {
	m := make(map[string]int) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		if v, err := get(it); err == nil {
			m[it.Key] = v
		}
	}
	return m
}

func onErrorsIs(items []item) map[string]int {
	m := make(map[string]int) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		v, err := get(it)
		if errors.Is(err, errSkip) {
			continue
		}
		m[it.Key] = v
	}
	return m
}

func onZero(items []item) map[string]int {
	m := make(map[string]int) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for i, it := range items {
		if it.Key == "" || it.Size == 0 || it.When.IsZero() {
			continue
		}
		m[it.Key] = i
	}
	return m
}

func onNothingToStore(items []item) map[string][]int {
	m := make(map[string][]int) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		if len(it.List) == 0 {
			continue
		}
		m[it.Key] = it.List
	}
	return m
}

func onNil(items []*item) map[string]*item {
	m := make(map[string]*item) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		if it == nil {
			continue
		}
		m[it.Key] = it
	}
	return m
}

// What may be missing is missing in many.

func onOptional(items []item) map[string]int {
	m := make(map[string]int) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for i, it := range items {
		if it.Value == nil {
			continue
		}
		m[it.Key] = i + *it.Value
	}
	return m
}

// What goes on with the next element may stand deeper.

func doneBefore(items []item, done map[string]bool) map[string]item {
	m := make(map[string]item) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if len(done) > 0 {
			if done[it.Key] {
				println("done", it.Key)
				continue
			}
		}
		m[it.Key] = it
	}
	return m
}

func failedDeeper(items []item, strict bool) map[string]item {
	m := make(map[string]item) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		if strict {
			if _, err := get(it); err != nil {
				continue
			}
		}
		for _, n := range it.List {
			if n > 3 {
				continue
			}
			println(n)
		}
		m[it.Key] = it
	}
	return m
}

func labelled(items []item) map[string]item {
	m := make(map[string]item) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
items:
	for _, it := range items {
		for _, n := range it.List {
			if n > 3 {
				continue items
			}
		}
		m[it.Key] = it
	}
	return m
}

// A function that is called for each element leaves out one by returning.

func returnsEarly(items []item) map[string]item {
	m := make(map[string]item) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	add := func(it item) {
		if it.Size > 10 {
			return
		}
		m[it.Key] = it
	}
	for _, it := range items {
		add(it)
	}
	return m
}

func returnsAnError(items []item) (map[string]item, error) {
	m := make(map[string]item) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	add := func(it item) error {
		if it.Size > 10 {
			return errSkip
		}
		m[it.Key] = it
		return nil
	}
	for _, it := range items {
		if err := add(it); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Asking whether there is something to store.

func named(items []item) map[string]item {
	m := make(map[string]item) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		if it.Key != "" {
			m[it.Key] = it
		}
	}
	return m
}

func filled(items []item) map[string][]int {
	m := make(map[string][]int) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if len(it.List) > 0 && it.Key != "" {
			m[it.Key] = it.List
		}
	}
	return m
}

func dated(items []item) map[string]time.Time {
	m := make(map[string]time.Time) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		if when := it.When; !when.IsZero() {
			m[it.Key] = when
		}
	}
	return m
}

// A copy has neither key nor value to ask about.
func copied(items []item, prices map[string]int) map[string]int {
	m := make(map[string]int) // want `without its size, len\(prices\); .* \[sizehint/likely\]`
	if items[0].Value != nil {
		maps.Copy(m, prices)
	}
	return m
}

// Asking about something else selects elements.

func special(items []item) map[string]string {
	m := make(map[string]string) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for i, it := range items {
		if it.Value != nil || len(it.List) > 0 {
			m[it.Key+" (special)"] = it.Key
		}
		items[i].Size++
	}
	return m
}

// Keys of one map that are looked up in another may be missing there.

func joined(items []item, prices map[string]int) map[string]int {
	m := make(map[string]int) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		p, ok := prices[it.Key]
		if !ok {
			continue
		}
		m[it.Key] = p
	}
	return m
}

func joinedByNil(items []item, values map[string]*int) map[string]*int {
	m := make(map[string]*int) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		v := values[it.Key]
		if v == nil {
			continue
		}
		m[it.Key] = v
	}
	return m
}

func breaksOnError(items []item) (map[string]int, error) {
	m := make(map[string]int) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	var err error
	for _, it := range items {
		var v int
		v, err = get(it)
		if err != nil {
			break
		}
		m[it.Key] = v
	}
	return m, err
}

// Conditions that select elements.

func selected(items []item) map[string]item {
	m := make(map[string]item) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if it.Size > 100 {
			m[it.Key] = it
		}
	}
	return m
}

func skipped(items []item, skip bool) map[string]item {
	m := make(map[string]item) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if skip && it.Size == 3 {
			continue
		}
		m[it.Key] = it
	}
	return m
}

// Errors are rare.
func failed(items []item) map[string]error {
	m := make(map[string]error)
	for _, it := range items {
		if it.Err != nil {
			m[it.Key] = it.Err
		}
	}
	return m
}

func typed(items []any) map[any]string {
	m := make(map[any]string) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if s, ok := it.(string); ok {
			m[it] = s
		}
	}
	return m
}

// One kind of several.
func kinds(items []any) (a map[any]string, b map[any]int, c map[any]bool) {
	a, b, c = map[any]string{}, map[any]int{}, map[any]bool{}
	for _, it := range items {
		switch x := it.(type) {
		case string:
			a[it] = x
		case int:
			b[it] = x
		case bool:
			c[it] = x
		}
	}
	return
}

func typeSwitch(items []any) map[any]string {
	m := make(map[any]string) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		switch s := it.(type) {
		case string:
			m[it] = s
		}
	}
	return m
}

func until(items []item) map[string]item {
	m := make(map[string]item) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if it.Size > 10 {
			break
		}
		m[it.Key] = it
	}
	return m
}

// The part without conditions is right as far as it goes.

func aliases(items []item) map[string]item {
	m := make(map[string]item) // want `gets len\(items\) entries and perhaps more; .* \[sizehint/likely\]`
	for _, it := range items {
		m[it.Key] = it
		if it.Size > 3 {
			m["alias of "+it.Key] = it
		}
	}
	return m
}

// At most one element is left out.

func butOne(m0 map[string]int, name string) map[string]int {
	m := make(map[string]int) // want `without its size, len\(m0\); .* \[sizehint/likely\]`
	for k, v := range m0 {
		if k == name {
			continue
		}
		m[k] = v + 1
	}
	return m
}

func butFirst(items []item) map[string]item {
	m := make(map[string]item) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for i, it := range items {
		if i == 3 {
			continue
		}
		m[it.Key] = it
	}
	return m
}

// A test that finds nothing in a map that was just made.

type store struct{ data map[string]int }

func (s *store) merge(in map[string]int) {
	if s.data == nil {
		s.data = make(map[string]int) // want `gets len\(in\) entries and perhaps more; .* \[sizehint/likely\]`
	}
	for k, v := range in {
		if _, found := s.data[k]; !found {
			s.data[k] = v
		}
	}
}

// Who asks for repeated elements expects them.
func distinctStrings(names []string) []string {
	var out []string
	set := map[string]any{} // want `at most len\(names\) entries; .* \[sizehint/possible\]`
	for _, n := range names {
		if n == "" {
			continue
		}
		if _, ok := set[n]; !ok {
			out = append(out, n)
			set[n] = n
		}
	}
	return out
}

// The loop of one branch outweighs the entry of the other.

func loopOrOne(m0 map[string]int) map[string]int {
	m := make(map[string]int) // want `without its size, len\(m0\); .* \[sizehint/likely\]`
	if m0 != nil {
		for k, v := range m0 {
			m[k] = v + 1
		}
	} else {
		m[""] = 1
	}
	return m
}

func normalised(names []string, lower func(string) string) map[string]bool {
	m := make(map[string]bool) // want `at most len\(names\) entries; .* \[sizehint/possible\]`
	for _, n := range names {
		n = lower(n)
		m[n] = true
	}
	return m
}

// Reading in a select adds nothing.

func watched(items []item, ch chan string) map[string]item {
	m := make(map[string]item) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		m[it.Key] = it
	}
	select {
	case k := <-ch:
		println(m[k].Size)
	}
	return m
}

// A condition within one of the branches.
func halfConditional(items []item, all bool) map[string]item {
	m := make(map[string]item) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if all {
			m[it.Key] = it
			continue
		}
		if it.Size > 10 {
			m[it.Key] = it
		}
	}
	return m
}

// What a call returns is often nil.

func parent(item) *item { return nil }

func optional(items []item) map[string]*item {
	m := make(map[string]*item) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if p := parent(it); p != nil {
			m[it.Key] = p
		}
	}
	return m
}

// Skipping what a call did not find is a filter on a zero value.
func skipNil(items []item) map[string]*item {
	m := make(map[string]*item) // want `without its size, len\(items\); .* \[sizehint/likely\]`
	for _, it := range items {
		p := parent(it)
		if p == nil {
			continue
		}
		m[it.Key] = p
	}
	return m
}

func found(items []item, find func(string) string) map[string]bool {
	m := make(map[string]bool) // want `at most len\(items\) entries; .* \[sizehint/possible\]`
	for _, it := range items {
		if dir := find(it.Key); dir != "" {
			m[it.Key] = true
		}
	}
	return m
}
