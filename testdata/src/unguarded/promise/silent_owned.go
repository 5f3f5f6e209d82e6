package promise

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

// Cache is safe for use by multiple goroutines.
type Cache struct {
	mu    sync.Mutex
	items map[string]int
	local map[string]int
	loop  chan func()
	conf  map[string]string
	stats map[string]int
}

func (c *Cache) Get(ctx context.Context, k string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.get(ctx, k)
}
func (c *Cache) get(ctx context.Context, k string) int { c.items[k]++; return c.items[k] }
func (c *Cache) Call(ctx context.Context, k string) {
	c.loop <- func() { c.run(ctx, k) }
}
func (c *Cache) run(ctx context.Context, k string) { c.local[k]++ }
func (c *Cache) Serve(ctx context.Context) {
	for {
		select {
		case f := <-c.loop:
			f()
		case <-ctx.Done():
			c.drain(ctx)
			return
		}
	}
}
func (c *Cache) drain(ctx context.Context) { clear(c.local) }

// Init reads the configuration; call it once before use.
func (c *Cache) Init(ctx context.Context) error {
	c.conf = map[string]string{}
	c.conf["a"] = "b"
	return c.more(ctx)
}
func (c *Cache) more(ctx context.Context) error { c.conf["c"] = "d"; return nil }

func (c *Cache) with(f func()) { c.mu.Lock(); defer c.mu.Unlock(); f() }
func (c *Cache) Stat(ctx context.Context, k string) {
	c.with(func() { c.stat(ctx, k) })
}
func (c *Cache) stat(ctx context.Context, k string) { c.stats[k]++ }

// deadline variants
func Race(ctx context.Context, ks []string) (map[string]int, error) {
	out := map[string]int{}
	type kv struct {
		k string
		n int
	}
	ch := make(chan kv, len(ks))
	for _, k := range ks {
		go func() { ch <- kv{k, len(k)} }()
	}
	for range ks {
		select {
		case r := <-ch:
			out[r.k] = r.n
		case <-ctx.Done():
			return out, ctx.Err()
		}
	}
	return out, nil
}

type Rep struct {
	mu sync.Mutex
	By map[string]int
}

func Scan(ctx context.Context, ks []string) *Rep {
	r := &Rep{By: map[string]int{}}
	var wg sync.WaitGroup
	for _, k := range ks {
		wg.Go(func() { r.mu.Lock(); r.By[k]++; r.mu.Unlock() })
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return r
}
func (r *Rep) Get(k string) int { r.mu.Lock(); defer r.mu.Unlock(); return r.By[k] }

func Clone(ctx context.Context, ks []string) (map[string]int, error) {
	var mu sync.Mutex
	m := map[string]int{}
	done := make(chan struct{})
	var wg sync.WaitGroup
	for _, k := range ks {
		wg.Go(func() { mu.Lock(); m[k]++; mu.Unlock() })
	}
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
		return m, nil
	case <-time.After(time.Second):
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(m), errors.New("timeout")
	}
}

// two locks: move between
type Bank struct {
	inMu  sync.Mutex
	in    map[string]int
	outMu sync.Mutex
	out   map[string]int
}

func (b *Bank) Put(k string)      { b.inMu.Lock(); b.in[k]++; b.inMu.Unlock() }
func (b *Bank) Has(k string) bool { b.inMu.Lock(); defer b.inMu.Unlock(); return b.in[k] > 0 }
func (b *Bank) Move(k string) {
	b.inMu.Lock()
	defer b.inMu.Unlock()
	b.outMu.Lock()
	defer b.outMu.Unlock()
	b.out[k] = b.in[k]
	delete(b.in, k)
}
func (b *Bank) Out(k string) int { b.outMu.Lock(); defer b.outMu.Unlock(); return b.out[k] }
func (b *Bank) Flush()           { b.outMu.Lock(); clear(b.out); b.outMu.Unlock() }
func (b *Bank) Total() int {
	b.outMu.Lock()
	n := len(b.out)
	b.outMu.Unlock()
	b.inMu.Lock()
	defer b.inMu.Unlock()
	return n + len(b.in)
}
