// Package opened has constructors that fill what nobody else knows yet.
package opened

import "sync"

type Drive interface{ Size() int }

type File struct {
	n  int
	on Drive
}

// A Library finds its files when it is opened.
type Library struct {
	mu     sync.RWMutex
	files  map[int]File
	drives map[string]Drive
	mount  func(string) (Drive, error)
}

func Open(names []string, mount func(string) (Drive, error)) (*Library, error) {
	l := &Library{files: map[int]File{}, drives: map[string]Drive{}, mount: mount}
	if err := l.scan(names); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Library) scan(names []string) (err error) {
	for i, n := range names {
		f := File{n: i}
		if f.on, err = l.driveLocked(n); err != nil {
			return err
		}
		l.files[i] = f
	}
	return nil
}

// What the library keeps came from its own function, which tells nobody of it.
func (l *Library) driveLocked(n string) (Drive, error) {
	if d, ok := l.drives[n]; ok {
		return d, nil
	}
	d, err := l.mount(n)
	if err != nil {
		return nil, err
	}
	l.drives[n] = d
	return d, nil
}

func (l *Library) Drive(n string) (Drive, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.driveLocked(n)
}

func (l *Library) File(i int) File {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.files[i]
}

func (l *Library) Add(i int, f File) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files[i] = f
}

func (l *Library) Remove(i int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.files, i)
}
