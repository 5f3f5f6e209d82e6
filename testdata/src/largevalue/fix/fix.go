// Fix holds maps whose values can become pointers, and prints what they hold:
// the golden file must print the same.
package main

import (
	"fmt"
	"sort"
	"strings"
)

type big struct {
	id   int
	name string
	data [16]int
}

func (b big) total() int { return b.id + b.data[0] }

func modifyInRange(ks []string) int {
	m := make(map[string]big, len(ks)) // want `read-modify-write`
	for i, k := range ks {
		m[k] = big{id: i, name: k}
	}
	for k, v := range m {
		v.id++
		v.data[0] = v.id * 2
		m[k] = v
	}
	n := 0
	for _, v := range m {
		n += v.id + v.total()
	}
	return n
}

func modifyKnownKey(ks []string) (list []big) {
	m := map[string]big{"a": {id: 1}, "b": big{id: 2}, "c": (big{id: 3})} // want `read-modify-write`
	for k := range m {
		v := m[k]
		if len(ks) > 3 {
			v.name = strings.ToUpper(k)
		}
		v.id += helper(v)
		m[k] = v
	}
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func helper(b big) int { return b.data[3] }

func modifyGuarded(ks []string) int {
	m := map[string]big{} // want `read-modify-write`
	for i, k := range ks {
		if v, ok := m[k]; ok {
			v.id += i
			m[k] = v
		} else {
			m[k] = big{id: i}
		}
	}
	for i, k := range ks {
		v, ok := m[k]
		if !ok {
			continue
		}
		v.data[i%16]++
		m[k] = v
	}
	delete(m, "x")
	if m == nil {
		return 0
	}
	clear(m)
	return len(m)
}

var registry = map[string]big{} // want `range`

func register(name string, b big) {
	registry[name] = b
}

func build(n int) big { return big{id: n} }

func registerNew(name string) {
	registry[name] = build(len(name))
}

func find(name string, least int) (big, bool) {
	if v, ok := registry[name]; ok && v.id > least {
		return v, true
	}
	v, ok := registry[name]
	if !ok || v.id < 0 {
		return big{}, false
	}
	fmt.Println(v)
	return v, v == build(3)
}

func names() (list []string) {
	for _, v := range registry {
		list = append(list, v.name)
	}
	sort.Strings(list)
	return list
}

// A copy that is changed stays a copy.
func changedCopy() (list []big) {
	for _, v := range registry {
		v.id = 0
		list = append(list, v)
	}
	if v, ok := registry["x"]; ok {
		v.id = 3
		list = append(list, v)
	}
	v, ok := registry["y"]
	if !ok {
		return list
	}
	p := &v
	p.id = 4
	return append(list, v)
}

// One value under two keys must not become one variable.
func twice(a, b string, v big) {
	registry[a] = v
	registry[b] = v
	v.id++
	for k, w := range registry {
		registry[k+"x"] = w
		break
	}
}

type grid = [20]int64

func arrays(n int) (sum int64) {
	m := make(map[int]grid) // want `range`
	for i := range n {
		m[i] = grid{int64(i)}
	}
	for _, v := range m {
		sum += v[0]
		for _, x := range v {
			sum += x
		}
	}
	return sum
}

// Another closure sees the map: a read there is a copy while entries change.
func captured(ks []string) func(string) int {
	m := make(map[string]big) // want `read-modify-write`
	for i, k := range ks {
		m[k] = big{id: i}
	}
	for k, v := range m {
		v.id++
		m[k] = v
	}
	return func(k string) int {
		v, ok := m[k]
		if !ok {
			return 0
		}
		call()
		return v.id
	}
}

func call() {}

// A loop that goes on with the pointer of an older round, and a region that
// holds a change of another variable's entry.
func crossed(ks []string) (n int) {
	m := make(map[string]big) // want `read-modify-write`
	for i, k := range ks {
		m[k] = big{id: i}
	}
	for _, outer := range m {
		for k, v := range m {
			v.id++
			m[k] = v
		}
		n += outer.id
	}
	return n
}

func shadowed(ks []string, b big) (n int) {
	m := map[string]big{} // want `range`
	new := func(b big) *big { return nil }
	m["a"] = b
	for _, v := range m {
		n += v.id
	}
	_ = new
	return n
}

func main() {
	ks := []string{"a", "b", "c", "a"}
	fmt.Println(modifyInRange(ks))
	list := modifyKnownKey(ks)
	sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
	fmt.Println(list, modifyGuarded(ks))
	register("x", big{id: 7, name: "x"})
	register("y", build(8))
	registerNew("three")
	fmt.Println(find("x", 3))
	fmt.Println(find("x", 9))
	fmt.Println(find("z", 9))
	fmt.Println(names())
	changed := changedCopy()
	fmt.Println(len(changed), changed[len(changed)-1], changed[len(changed)-2])
	twice("p", "q", big{id: 9})
	fmt.Println(find("p", 0))
	fmt.Println(find("q", 0))
	fmt.Println(arrays(5), captured(ks)("a"), captured(ks)("z"))
	fmt.Println(atTop(ks))
	fmt.Println(shadowed(ks, big{id: 5}), len(ks) == 4, crossed(ks[:1]))
}

var atTop = func(ks []string) (n int) {
	m := map[string]big{} // want `range`
	for i, k := range ks {
		m[k] = big{id: i}
	}
	for _, v := range m {
		v := v
		v.id++
		n += v.id
	}
	for _, v := range m {
		n += len(ks) + func(b big) int { return b.id }(v)
	}
	return n
}
