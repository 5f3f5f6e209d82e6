// Package p holds code of unusual forms, on which the rule must not fail.
package p

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Recursive and self-referring types.

type tree map[string]tree

type loop struct {
	m    map[*loop]map[string]*loop
	next *loop
	fn   func(loop) map[int]loop
}

type selfFunc func(selfFunc) map[int]selfFunc

func (t tree) add(path ...string) tree {
	for i := range path {
		if t[path[i]] == nil {
			t[path[i]] = make(tree)
		}
		t[path[i]][path[i]] = tree{}
		t = t[path[i]]
	}
	return t
}

func deep(l *loop, ls []loop) {
	l.m = map[*loop]map[string]*loop{}
	for i := range ls {
		l.m[&ls[i]] = make(map[string]*loop)
		for j := range ls[i].m {
			l.m[&ls[i]]["a"], l.m[j] = j, nil
			l.next.next.m[l.next] = map[string]*loop{}
		}
	}
}

// Generic code: methods, embedded type parameters, constraints with cores.

type box[K comparable, V any] struct {
	m     map[K]V
	inner *box[K, V]
}

type mapLike[K comparable, V any] interface{ ~map[K]V }

type pairOf[A, B any] struct {
	a A
	b B
}

type embeds[K comparable] struct {
	box[K, []K]
	*pairOf[K, map[K]K]
}

func (b *box[K, V]) fill(keys []K, values ...V) *box[K, V] {
	b.m = make(map[K]V)
	for i, k := range keys {
		b.m[k] = values[i]
	}
	return b
}

func (b box[_, _]) blank() { _ = make(map[int]int) }

func (e *embeds[K]) promoted(keys []K) {
	e.m = make(map[K][]K)
	e.b = map[K]K{}
	for _, k := range keys {
		e.m[k] = nil
		e.b[k] = k
		e.box.m[k], e.pairOf.b[k] = keys, k
	}
}

func collect[M ~map[K]V, S ~[]K, K comparable, V any](s S, f func(K) V) M {
	m := make(M)
	for i := range s {
		m[s[i]] = f(s[i])
	}
	return m
}

func anyMap[M mapLike[int, int] | mapLike2](m M) {}

type mapLike2 interface{ map[int]int }

func number[N ~int | ~int64](n N) map[N]bool {
	m := map[N]bool{}
	for i := N(0); i < n; i++ {
		m[i] = true
	}
	for i := range len(m) {
		m[N(i)] = false
	}
	return m
}

func array[A [12]int | [13]int](a A) map[int]bool {
	m := make(map[int]bool)
	for i := range len(a) {
		m[i] = true
	}
	return m
}

// Method values and expressions, function maps, immediate calls.

func values(b *box[int, int], keys []int) {
	f := b.fill
	g := (*box[int, int]).fill
	m := map[int]func(){}
	for i, k := range keys {
		m[k] = func() { m[i] = func() {} }
		m[i]()
		f(keys, i)
		g(b, keys)
	}
	(func() { m[1] = nil })()
	defer func(m map[int]func()) { m[2] = nil }(m)
	go func() { m = nil }()
}

func funcs() (m map[string]map[int]func(int) map[int]int) {
	m = make(map[string]map[int]func(int) map[int]int)
	for i, s := range strings.Split("a,b,c", ",") {
		m[s] = map[int]func(int) map[int]int{}
		m[s][i] = func(n int) map[int]int {
			r := make(map[int]int)
			for range n {
				r[len(r)] = len(m[s][i](n - 1))
			}
			return r
		}
	}
	return
}

// Unnamed and blank parameters and results, variadics, no bodies.

func unnamed(map[int]int, ...map[string]int) (_ map[int]int, _ error) {
	_ = make(map[int]int)
	var _ = map[int]int{}
	_, _ = make(map[int]int), map[int]int{}
	return nil, errors.New("")
}

func variadic(ms ...map[int]int) {
	for i := range ms {
		ms[i] = make(map[int]int)
		for j := range ms {
			ms[i][j] = j
		}
	}
	variadic(make(map[int]int), map[int]int{})
	variadic(ms...)
}

func external(m map[int]int, n int) map[int]int

func callsExternal(n int) {
	m := external(make(map[int]int), n)
	m = make(map[int]int)
	for i := range n {
		m[i] = i
	}
	external(m, 1)
}

// Channels, selects, gotos, labels, empty statements and bodies.

func selects(c chan map[int]int, d chan int, done <-chan struct{}) {
	m := make(map[int]int)
again:
	for {
		select {
		case m = <-c:
		case m[1] = <-d:
		case v, ok := <-d:
			m[v], _ = v, ok
		case c <- m:
			break again
		case <-done:
			goto end
		default:
			continue again
		}
	}
end:
	for range m {
	}
	for range 20 {

	}
	for i := range d {
		m[i] = i
	}
}

func gotos(n int) map[int]int {
	i := 0
	m := make(map[int]int)
top:
	if i < n {
		m[i] = i
		i++
		goto top
	}
	{
		goto out
	}
out:
	return m
}

func switches(x any, n int) {
	m := make(map[any]int)
	switch y := x.(type) {
	case nil:
		m[nil] = 1
	case int, string:
		m[y] = 2
	case map[int]int:
		for i := range y {
			m[i] = 3
		}
	case func(), chan int:
	default:
		m[x] = 4
	}
	switch {
	}
	switch m[n] = n; {
	case n > 1, m[n] < 0:
	}
	switch n {
	case len(m), m[1]:
		fallthrough
	case 3:
	}
}

// Iterators.

func iterators(s iter.Seq[int], p iter.Seq2[string, int], f func(func() bool)) {
	m, k := make(map[int]int), map[string]int{}
	for i := range s {
		m[i] = i
	}
	for i, j := range p {
		k[i], m[j] = j, j
	}
	for range f {
		m[len(m)]++
	}
	for i, x := range slices.Backward(slices.Collect(maps.Values(m))) {
		m[i] = x
	}
	maps.Insert(k, p)
	maps.Copy(m, maps.Collect(slices.All([]int{1, 2})))
	next, stop := iter.Pull(s)
	defer stop()
	for x, ok := next(); ok; x, ok = next() {
		m[x] = x
	}
}

// Odd keys, values, targets and bounds.

type point struct{ x, y int }

var (
	global, other = make(map[point]int), map[[2]bool]struct{}{}
	fromCall      = func() map[int]int {
		m := make(map[int]int)
		for i := range 100 {
			m[i] = i
		}
		return m
	}()
	inStruct = struct{ m map[int]int }{m: make(map[int]int)}
	inSlice  = []map[int]int{{}, make(map[int]int), {1: 2}}
	nested   = map[int]map[int]map[int]int{1: {2: {}}}
)

func init() {
	for i := range 30 {
		global[point{i, i}] = i
		other[[2]bool{i == 1}] = struct{}{}
		inStruct.m[i], inSlice[0][i], nested[1][2][i] = i, i, i
	}
}

func init() {}

func targets(ps []*point, mm *map[int]int, arr *[12]map[int]int, n int) {
	*mm = make(map[int]int)
	for i := range ps {
		(*mm)[i] = i
		arr[i] = make(map[int]int)
		for arr[i][1], ps[i] = range ps {
		}
		for i := range arr[i] {
			arr[i][i] += i
		}
	}
	var m map[int]int
	for i, m = range arr[:] {
		m[n] = i
	}
	for i := 0; i < len(ps); i, n = i+1, n-1 {
		m[i] = n
	}
	for i, j := 0, n; i < j; i++ {
		m[i] = j
	}
	for i := n; ; i-- {
		if m = make(map[int]int); i < 0 {
			break
		}
		m[i] = 0
	}
	for m := make(map[int]int); len(m) < n; m[len(m)] = n {
	}
	if m := (map[int]int{}); m[1] == 0 {
		m[2] = 1
	} else if m[3] = 4; n > 0 {
		m[5] = 6
	}
}

var i int

func bounds(x struct{ f [3][]int }, s string, c complex128, u uintptr) {
	m := make(map[any]int)
	for i := range x.f {
		for j := range x.f[i] {
			m[[...]int{i, j}] = j
		}
	}
	for i, r := range s {
		m[i], m[r] = i, i
	}
	for i := range u {
		m[i] = 1
	}
	for i := uintptr(0); i < u; i++ {
		m[real(c)] = int(i)
	}
	for i := 'a'; i <= 'z'; i++ {
		m[i] = 1
	}
	for i := 0.0; i < 10; i++ {
		m[i] = 1
	}
	for i = range 1 << 10 {
		m[fmt.Sprint] = i
	}
	for i := 1 << 62; i < 1<<62+20; i++ {
		m[i] = 1
	}
	for i := -1 << 63; i < 1<<63-1; i += 1<<62 + 1<<61 {
		m[i] = 1
	}
	for i := range 1<<63 - 1 {
		m[i] = 1
		break
	}
}

func concurrent(xs []int) map[int]int {
	m := make(map[int]int)
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	for i, x := range xs {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			m[i] = x
		})
	}
	wg.Wait()
	return m
}

func recursive(n int) func() map[int]int {
	m := make(map[int]int)
	var add func(int)
	add = func(i int) {
		if m[i] = i; i < n {
			add(i + 1)
		}
	}
	var get func() map[int]int = func() map[int]int { add(0); return m }
	return get
}

type iface interface {
	method(map[int]int) map[int]int
}

type impl struct{ iface }

func (impl) own(m map[int]int) { m[1] = 1 }

func dynamic(v iface, w impl, n int) {
	m := v.method(make(map[int]int))
	m = map[int]int{}
	for i := range n {
		m[i] = i
	}
	w.method(m)
	w.own(m)
	iface.method(v, m)
	impl.own(w, m)
}

func shadows(len, cap, make, int func(any) string) {
	m := map[string]string{}
	for _, s := range []string{"a"} {
		m[s] = len(s)
	}
	type append = map[string]string
	copy := append{}
	for delete := range m {
		copy[delete] = delete
	}
}
