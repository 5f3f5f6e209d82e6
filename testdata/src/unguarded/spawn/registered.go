package spawn

import "sync"

// Bus runs the functions that were registered with it in goroutines.
type Bus struct {
	mu    sync.Mutex
	subs  map[string][]func(ev string)
	hooks []func(ev string)
}

func (b *Bus) On(topic string, f func(ev string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[topic] = append(b.subs[topic], f)
}

// Before adds a hook, which runs in the goroutine of Publish.
func (b *Bus) Before(f func(ev string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hooks = append(b.hooks, f)
}

func (b *Bus) Publish(topic, ev string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.hooks {
		h(ev)
	}
	for _, f := range b.subs[topic] {
		go f(ev)
	}
}

var heard = map[string]int{}

func onEvent(ev string) {
	heard[ev]++ // want `^write to heard in goroutines .*\[unguarded/likely\]$`
}

// Listen registers a function and a literal.
func Listen(b *Bus) map[string]bool {
	b.On("all", onEvent)
	seen := make(map[string]bool)
	b.On("all", func(ev string) {
		seen[ev] = true // want `^write to seen in goroutines .*\[unguarded/likely\]$`
	})
	before := make(map[string]bool)
	b.Before(func(ev string) { before[ev] = true })
	return before
}
