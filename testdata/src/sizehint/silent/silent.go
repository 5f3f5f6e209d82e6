// Package silent holds maps that must not be reported.
package silent

import (
	"bufio"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
)

type user struct {
	ID      int
	Name    string
	Country string
}

type group struct{ users []user }

// Sized already.

func sized(users []user) map[int]user {
	m := make(map[int]user, len(users))
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func sizedTooSmall(users []user) map[int]user {
	m := make(map[int]user, 1)
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func literal(users []user) map[int]user {
	m := map[int]user{0: {}}
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

// Grouping and counting: elements share keys.

func groups(users []user) map[string][]user {
	m := make(map[string][]user)
	for _, u := range users {
		m[u.Country] = append(m[u.Country], u)
	}
	return m
}

func counts(users []user) (map[string]int, map[string]int) {
	a, b := make(map[string]int), make(map[string]int)
	for _, u := range users {
		a[u.Country]++
		b[u.Country] += u.ID
	}
	return a, b
}

func countByHand(users []user) map[string]int {
	m := make(map[string]int)
	for _, u := range users {
		m[u.Country] = m[u.Country] + 1
	}
	return m
}

func greatest(users []user) map[string]int {
	m := make(map[string]int)
	for _, u := range users {
		m[u.Country] = max(m[u.Country], u.ID)
	}
	return m
}

func getOrCreate(users []user) map[string]*group {
	m := make(map[string]*group)
	for _, u := range users {
		g, ok := m[u.Country]
		if !ok {
			g = &group{}
			m[u.Country] = g
		}
		g.users = append(g.users, u)
	}
	return m
}

func getOrCreateNil(users []user) map[string]*group {
	m := make(map[string]*group)
	for _, u := range users {
		g := m[u.Country]
		if g == nil {
			g = &group{}
			m[u.Country] = g
		}
		g.users = append(g.users, u)
	}
	return m
}

func createFirst(users []user) map[string]*group {
	m := make(map[string]*group)
	for _, u := range users {
		if _, ok := m[u.Country]; !ok {
			m[u.Country] = &group{}
		}
		m[u.Country].users = append(m[u.Country].users, u)
	}
	return m
}

func appendCopy(users []user) map[string][]user {
	m := make(map[string][]user)
	for _, u := range users {
		list := m[u.Country]
		list = append(list, u)
		m[u.Country] = list
	}
	return m
}

func nested(users []user) map[string]map[int]user {
	m := make(map[string]map[int]user)
	for _, u := range users {
		if m[u.Country] == nil {
			m[u.Country] = make(map[int]user)
		}
		m[u.Country][u.ID] = u
	}
	return m
}

func numbered(names []string) map[string]int {
	ids := make(map[string]int)
	for _, n := range names {
		id, ok := ids[n]
		if !ok {
			id = len(ids)
			ids[n] = id
		}
		println(id)
	}
	return ids
}

// Unknown numbers.

func channel(ch chan user) map[int]user {
	m := make(map[int]user)
	for u := range ch {
		m[u.ID] = u
	}
	return m
}

func lines(r io.Reader) map[string]bool {
	m := make(map[string]bool)
	s := bufio.NewScanner(r)
	for s.Scan() {
		m[s.Text()] = true
	}
	return m
}

func iterator(seq func(yield func(string) bool)) map[string]bool {
	m := make(map[string]bool)
	for s := range seq {
		m[s] = true
	}
	return m
}

func chunks(users []user) map[int][]user {
	m := make(map[int][]user)
	for c := range slices.Chunk(users, 10) {
		m[c[0].ID] = c
	}
	return m
}

func walk(root string) map[string]bool {
	m := make(map[string]bool)
	filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		m[path] = true
		return nil
	})
	return m
}

func list(head *node) map[int]*node {
	m := make(map[int]*node)
	for n := head; n != nil; n = n.next {
		m[n.id] = n
	}
	return m
}

type node struct {
	id   int
	next *node
	kids []*node
}

func tree(root *node) map[int]*node {
	m := make(map[int]*node)
	var visit func(*node)
	visit = func(n *node) {
		m[n.id] = n
		for _, k := range n.kids {
			visit(k)
		}
	}
	visit(root)
	return m
}

func worklist(start []string, more func(string) []string) map[string]bool {
	done := make(map[string]bool)
	for i := 0; i < len(start); i++ {
		done[start[i]] = true
		start = append(start, more(start[i])...)
	}
	return done
}

// Bounds with effects, or that change.

func effects(next func() int) map[int]bool {
	m := make(map[int]bool)
	for i := 0; i < next(); i++ {
		m[i] = true
	}
	return m
}

func stride(n, step int) map[int]bool {
	m := make(map[int]bool)
	for i := 0; i < n; i += step {
		m[i] = true
	}
	return m
}

func jumping(n int) map[int]bool {
	m := make(map[int]bool)
	for i := 0; i < n; i++ {
		m[i] = true
		i += m2(i)
	}
	return m
}

func m2(i int) int { return i % 2 }

func unsignedDifference(a, b uint32) map[uint32]bool {
	m := make(map[uint32]bool)
	for i := a; i < b; i++ {
		m[i] = true
	}
	return m
}

// Shrinking while it grows.

func window(xs []int) int {
	m := make(map[int]int)
	best := 0
	for i, x := range xs {
		m[x] = i
		if i >= 10 {
			delete(m, xs[i-10])
		}
		best = max(best, len(m))
	}
	return best
}

// One constant key.

func oneKey(users []user) map[string]user {
	m := make(map[string]user)
	for _, u := range users {
		m["last"] = u
	}
	return m
}

// Replaced before it is filled.

func replaced(users []user, other map[int]user) map[int]user {
	m := make(map[int]user)
	m = other
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

// Emptied for each part.

func flushed(parts [][]user, flush func(map[int]user)) {
	m := make(map[int]user)
	for _, p := range parts {
		for _, u := range p {
			m[u.ID] = u
		}
		flush(m)
		m = make(map[int]user)
	}
}

// Returned empty on most paths.

func mostlyEmpty(users []user, a, b bool) map[int]user {
	m := make(map[int]user)
	if a {
		return m
	}
	if b {
		return m
	}
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

// Never filled here.

func empty() map[int]user { return map[int]user{} }

func handed(fill func(map[int]user)) map[int]user {
	m := make(map[int]user)
	fill(m)
	return m
}

func cloned(src map[int]user) map[int]user {
	m := make(map[int]user)
	m = maps.Clone(src)
	return m
}

// Another map of the same type.

func other(users []user, a map[int]user) map[int]user {
	m := make(map[int]user)
	for _, u := range users {
		a[u.ID] = u
	}
	return m
}

func text(s string) map[rune]bool {
	m := make(map[rune]bool)
	for _, r := range s {
		m[r] = true
	}
	return m
}

func ranged(m0 map[int]user) map[int]user {
	m := map[int]user{}
	for k, v := range m {
		m[k+1] = v
	}
	return m
}

func selecting(users []user, ch chan user) map[int]user {
	m := make(map[int]user)
	for range users {
		select {
		case u := <-ch:
			m[u.ID] = u
		default:
		}
	}
	return m
}

// What is ranged over comes from calls that a counting pass would repeat.

func fetched(names []string, fetch func(string) []user) map[int]user {
	m := make(map[int]user)
	for _, n := range names {
		for _, u := range fetch(n) {
			m[u.ID] = u
		}
	}
	return m
}

func fetchedFirst(names []string, fetch func(string) ([]user, error)) map[int]user {
	m := make(map[int]user)
	for _, n := range names {
		users, err := fetch(n)
		if err != nil {
			continue
		}
		for _, u := range users {
			m[u.ID] = u
		}
	}
	return m
}

func twoCalls(a, b func() []user) map[int]user {
	m := make(map[int]user)
	for _, u := range a() {
		m[u.ID] = u
	}
	for _, u := range b() {
		m[u.ID] = u
	}
	return m
}

// Bounds that are in sight only where it is too late.

func inBlock(ok bool) map[int]user {
	m := make(map[int]user)
	if ok {
		users := fetchUsers()
		for _, u := range users {
			m[u.ID] = u
		}
	}
	return m
}

func inBlocks(err1, err2 error) map[int]user {
	m := make(map[int]user)
	if err1 == nil {
		users := fetchUsers()
		for _, u := range users {
			m[u.ID] = u
		}
	}
	if err2 == nil {
		users := fetchUsers()
		for _, u := range users {
			m[u.ID] = u
		}
	}
	return m
}

func fetchUsers() []user { return nil }

// Entries of unknown number follow.

func more(users []user, ch chan user) map[string]user {
	m := make(map[string]user)
	for _, u := range users {
		m[u.Name] = u
	}
	for u := range ch {
		m[u.Name] = u
	}
	return m
}

// Made when first needed, filled in each round.

func perCountry(groups [][]user) map[string]map[int]user {
	byCountry := make(map[string]map[int]user)
	for _, g := range groups {
		m, ok := byCountry[g[0].Country]
		if !ok {
			m = make(map[int]user)
			byCountry[g[0].Country] = m
		}
		for _, u := range g {
			m[u.ID] = u
		}
	}
	return byCountry
}

// Marks in nested loops.

func marks(groups []group) map[string]bool {
	m := make(map[string]bool)
	for _, g := range groups {
		for _, u := range g.users {
			m[u.Country] = true
		}
	}
	return m
}

// Counted beside.
func firsts(users []user) map[string]user {
	first := make(map[string]user)
	count := make(map[string]int)
	for _, u := range users {
		if count[u.Country] == 0 {
			first[u.Country] = u
		}
		count[u.Country]++
	}
	return first
}

// A worklist: what is ranged over grows.

func reachable(pending map[int]bool, next func(int) []int) map[int]bool {
	visited := make(map[int]bool)
	for len(pending) > 0 {
		for k := range pending {
			delete(pending, k)
			visited[k] = true
			for _, n := range next(k) {
				if !visited[n] {
					pending[n] = true
				}
			}
		}
	}
	return visited
}

func growing(pending map[int]bool) map[int]bool {
	visited := make(map[int]bool)
	for k := range pending {
		visited[k] = true
		pending[k+1] = true
	}
	return visited
}

// A buffer that is filled again.
func rounds(read func([]user) bool) map[int]user {
	m := make(map[int]user)
	buf := make([]user, 10)
	for read(buf) {
		for _, u := range buf {
			m[u.ID] = u
		}
	}
	return m
}

// The map's size is no measure of what is added to it.

func copiedOntoItself(users []user) map[int]user {
	m := make(map[int]user)
	maps.Copy(m, m)
	for i := range len(m) + 20 {
		m[i] = users[i]
	}
	return m
}

// Nine entries in one case are no reason for a larger map in all others.

func fields(kind int) map[string]int {
	m := make(map[string]int)
	switch kind {
	case 0:
		m["a"], m["b"], m["c"], m["d"], m["e"] = 1, 2, 3, 4, 5
		m["f"], m["g"], m["h"], m["i"] = 6, 7, 8, 9
	case 1:
		m["a"], m["b"] = 1, 2
	default:
		m["a"] = 1
	}
	return m
}

func fieldsOfEither(wide bool) map[string]int {
	m := make(map[string]int)
	if wide {
		m["a"], m["b"], m["c"], m["d"], m["e"] = 1, 2, 3, 4, 5
		m["f"], m["g"], m["h"], m["i"] = 6, 7, 8, 9
	} else {
		m["a"], m["b"] = 1, 2
	}
	return m
}

// Grouping under a key of several parts, by another function than append.

type countryAndName struct{ country, name string }

type members []user

func (m members) with(u user) members { return append(m, u) }

func grouped(users []user) map[countryAndName]members {
	m := make(map[countryAndName]members)
	for _, u := range users {
		m[countryAndName{u.Country, u.Name}] = m[countryAndName{u.Country, u.Name}].with(u)
	}
	return m
}
