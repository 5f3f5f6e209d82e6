package escape

import "sync"

// A Terminal reads its windows again and again through a name that outlives the
// lock: that they are read so often does not tell that they need none.
type Terminal struct {
	mu      sync.Mutex
	windows map[int]string
	focus   int
}

func (s *Terminal) Open(id int, title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.windows[id] = title
	s.focus = id
}

func (s *Terminal) Close(id int) {
	s.mu.Lock()
	delete(s.windows, id)
	s.mu.Unlock()
}

func (s *Terminal) Draw() (text string) {
	s.mu.Lock()
	windows, focus := s.windows, s.focus
	s.mu.Unlock()
	for _, id := range order(windows) { // want `^order reads s\.windows .*without s\.mu, .*\[unguarded/likely\]$`
		text += windows[id] // want `^read of s\.windows through windows without s\.mu, .*\[unguarded/likely\]$`
		if id == focus {
			text += "*"
		}
	}
	return text
}

func order(windows map[int]string) (ids []int) {
	for id := range windows {
		ids = append(ids, id)
	}
	return ids
}
