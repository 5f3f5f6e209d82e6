// Package nofix holds maps whose values must not become pointers: each has a
// finding and none a fix.
package nofix

import (
	"encoding/json"
	"fmt"
	"maps"
)

type big struct {
	id   int
	data [20]int
}

func (b *big) inc() { b.id++ }

// A missing key counts from zero.
func plainRead(ks []string) int {
	m := map[string]big{} // want `read-modify-write`
	for _, k := range ks {
		v := m[k]
		v.id++
		m[k] = v
	}
	return len(m)
}

func fieldOfMissing(ks []string) (n int) {
	m := map[string]big{} // want `insert`
	for _, k := range ks {
		m[k] = big{}
	}
	return m["x"].id
}

// The zero value of a missing key is used.
func unguarded(ks []string) (n int) {
	m := map[string]big{} // want `lookup`
	for _, k := range ks {
		v, ok := m[k]
		if !ok {
			n++
		}
		n += v.id
		m[k] = big{id: n}
	}
	return n
}

func usedInGuard(ks []string) (n int) {
	m := map[string]big{} // want `lookup`
	for _, k := range ks {
		v, ok := m[k]
		if !ok {
			n += v.id
			continue
		}
		n += v.data[1]
	}
	return n
}

func usedInElse(ks []string) (n int) {
	m := map[string]big{} // want `lookup`
	for _, k := range ks {
		if v, ok := m[k]; ok && n > 0 {
			n += v.data[1]
		} else {
			n += v.id
		}
	}
	return n
}

func otherCondition(ks []string) (n int) {
	m := map[string]big{} // want `lookup`
	for _, k := range ks {
		if v, ok := m[k]; n > 3 || ok {
			n += v.id
		}
	}
	return n
}

func assigned(ks []string) (n int) {
	m := map[string]big{} // want `lookup`
	var v big
	for _, k := range ks {
		var ok bool
		if v, ok = m[k]; ok {
			n += v.id
		}
	}
	return n + v.id
}

func returned(ks []string) map[string]big {
	m := make(map[string]big) // want `read-modify-write`
	for k, v := range m {
		v.id++
		m[k] = v
	}
	return m
}

func passed(ks []string) int {
	m := make(map[string]big) // want `range`
	for _, v := range m {
		fill(m, v.id)
	}
	return len(m)
}

func fill(m map[string]big, n int) { m["x"] = big{id: n} }

func marshalled(ks []string) ([]byte, error) {
	m := make(map[string]big) // want `range`
	for _, v := range m {
		ks = ks[v.id:]
	}
	return json.Marshal(m)
}

func addressed() int {
	m := make(map[string]big) // want `range`
	fmt.Sscan("x", &m)
	for _, v := range m {
		return v.id + len(m)
	}
	n := 0
	for _, v := range m {
		n += v.id
	}
	return n
}

func cloned() int {
	m := make(map[string]big) // want `range`
	n := len(maps.Clone(m))
	for _, v := range m {
		n += v.id
	}
	return n
}

func parameter(m map[string]big) (n int) { // want `range`
	for _, v := range m {
		n += v.id
	}
	return n
}

type named map[string]big // want `range`

func typed() (n int) {
	m := make(named)
	for _, v := range m {
		n += v.id
	}
	return n
}

var pair, other map[string]big // want `range`

func twoNames() (n int) {
	for _, v := range pair {
		n += v.id
	}
	return n + len(other)
}

var Exported = map[string]big{} // want `range`

func exported() (n int) {
	for _, v := range Exported {
		n += v.id
	}
	return n
}

// Leaving early would leave the change in the map.
func earlyReturn(limit int) int {
	m := map[string]big{"a": {}} // want `read-modify-write`
	for k, v := range m {
		v.id++
		if v.id > limit {
			break
		}
		m[k] = v
	}
	return len(m)
}

func conditional(limit int) int {
	m := map[string]big{"a": {}} // want `read-modify-write`
	for k, v := range m {
		v.id++
		if v.id > limit {
			m[k] = v
		}
	}
	return len(m)
}

func changedAfter() (n int) {
	m := map[string]big{"a": {}} // want `read-modify-write`
	for k, v := range m {
		v.id++
		m[k] = v
		v.id = 0
		n += v.id
	}
	return n
}

func method() int {
	m := map[string]big{"a": {}} // want `read-modify-write`
	for k, v := range m {
		v.inc()
		m[k] = v
	}
	return len(m)
}

func keyChanged() int {
	m := map[string]big{"a": {}} // want `read-modify-write`
	for k, v := range m {
		k += "x"
		v.id++
		m[k] = v
	}
	return len(m)
}

// The write-back of a NaN makes a new entry.
func nan() int {
	m := map[float64]big{1: {}} // want `read-modify-write`
	for k, v := range m {
		v.id++
		m[k] = v
	}
	return len(m)
}

// The write-back brings the entry back.
func deleted() int {
	m := map[string]big{"a": {}} // want `read-modify-write`
	for k, v := range m {
		delete(m, k)
		v.id++
		m[k] = v
	}
	return len(m)
}

func readBetween() (n int) {
	m := map[string]big{"a": {}} // want `read-modify-write`
	for k, v := range m {
		v.id++
		for _, w := range m {
			n += w.id
		}
		m[k] = v
	}
	return n
}

func besideComment() int {
	m := map[string]big{"a": {}} // want `read-modify-write`
	for k, v := range m {
		v.id++
		m[k] = v // the author says something here
	}
	return len(m)
}

var global = map[string]big{} // want `read-modify-write`

func hook() {
	if v, ok := global["x"]; ok {
		fmt.Println(v.id)
	}
}

// What is called in between reads the old entry.
func callBetween(ks []string) {
	for k, v := range global {
		v.id++
		hook()
		global[k] = v
	}
}

var partial = map[string]big{} // want `read-modify-write`

// A recovered panic leaves the old entry.
func mayPanic(xs []int) {
	for k, v := range partial {
		v.id++
		v.data[0] = xs[3]
		partial[k] = v
	}
}

var replaced = map[string]big{} // want `read-modify-write`

func replacing() {
	for k, v := range replaced {
		replaced = map[string]big{}
		v.id++
		replaced[k] = v
	}
}

func nested(ks []string) (n int) {
	m := map[string]map[string]big{}
	for _, k := range ks {
		m[k] = map[string]big{} // want `map\[string\]big has values of 168 bytes: 1 range`
	}
	for _, v := range m["x"] {
		n += v.id
	}
	return n
}

func multiple(ks []string) (n int) {
	m := map[string]big{} // want `range`
	m["a"], n = big{}, 3
	for _, v := range m {
		n += v.id
	}
	return n
}

// printed holds a struct that fmt sees: it would print addresses.
type printed struct {
	m map[string]big // want `range`
}

func (p *printed) sum() (n int) {
	for _, v := range p.m {
		n += v.id
	}
	return n
}

func show(p *printed) { fmt.Println(p) }

// Visible is known elsewhere.
type Visible struct {
	m map[string]big // want `range`
}

func (p *Visible) sum() (n int) {
	for _, v := range p.m {
		n += v.id
	}
	return n
}

type reached struct {
	m map[string]big // want `range`
}

func (p *reached) sum() (n int) {
	for _, v := range p.m {
		n += v.id
	}
	return n
}

type Holder struct{ inner *reached }

// converted shares its fields with another type.
type converted struct {
	m map[string]big // want `range`
}

func (p *converted) sum() (n int) {
	for _, v := range p.m {
		n += v.id
	}
	return n
}

func convert(c struct{ m map[string]big }) converted { return c }

// The map may be another one by the time of the lookup.
func reassigned(ks []string) (n int) {
	m := map[string]big{} // want `lookup`
	for k := range m {
		v := m[k]
		n += v.id
		m = map[string]big{}
	}
	return n
}
