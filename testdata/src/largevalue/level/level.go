// Package level holds the findings that are reported by default, and beside
// them weaker ones that are not.
package level

import (
	"encoding/json"
	"log"
	"maps"
	"os"
)

type big struct {
	id   int
	data [16]int
}

type huge struct {
	id   int
	data [100]int
}

func modifyInLoop(ks []string) int {
	m := map[string]big{} // want `1 read-modify-write`
	for _, k := range ks {
		v := m[k]
		v.id++
		m[k] = v
	}
	return len(m)
}

func rangeInLoop(rounds int, ks []string) (n int) {
	m := make(map[string]big) // want `1 range`
	for _, k := range ks {
		m[k] = big{}
	}
	for range rounds {
		for _, v := range m {
			n += v.id
		}
	}
	return n
}

func hugeRange(m map[string]huge) (n int) { // want `1 range`
	for _, v := range m {
		n += v.id
	}
	return n
}

// One range alone.
func oneRange(m map[string]big) (n int) {
	for _, v := range m {
		n += v.id
	}
	return n
}

// The copy is wanted.
func values(m map[string]huge) (list []huge) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func fill(ks []string) map[string]huge {
	m := make(map[string]huge)
	for _, k := range ks {
		m[k] = huge{}
	}
	return m
}

// As large as its source text.
var table = map[string]huge{"a": {}, "b": {}}

func inTable(ks []string) (n int) {
	for range ks {
		for _, v := range table {
			n += v.id
		}
	}
	return n
}

// Other modules may use it.
type Config struct {
	Items map[string]huge
}

func (c *Config) total() (n int) {
	for _, v := range c.Items {
		n += v.id
	}
	return n
}

func Total(m map[string]huge) (n int) {
	for _, v := range m {
		n += v.id
	}
	return n
}

var setUp int

func init() {
	m := map[string]huge{}
	_ = json.Unmarshal([]byte("{}"), &m)
	for _, v := range m {
		setUp += v.id
	}
}

func once(m map[string]big, k string) {
	v := m[k]
	v.id++
	m[k] = v
}

// Whoever clones the map counts on values of their own.
func cloned(ks []string) map[string]big {
	m := map[string]big{}
	for _, k := range ks {
		v := m[k]
		v.id++
		m[k] = v
	}
	return maps.Clone(m)
}

// Beside a file system the copy does not count.
func dearRounds(m map[string]huge) (n int) {
	for _, v := range m {
		if _, err := os.Stat(string(rune(v.id))); err == nil {
			n++
		}
	}
	return n
}

func leaf(h int) int { return h + 1 }

func cheapRounds(m map[string]huge, ks []string) (n int) { // want `1 lookup`
	for _, k := range ks {
		v := m[k]
		n += leaf(v.id) + v.data[3]
	}
	return n
}

// What another function decides about the type: a function value.
func imposed(ks []string, f func(map[string]big)) {
	m := map[string]big{}
	for _, k := range ks {
		v := m[k]
		v.id++
		m[k] = v
	}
	f(m)
}

// A log line in each round costs several times the copy.
func logged(ks []string) int {
	m := map[string]big{}
	for _, k := range ks {
		log.Printf("counting %s", k)
		v := m[k]
		v.id++
		m[k] = v
	}
	return len(m)
}

// Under a condition it is the exception.
func loggedSometimes(ks []string) int {
	m := map[string]big{} // want `1 read-modify-write`
	for _, k := range ks {
		if k == "" {
			log.Printf("an empty key")
		}
		v := m[k]
		v.id++
		m[k] = v
	}
	return len(m)
}
