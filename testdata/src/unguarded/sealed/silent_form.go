package sealed

import (
	"encoding/json"
	"io"
	"sync"
)

type state int

const (
	open state = iota
	closed
)

type Form struct {
	l      sync.RWMutex
	st     state
	fields map[string]string
}

func (f *Form) Set(k, v string) {
	f.l.Lock()
	defer f.l.Unlock()
	if f.st == closed {
		panic("closed")
	}
	f.fields[k] = v
}

func (f *Form) Del(k string) {
	f.l.Lock()
	if f.st != closed {
		delete(f.fields, k)
	}
	f.l.Unlock()
}

func (f *Form) Get(k string) string {
	f.l.RLock()
	defer f.l.RUnlock()
	return f.fields[k]
}

func (f *Form) Submit(w io.Writer) error {
	f.l.Lock()
	f.st = closed
	m := f.fields
	f.l.Unlock()
	for k := range m {
		if k == "" {
			return io.EOF
		}
	}
	return json.NewEncoder(w).Encode(m)
}
