package escape

import "sync"

// Screen draws in its own time.
type Screen interface{ Draw(scores map[string]int) }

// Board hands its map to a goroutine that it does not know.
type Board struct {
	screen Screen
	mu     sync.Mutex
	scores map[string]int
}

func (b *Board) Score(player string, points int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.scores[player] = points
	go b.screen.Draw(b.scores) // want `^b\.scores is sent and then used without b\.mu, .*\[unguarded/likely\]$`
}

func (b *Board) Show() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.screen.Draw(b.scores)
}

func (b *Board) Wipe(player string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.scores, player)
}

// Pools has inner maps, which are stored where they came from.
type Pools struct {
	mu sync.RWMutex
	by map[string]map[string]int
}

func (p *Pools) Spotted(pool, species string) {
	p.mu.RLock()
	if counts, ok := p.by[pool]; ok {
		counts[species]++ // want `^write to p\.by\[pool\] through counts under p\.mu\.RLock .*\[unguarded\]$`
		p.mu.RUnlock()
		return
	}
	p.mu.RUnlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	counts, ok := p.by[pool]
	if !ok {
		counts = make(map[string]int)
	}
	p.by[pool] = counts
	counts[species]++
}
