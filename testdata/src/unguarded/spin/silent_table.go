package spin

import (
	"runtime"
	"sync/atomic"
)

var (
	lk  atomic.Bool
	tab = map[string]int{}
)

func acquire() {
	for !lk.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
}
func release() { lk.Store(false) }

func Put(k string) {
	acquire()
	defer release()
	tab[k]++
}

func Run(keys []string) {
	for _, k := range keys {
		go func() {
			for {
				if lk.CompareAndSwap(false, true) {
					break
				}
				runtime.Gosched()
			}
			tab[k]++
			lk.Store(false)
		}()
		go Put(k)
	}
}
