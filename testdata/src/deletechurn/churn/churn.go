package churn

import "sync"

type key struct {
	host string
	port int
}

type pool struct {
	mu    sync.Mutex
	conns map[key]int // want `entries of conns come and go, and maps with keys of type key grow instead of reusing deleted slots: under steady churn it takes 2 to 8 times the slots of a fresh map \(1000 entries: 320 KiB instead of 80.1 KiB\)`
}

var thePool = &pool{conns: make(map[key]int)}

func (p *pool) open(k key) { p.conns[k]++ }
func (p *pool) done(k key) { delete(p.conns, k) }

var byPair = map[[2]int64]bool{} // want `entries of byPair come and go, and maps with keys of type \[2\]int64 grow`

func start(a, b int64) { byPair[[2]int64{a, b}] = true }
func end(a, b int64)   { delete(byPair, [2]int64{a, b}) }

// subscribers has keys that are interfaces.
func subscribers(join, leave <-chan error) {
	subs := map[error]int{} // want `entries of subs come and go, and maps with keys of type error grow`
	for {
		select {
		case s := <-join:
			subs[s] = len(subs)
		case s := <-leave:
			delete(subs, s)
		}
	}
}

var large = map[int][20]int64{} // want `entries of large come and go, and maps with elements of more than 128 bytes grow instead of reusing deleted slots: under steady churn it takes 2 to 8 times the slots of a fresh map \[deletechurn/possible\]$`

func addLarge(k int) { large[k] = [20]int64{} }
func endLarge(k int) { delete(large, k) }
