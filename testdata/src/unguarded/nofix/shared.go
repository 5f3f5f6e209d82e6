package nofix

import "sync"

// Memo is written to under a lock for reading.
type Memo struct {
	mu   sync.RWMutex
	vals map[string]int
	work func(string) int
}

func (m *Memo) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.vals)
}

// Get runs a function that may read the memo, as it may as long as the lock
// is held for reading.
func (m *Memo) Get(k string) int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if _, ok := m.vals[k]; !ok {
		m.vals[k] = m.work(k) // want `^write to m\.vals under m\.mu\.RLock`
	}
	return m.vals[k]
}

// Trim calls what takes the lock for reading once more.
func (m *Memo) Trim(k string) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.Len() > 100 {
		delete(m.vals, k) // want `^write to m\.vals under m\.mu\.RLock`
	}
}

// drop is called under it.
func (m *Memo) drop(k string) {
	m.mu.RLock()
	delete(m.vals, k) // want `^write to m\.vals under m\.mu\.RLock`
	m.mu.RUnlock()
}

func (m *Memo) Drop(k string) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if _, ok := m.vals[k]; ok {
		m.drop(k)
	}
}

// Half has the reading half of the lock.
func (m *Memo) Half(k string) {
	l := m.mu.RLocker()
	l.Lock()
	defer l.Unlock()
	delete(m.vals, k) // want `^write to m\.vals under m\.mu\.RLock`
}

// Value hands the unlocking method on.
func (m *Memo) Value(k string) func() {
	m.mu.RLock()
	m.vals[k]++ // want `^write to m\.vals under m\.mu\.RLock`
	return m.mu.RUnlock
}
