// Package small holds maps that stay small.
package small

import "strings"

type color int

const (
	red color = iota
	green
	blue
)

type kind string

const (
	kindA kind = "a"
	kindB kind = "b"
)

type pixel struct {
	c    color
	k    kind
	dark bool
	b    byte
}

func few() map[int]int {
	m := make(map[int]int)
	for i := range 8 {
		m[i] = i
	}
	return m
}

func fewElements() map[string]int {
	m := make(map[string]int)
	for i, s := range []string{"a", "b", "c"} {
		m[s] = i
	}
	return m
}

var names = []string{"a", "b", "c"}

func fewNames() map[string]int {
	m := make(map[string]int)
	for i, s := range names {
		m[s] = i
	}
	local := [...]string{"a", "b"}
	n := make(map[string]int)
	for i, s := range local {
		n[s] = i
	}
	return m
}

func fewParts(s string) map[string]bool {
	m := make(map[string]bool)
	for _, p := range strings.SplitN(s, ",", 4) {
		m[p] = true
	}
	return m
}

func straight() map[string]int {
	m := make(map[string]int)
	m["a"] = 1
	m["b"] = 2
	m["c"] = 3
	return m
}

func domains(ps []pixel) {
	a := make(map[color]pixel)
	b := make(map[kind]pixel)
	c := make(map[bool]pixel)
	d := make(map[byte]pixel)
	for _, p := range ps {
		a[p.c] = p
		b[p.k] = p
		c[p.dark] = p
		d[p.b] = p
	}
}

func bytes(data []byte) map[byte]bool {
	m := make(map[byte]bool)
	for _, b := range data {
		m[b] = true
	}
	return m
}

func nested(a [2]string, b [3]string) map[string]int {
	m := make(map[string]int)
	for i, x := range a {
		for _, y := range b {
			m[x+y] = i
		}
	}
	return m
}
