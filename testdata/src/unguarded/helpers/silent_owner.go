package helpers

import "sync"

// Pages has no lock and needs none: its site has one.
type Pages struct{ byPath map[string]string }

// Site is the only one to call it.
type Site struct {
	mu    sync.Mutex
	pages Pages
}

func (p *Pages) put(path, text string)  { p.byPath[path] = text }
func (p *Pages) get(path string) string { return p.byPath[path] }

func (s *Site) Publish(path, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages.put(path, text)
}

func (s *Site) Page(path string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pages.get(path)
}
