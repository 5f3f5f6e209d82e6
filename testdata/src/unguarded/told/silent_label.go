package told

import (
	"maps"
	"sync"
)

// A label set is given once, before the link is in use.
type link struct {
	mu     sync.Mutex
	name   string
	labels map[string]string
}

func serveLink(in chan map[string]string, report func([]string)) *link {
	l := &link{}
	go func() {
		for range in {
			report(l.values([]string{"zone", "host"}))
		}
	}()
	return l
}

func (l *link) connect(labels map[string]string) {
	l.mu.Lock()
	l.name = labels["name"]
	l.labels = maps.Clone(labels)
	l.mu.Unlock()
}

func (l *link) values(keys []string) []string {
	// The labels are given once, by connect, and safe to read after that.
	list := make([]string, len(keys))
	if l.labels != nil {
		for i, k := range keys {
			list[i] = l.labels[k]
		}
	}
	return list
}
