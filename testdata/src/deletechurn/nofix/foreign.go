package nofix

import (
	"bytes"
	"sync"
)

type foreign struct {
	mu sync.Mutex
	m  map[string]*bytes.Buffer
}

func (f *foreign) add(k string) { f.m[k] = new(bytes.Buffer) }
