// Package silent holds large entries that nothing pays for, and small ones.
package silent

import "net/http"

type big struct {
	id   int
	data [16]int
	next *big
}

type small struct{ a, b, c int }

func pointers(m map[string]*big, ks []string) (n int) {
	for _, k := range ks {
		v := m[k]
		v.id++
		m[k] = v
	}
	for _, v := range m {
		n += v.id
	}
	return n
}

func interfaces(m map[string]any, ks []string) {
	for _, k := range ks {
		m[k] = big{}
	}
	for _, v := range m {
		_ = v
	}
}

func smallValues(m map[string]small) {
	for k, v := range m {
		v.a++
		m[k] = v
	}
}

// A field or an element is read in place, without copying the entry.
func fields(m map[string]big, a map[string][32]int, ks []string) (n int) {
	for i, k := range ks {
		n += m[k].id
		n += m[k].data[i]
		n += a[k][i]
		n += len(m[k].data) + len(a[k])
		for j := range a[k] {
			n += j
		}
		n += m[k].next.id
		n += m[k].next.sum()
	}
	return n
}

func (b big) sum() int { return b.data[0] }

func presence(m map[string]big, ks []string) (n int) {
	for _, k := range ks {
		if _, ok := m[k]; ok {
			n++
		}
		_ = m[k]
		delete(m, k)
	}
	for k := range m {
		n += len(k)
	}
	for range m {
		n++
	}
	for k, _ := range m {
		n += len(k)
	}
	return n + len(m)
}

func notInLoop(m map[string]big, k string) int {
	m["a"] = big{id: 1}
	v, ok := m[k]
	if !ok {
		return 0
	}
	return v.id
}

// The first round is the last.
func one(m map[string]big) int {
	for _, v := range m {
		return v.id
	}
	return 0
}

func few(m map[string]big) (n int) {
	for i := 0; i < 4; i++ {
		m[string(rune('a'+i))] = big{id: i}
	}
	for _, k := range []string{"a", "b", "c"} {
		v := m[k]
		n += v.id
	}
	for range 3 {
		v := m["d"]
		n += v.id
	}
	return n
}

// A new entry is stored, not an old one changed.
func memo(m map[string][10]int64, ks []string) (n int64) {
	for _, k := range ks {
		v, ok := m[k]
		if !ok {
			v = [10]int64{1}
			m[k] = v
		}
		n += v[0]
		if w, ok := m[k]; !ok {
			w[0] = 1
			m[k] = w
		}
		u, ok := m[k]
		if ok {
			continue
		}
		u = compute(k)
		m[k] = u
	}
	return n
}

func compute(k string) [10]int64 { return [10]int64{int64(len(k))} }

// Under another key it is a copy from one entry to another.
func move(m map[string][10]int64, from, to []string) {
	for i := range from {
		v := m[from[i]]
		v[0] = 0
		m[to[i]] = v
	}
}

func generic[K comparable, V any](m map[K]V, f func(V) V) {
	for k, v := range m {
		m[k] = f(v)
	}
}

func genericStruct[T any](m map[string]pair[T]) (n int) {
	for _, v := range m {
		n += v.n
	}
	return n
}

type pair[T any] struct {
	data [40]T
	n    int
}

func genericLocal[T any](ks []string) int {
	type entry struct {
		v T
		d [40]int
	}
	m := map[string]entry{}
	for _, k := range ks {
		m[k] = entry{}
	}
	return len(m)
}

func arrayKeys(a map[[32]byte]int, b map[[8]int64]int, ks [][32]byte) {
	for _, k := range ks {
		a[k]++
		b[[8]int64{int64(k[0])}]++
		if a[k] > 3 {
			a[k] = 0
		}
	}
}

// The type is that of another package.
func foreign(tr *http.Request) int {
	n := 0
	for _, v := range tr.Header {
		n += len(v)
	}
	return n
}
