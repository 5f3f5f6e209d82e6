package deletechurn_test

import (
	"runtime"
	"testing"
)

// TestChurnGrows holds the claim of the message about keys on the generic path
// against the toolchain in use: at a constant 1000 entries such a map grows
// to four times its memory, and one with keys on a fast path does not.
func TestChurnGrows(t *testing.T) {
	const entries, rounds = 1000, 500
	if got := churned(entries, rounds, func(i int) [2]int64 { return [2]int64{int64(i), 1} }); got < 3 {
		t.Errorf("array keys: churn multiplies the memory by %.1f, the message says 4", got)
	}
	if got := churned(entries, rounds, func(i int) any { return i }); got < 3 {
		t.Errorf("interface keys: churn multiplies the memory by %.1f, the message says 4", got)
	}
	if got := churned(entries, rounds, func(i int) int { return i }); got > 2.5 {
		t.Errorf("int keys: churn multiplies the memory by %.1f, the rule takes them for harmless", got)
	}
}

// churned returns the memory of a map whose entries have all been exchanged
// many times, divided by that of the map when it was fresh.
func churned[K comparable](entries, rounds int, key func(int) K) float64 {
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	start := heap()
	m := make(map[K]int)
	for i := range entries {
		m[key(i)] = i
	}
	fresh := heap() - start
	for i := range entries * rounds {
		delete(m, key(i))
		m[key(i+entries)] = i
	}
	after := heap() - start
	runtime.KeepAlive(m)
	return after / fresh
}

// TestDrainedKeepsMemory holds the claim that neither delete nor clear gives
// memory back, and that the rebuild of the fix does.
func TestDrainedKeepsMemory(t *testing.T) {
	const entries = 100_000
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	start := heap()
	m := make(map[int]int)
	for i := range entries {
		m[i] = i
	}
	full := heap() - start
	for k := range m {
		if k >= entries/100 {
			delete(m, k)
		}
	}
	if kept := heap() - start; kept < full*9/10 {
		t.Errorf("deleting 99 %% leaves %d of %d bytes: maps shrink now", kept, full)
	}
	n := make(map[int]int, len(m))
	for k, v := range m {
		n[k] = v
	}
	m = n
	if kept := heap() - start; kept > full/20 {
		t.Errorf("the rebuilt map keeps %d of %d bytes", kept, full)
	}
	for i := range entries {
		m[i] = i
	}
	clear(m)
	if kept := heap() - start; kept < full*9/10 {
		t.Errorf("clear leaves %d of %d bytes: maps shrink now", kept, full)
	}
	runtime.KeepAlive(m)
}
