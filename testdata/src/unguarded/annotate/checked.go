package annotate

import "sync"

// Wrong names what is no lock. The expectations are block comments before the
// annotation, since what follows that on its line belongs to it.
type Wrong struct {
	mu    sync.Mutex
	count int
	names []string

	a map[int]int /* want `mux.*\[unguarded/likely\]$` */   //mapdiag:guardedby mux
	b map[int]int /* want `count.*\[unguarded/likely\]$` */ //mapdiag:guardedby count
	c map[int]int /* want `names.*\[unguarded/likely\]$` */ //mapdiag:guardedby names
	d map[int]int /* want `Lock.*\[unguarded/likely\]$` */  //mapdiag:guardedby Lock
}

func (w *Wrong) Lock()   { w.mu.Lock() }
func (w *Wrong) Unlock() { w.mu.Unlock() }

// Get is not judged by an annotation that means nothing.
func (w *Wrong) Get(n int) int {
	w.count++
	w.names = append(w.names, "get")
	return w.a[n] + w.b[n] + w.c[n] + w.d[n]
}
