package escape

import "sync"

// Kiosk is a shop that does not hand over what it shows.
type Kiosk struct {
	mu    sync.Mutex
	shift Takings
}

func (k *Kiosk) Sold(till int, cents int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.shift.ByTill[till] += cents
}

func (k *Kiosk) Till(n int) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.shift.ByTill[n]
}

func (k *Kiosk) Forgive() Takings {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.shift
	k.shift.Refunds = 0
	return now // want "k.shift.ByTill is returned and then used without k.mu"
}

func (k *Kiosk) Begin() Takings {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.shift = noTakings()
	first := k.shift
	return first // want "k.shift.ByTill is returned and then used without k.mu"
}
