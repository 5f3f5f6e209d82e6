package sealed

import "sync"

type Builder struct {
	mu     sync.Mutex
	frozen bool
	tags   map[string]string
}

func (b *Builder) Tag(k, v string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.frozen {
		return
	}
	b.tags[k] = v
}

// Build freezes the tags and returns them.
func (b *Builder) Build() map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.frozen = true
	return b.tags
}

func (b *Builder) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.tags)
}
