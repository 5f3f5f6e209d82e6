package safe

import (
	"strings"
	"sync/atomic"
)

// Dict answers nothing until the goroutine that fills it has said that it is done.
type Dict struct {
	ready atomic.Bool
	words map[string]string
}

func OpenDict(lines []string) *Dict {
	d := &Dict{words: make(map[string]string)}
	go d.load(lines)
	return d
}

func (d *Dict) load(lines []string) {
	for _, l := range lines {
		if word, meaning, ok := strings.Cut(l, "\t"); ok {
			d.words[word] = meaning
		}
	}
	d.ready.Store(true)
}

func (d *Dict) Meaning(word string) string {
	if !d.ready.Load() {
		return ""
	}
	return d.words[word]
}
