package opened

import "sync"

// A Shelf is known to the register before it is filled.
type Shelf struct {
	mu    sync.Mutex
	files map[int]File
}

var (
	allMu sync.Mutex
	all   = map[string]*Shelf{}
)

func OpenShelf(name string) *Shelf {
	s := &Shelf{files: map[int]File{}}
	register(name, s)
	s.fill()
	return s
}

func register(name string, s *Shelf) {
	allMu.Lock()
	defer allMu.Unlock()
	all[name] = s
}

func Find(name string) *Shelf {
	allMu.Lock()
	defer allMu.Unlock()
	return all[name]
}

func (s *Shelf) fill() {
	s.files[0] = File{n: 1} // want "write to s.files without s.mu"
}

func (s *Shelf) Get(i int) File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[i]
}

func (s *Shelf) Put(i int, f File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[i] = f
}

func (s *Shelf) Drop(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, i)
}
