package escape

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
)

// Buffer hands its map over and begins a new one, all under the lock.
type Buffer struct {
	mu    sync.Mutex
	lines map[string]int
	out   chan map[string]int
}

// Flushed is what a buffer held.
type Flushed struct{ Lines map[string]int }

func (b *Buffer) Add(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines[line]++
}

func (b *Buffer) Drop(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.lines, line)
}

func (b *Buffer) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.lines)
}

func (b *Buffer) Swap() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.lines
	b.lines = make(map[string]int)
	return old
}

func (b *Buffer) SwapAtOnce() (old map[string]int) {
	b.mu.Lock()
	old, b.lines = b.lines, make(map[string]int)
	b.mu.Unlock()
	delete(old, "")
	return old
}

func (b *Buffer) Sum() (n int) {
	b.mu.Lock()
	lines := b.lines
	b.lines = make(map[string]int, len(lines))
	b.mu.Unlock()
	for _, c := range lines {
		n += c
	}
	clear(lines)
	return n
}

func (b *Buffer) Send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.out <- b.lines
	b.lines = make(map[string]int)
}

func (b *Buffer) Flush() *Flushed {
	b.mu.Lock()
	f := &Flushed{Lines: b.lines}
	b.lines = make(map[string]int)
	b.mu.Unlock()
	return f
}

// Deferred replaces the map when it returns.
func (b *Buffer) Deferred() map[string]int {
	b.mu.Lock()
	defer func() {
		b.lines = make(map[string]int)
		b.mu.Unlock()
	}()
	return b.lines
}

// Clones leave, not the map.
func (b *Buffer) Clone() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.lines)
}

func (b *Buffer) Copy() map[string]int {
	lines := make(map[string]int)
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.Copy(lines, b.lines)
	return lines
}

func (b *Buffer) Without(line string) map[string]int {
	b.mu.Lock()
	lines := b.lines
	lines = maps.Clone(lines)
	b.mu.Unlock()
	delete(lines, line)
	return lines
}

func (b *Buffer) Keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.lines))
}

func (b *Buffer) JSON() ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return json.Marshal(b.lines)
}

// Alias is used as long as the lock is held.
func (b *Buffer) Alias(line string) (n int) {
	b.mu.Lock()
	lines := b.lines
	n = lines[line]
	lines[line] = 0
	b.mu.Unlock()
	lines = map[string]int{line: n}
	return len(lines)
}

// Each locks when it is ranged over.
func (b *Buffer) Each() func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		b.mu.Lock()
		defer b.mu.Unlock()
		for line, n := range b.lines {
			if !yield(line, n) {
				return
			}
		}
	}
}

// live is for callers that hold the lock, and use what it returns under it.
func (b *Buffer) live() map[string]int { return b.lines }

func (b *Buffer) Max() (top int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range b.live() {
		top = max(top, n)
	}
	return top
}

func (b *Buffer) Bump() {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.live()
	m["bump"]++
}

// Count returns an element, which is a copy.
func (b *Buffer) Count(line string) (int, bool) {
	b.mu.Lock()
	n, ok := b.lines[line]
	b.mu.Unlock()
	if !ok {
		return 0, false
	}
	return n, true
}
