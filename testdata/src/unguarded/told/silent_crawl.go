package told

import (
	"context"
	"sync"
)

type Crawl struct {
	wg    sync.WaitGroup
	over  chan struct{}
	pages map[string]int
	err   error
}

func Go(urls []string) *Crawl {
	c := &Crawl{over: make(chan struct{}), pages: make(map[string]int)}
	go c.crawl(urls)
	return c
}

func (c *Crawl) crawl(urls []string) {
	defer close(c.over)
	for i, u := range urls {
		c.pages[u] = i
	}
}

func (c *Crawl) await(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.over:
	}
	return c.err
}

// Pages waits.
func (c *Crawl) Pages(ctx context.Context) (map[string]int, error) {
	err := c.await(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for k, v := range c.pages {
		out[k] = v
	}
	return out, nil
}

func (c *Crawl) Count(ctx context.Context, u string) int {
	if err := c.await(ctx); err == nil {
		return c.pages[u]
	}
	return 0
}
