package collector

import "sync"

// Session belongs to one connection; the server pauses all of them.
type Server struct {
	pause sync.RWMutex
	mu    sync.Mutex
	all   map[int]*Session
}
type Session struct {
	srv  *Server
	id   int
	vars map[string]string
}

func (s *Server) Open(id int) *Session {
	c := &Session{srv: s, id: id, vars: map[string]string{}}
	s.mu.Lock()
	s.all[id] = c
	s.mu.Unlock()
	return c
}

func (c *Session) do(f func()) {
	c.srv.pause.RLock()
	defer c.srv.pause.RUnlock()
	f()
}

func (c *Session) Set(k, v string) { c.do(func() { c.vars[k] = v }) }
func (c *Session) Unset(k string)  { c.do(func() { delete(c.vars, k) }) }

func (s *Server) Reload(defaults map[string]string) {
	s.pause.Lock()
	defer s.pause.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.all {
		for k, v := range defaults {
			c.vars[k] = v
		}
	}
}
