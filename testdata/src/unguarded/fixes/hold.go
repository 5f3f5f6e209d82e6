// Package fixes has findings with a fix, of each form that fixes have.
package fixes

import (
	"fmt"
	"io"
	"sync"
)

// Menu has one mutex and one map.
type Menu struct {
	mu     sync.Mutex
	prices map[string]int //mapdiag:guardedby mu
	served int
}

func (m *Menu) Add(dish string, price int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.prices[dish] = price
}

func (m *Menu) Remove(dish string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.prices, dish)
}

func (m *Menu) Has(dish string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.prices[dish]
	return ok
}

func (m *Menu) raise(dish string) { m.prices[dish]++ }

func (m *Menu) Raise(dish string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.raise(dish)
}

func (m *Menu) RaiseTwo(a, b string) {
	m.mu.Lock()
	m.raise(a)
	m.raise(b)
	m.mu.Unlock()
}

// Price is short.
func (m *Menu) Price(dish string) int {
	return m.prices[dish] // want `^read of m\.prices without m\.mu\b`
}

// Free uses the map twice.
func (m *Menu) Free(dish string) { // nothing is free for long
	// Only what is on the menu can be free.
	if m.prices[dish] > 0 { // want `^read of m\.prices without m\.mu\b`
		m.prices[dish] = 0 // want `^write to m\.prices without m\.mu\b`
	}
}

// Serve writes to a stream, which may take long.
func (m *Menu) Serve(w io.Writer, dish string) {
	fmt.Fprintln(w, "here you are:", dish)
	// The house pays.
	m.prices[dish] = 0 // want `^write to m\.prices without m\.mu\b`
	fmt.Fprintln(w, "enjoy")
}

// Total has a loop that is one statement.
func (m *Menu) Total(w io.Writer) {
	sum := 0
	for _, p := range m.prices { // want `^read of m\.prices without m\.mu\b`
		if p < 0 {
			continue
		}
		sum += p
	}
	fmt.Fprintln(w, sum)
}

// Order waits before it returns what it reads.
func (m *Menu) Order(dish string, ready <-chan bool) int {
	<-ready
	return m.prices[dish] // want `^read of m\.prices without m\.mu\b`
}

// Later starts a goroutine.
func (m *Menu) Later(dish string, price int) {
	go func() { m.prices[dish] = price }() // want `^write to m\.prices without m\.mu\b`
}

// Season calls a helper.
func (m *Menu) Season(w io.Writer, dish string) {
	m.raise(dish) // want `^m\.raise writes m\.prices without m\.mu\b`
	fmt.Fprintln(w, dish, "is in season")
}

// Swap unlocks too early.
func (m *Menu) Swap(a, b string) {
	m.mu.Lock()
	p := m.prices[a]
	m.mu.Unlock()
	m.prices[b] = p // want `^write to m\.prices without m\.mu\b`
}

// Both has accesses that have nothing to do with each other.
func (m *Menu) Both(w io.Writer) {
	m.prices["soup"] = 3 // want `^write to m\.prices without m\.mu\b`
	fmt.Fprintln(w, "the soup is cheap")
	m.prices["cake"] = 5 // want `^write to m\.prices without m\.mu\b`
}
