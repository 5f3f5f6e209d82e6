// Package promise has types that say they may be used by several goroutines.
package promise

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
)

// Client is safe for concurrent use.
type Client struct {
	hdr   http.Header
	once  sync.Once
	table map[string]int
	cache sync.Map
	snap  atomic.Pointer[map[string]int]
	tok   chan struct{}
	m     map[string]string
	wg    sync.WaitGroup
	own   map[string]int
	ops   chan func()
}

func New(o ...func(*Client)) *Client {
	c := &Client{hdr: http.Header{}, tok: make(chan struct{}, 1), m: map[string]string{}}
	c.fill(context.Background())
	for _, f := range o {
		f(c)
	}
	return c
}

func (c *Client) fill(ctx context.Context) { c.hdr.Set("a", "b") }

func (c *Client) Do(ctx context.Context, k string) int {
	c.once.Do(func() { c.table = map[string]int{}; c.table["a"] = 1 })
	c.once.Do(c.load)
	h := c.hdr.Clone()
	h.Set("id", k)
	return c.table[k]
}
func (c *Client) load() { c.table = map[string]int{"x": 1}; c.table["y"] = 2 }

func (c *Client) Put(ctx context.Context, k, v string) error {
	select {
	case c.tok <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.tok }()
	c.m[k] = v
	return nil
}

func (c *Client) Swap(ctx context.Context, k string) {
	old := *c.snap.Load()
	n := maps.Clone(old)
	n[k]++
	c.snap.Store(&n)
}

// Run owns own.
func (c *Client) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-c.ops:
			c.own["x"]++
			f()
		}
	}
}
func (c *Client) Own(ctx context.Context) { c.ops <- func() { c.own["y"]++ } }
