package sealed

import "sync"

// Draft can be changed after it was sent: one of the changes does not ask.
type Draft struct {
	mu    sync.Mutex
	sent  bool
	heads map[string]string
	to    func(map[string]string)
}

func (d *Draft) Set(k, v string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sent {
		return
	}
	d.heads[k] = v
}

func (d *Draft) Unset(k string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.heads, k)
}

func (d *Draft) Send() {
	d.mu.Lock()
	d.sent = true
	h := d.heads
	d.mu.Unlock()
	for k := range h { // want "read of d.heads through h without d.mu"
		println(k)
	}
}
