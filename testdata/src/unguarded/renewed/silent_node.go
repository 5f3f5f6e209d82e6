package renewed

import (
	"maps"
	"sync"
)

type Node struct {
	parent *Node
	mu     sync.Mutex
	memo   map[string]map[string]string
}

func (n *Node) attrs(k string) map[string]string {
	n.mu.Lock()
	m, ok := n.memo[k]
	n.mu.Unlock()
	if ok {
		return m
	}
	m = map[string]string{}
	if n.parent != nil {
		maps.Copy(m, n.parent.attrs(k))
	}
	m[k] = "self"
	delete(m, "")
	n.mu.Lock()
	n.memo[k] = m
	n.mu.Unlock()
	return m
}

func (n *Node) Render(keys []string) {
	for _, k := range keys {
		go func() {
			for a, v := range n.attrs(k) {
				println(a, v)
			}
		}()
	}
}
