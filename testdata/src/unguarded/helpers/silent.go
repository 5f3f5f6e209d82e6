package helpers

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// Cache has helpers all of whose callers hold the lock, or own the cache.
type Cache struct {
	mu    sync.Mutex
	items map[string]item
	stats map[string]int
	limit int
}

type item struct {
	value string
	used  time.Time
}

// NewCache calls one while nobody else can.
func NewCache(limit int) *Cache {
	c := &Cache{limit: limit}
	c.reset()
	c.store("", "")
	return c
}

func (c *Cache) reset() {
	c.items = make(map[string]item)
	c.stats = make(map[string]int)
}

func (c *Cache) store(k, v string) {
	c.items[k] = item{v, time.Now()}
	c.count("store")
	if len(c.items) > c.limit {
		c.evict()
	}
}

func (c *Cache) evict() {
	var oldest string
	for k, i := range c.items {
		if oldest == "" || i.used.Before(c.items[oldest].used) {
			oldest = k
		}
	}
	delete(c.items, oldest)
	c.count("evict")
}

func (c *Cache) count(event string) { c.stats[event]++ }

func (c *Cache) Put(k, v string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.store(k, v)
}

func (c *Cache) Get(k string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.count("get")
	return c.items[k].value
}

func (c *Cache) Reset() {
	c.mu.Lock()
	c.reset()
	c.mu.Unlock()
}

// Keys sorts with a function that is called here and now.
func (c *Cache) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := slices.Collect(maps.Keys(c.items))
	sort.Slice(keys, func(i, j int) bool { return c.items[keys[i]].used.Before(c.items[keys[j]].used) })
	slices.SortFunc(keys, c.byUse)
	return keys
}

func (c *Cache) byUse(a, b string) int {
	return cmp.Compare(c.items[a].used.Unix(), c.items[b].used.Unix())
}

// Drop passes literals to functions that call them before they return.
func (c *Cache) Drop(prefix string, once *sync.Once) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.stats, func(k string, n int) bool { return n < len(c.items) })
	c.each(func(k string) {
		if strings.HasPrefix(k, prefix) {
			delete(c.items, k)
		}
	})
	once.Do(func() { c.stats["dropped"]++ })
	func() {
		c.stats["drops"]++
	}()
}

func (c *Cache) each(f func(k string)) {
	for _, k := range slices.Sorted(maps.Keys(c.items)) {
		f(k)
	}
}

// Trim calls through a variable and through a method value.
func (c *Cache) Trim(all bool) {
	trim := c.evict
	if all {
		trim = c.reset
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	trim()
}

// Touch passes a method value to a function of the package.
func (c *Cache) Touch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.each(c.count)
}

// Refresh starts a goroutine, and a timer, that lock for themselves.
func (c *Cache) Refresh(k string, load func(string) string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count("refresh")
	go func() {
		v := load(k)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.store(k, v)
	}()
	time.AfterFunc(time.Minute, func() { c.Put(k, load(k)) })
	go c.Reset()
}

// Walk is recursive under the lock of its caller.
type Walk struct {
	mu    sync.RWMutex
	links map[string][]string
	depth map[string]int
}

func (w *Walk) visit(page string, depth int) {
	if d, ok := w.depth[page]; ok && d <= depth {
		return
	}
	w.depth[page] = depth
	for _, next := range w.links[page] {
		w.follow(next, depth)
	}
}

func (w *Walk) follow(page string, depth int) {
	if depth < 10 {
		w.visit(page, depth+1)
	}
}

func (w *Walk) Visit(page string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.visit(page, 0)
}

func (w *Walk) Follow(pages ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range pages {
		w.follow(p, 0)
	}
}

func (w *Walk) Depth(page string) int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.depth[page]
}
