// Package use handles the structs of another package.
package use

import (
	"sync"

	"unguarded/outer/gear"
)

var (
	probing sync.Mutex
	found   []gear.Gear
)

// Gears probes all there are, one caller at a time.
func Gears(ids []string) []gear.Gear {
	probing.Lock()
	defer probing.Unlock()
	if found == nil {
		found = probe(ids)
	}
	verified := make([][]gear.Gear, len(found))
	var wg sync.WaitGroup
	for i := range found {
		wg.Go(func() { verified[i] = probe([]string{found[i].ID}) })
	}
	wg.Wait()
	return found
}

func probe(ids []string) []gear.Gear {
	var list []gear.Gear
	for _, id := range ids {
		list = append(list, gear.Gear{ID: id})
	}
	mark(list, "probed")
	return list
}

func mark(list []gear.Gear, k string) {
	for i := range list {
		if list[i].Env == nil {
			list[i].Env = map[string]string{}
		}
		delete(list[i].Env, "raw")
		list[i].Env[k] = "1"
	}
}

// The lock of a package that keeps such a struct is taken where its map is used.
var (
	ownMu sync.Mutex
	own   = &gear.Wheel{Tags: map[string]string{}}
)

func Set(k, v string) {
	ownMu.Lock()
	defer ownMu.Unlock()
	own.Tags[k] = v
}

func Unset(k string) {
	ownMu.Lock()
	defer ownMu.Unlock()
	delete(own.Tags, k)
}

func Get(k string) string {
	ownMu.Lock()
	defer ownMu.Unlock()
	return own.Tags[k]
}

func Len() int { return len(own.Tags) } // want "read of own.Tags without ownMu"
