// Package shards has many maps, each with its lock.
package shards

import (
	"hash/maphash"
	"sync"
)

const shardCount = 16

var seed = maphash.MakeSeed()

type shard struct {
	mu    sync.RWMutex
	items map[string]int
}

// Cache spreads its keys over an array of shards.
type Cache struct {
	shards [shardCount]shard
}

func NewCache() *Cache {
	c := new(Cache)
	for i := range c.shards {
		c.shards[i].items = make(map[string]int)
	}
	return c
}

func (c *Cache) shard(k string) *shard {
	return &c.shards[maphash.String(seed, k)%shardCount]
}

func (c *Cache) Set(k string, n int) {
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[k] = n
}

func (c *Cache) Get(k string) int {
	s := c.shard(k)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.items[k]
}

func (c *Cache) Delete(k string) {
	s := c.shard(k)
	s.mu.Lock()
	delete(s.items, k)
	s.mu.Unlock()
}

func (c *Cache) Clear() {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		clear(s.items)
		s.mu.Unlock()
	}
}

func (c *Cache) Values() (sum int) {
	for i := range c.shards {
		c.shards[i].mu.RLock()
		for _, n := range c.shards[i].items {
			sum += n
		}
		c.shards[i].mu.RUnlock()
	}
	return sum
}

// Len locks no shard.
func (c *Cache) Len() (n int) {
	for i := range c.shards {
		n += len(c.shards[i].items) // want `^read of c\.shards\[i\]\.items without c\.shards\[i\]\.mu, .*\[unguarded/likely\]$`
	}
	return n
}

// Move locks the shard that it moves from, not the one that it moves to.
func (c *Cache) Move(from, to string) {
	src, dst := c.shard(from), c.shard(to)
	src.mu.Lock()
	defer src.mu.Unlock()
	n := src.items[from]
	delete(src.items, from)
	dst.items[to] = n // want `^write to dst\.items without dst\.mu, .*\[unguarded/likely\]$`
}

// Touch writes under the lock for reading.
func (c *Cache) Touch(k string) {
	s := c.shard(k)
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.items[k]++ // want `^write to s\.items under s\.mu\.RLock.*\[unguarded\]$`
}

// Topics has a lock for its shards, and each of these one for its map.
type Topics struct {
	mu     sync.RWMutex
	byName map[string]*topic
}

type topic struct {
	mu   sync.Mutex
	subs map[int]chan<- string
}

func (t *Topics) topic(name string) *topic {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byName[name]
}

func (t *Topics) Create(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byName[name] = &topic{subs: make(map[int]chan<- string)}
}

func (t *Topics) Drop(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byName, name)
}

func (t *Topics) Subscribe(name string, id int, c chan<- string) {
	p := t.topic(name)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.subs[id] = c
}

func (t *Topics) Publish(name, msg string) {
	p := t.topic(name)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.subs {
		c <- msg
	}
}

// Unsubscribe holds the lock of the table, but not that of the topic.
func (t *Topics) Unsubscribe(name string, id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.byName[name]
	delete(p.subs, id) // want `^write to p\.subs without p\.mu, .*\[unguarded/likely\]$`
}

// Rename holds the lock of the topic, but not that of the table.
func (t *Topics) Rename(old, name string) {
	p := t.topic(old)
	p.mu.Lock()
	defer p.mu.Unlock()
	t.byName[name] = p // want `^write to t\.byName without t\.mu, .*\[unguarded/likely\]$`
}
