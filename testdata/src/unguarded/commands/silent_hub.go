package commands

type Hub struct {
	peers map[string]chan string
	todo  chan func()
	quit  chan bool
}

func NewHub() *Hub {
	h := &Hub{peers: map[string]chan string{}, todo: make(chan func(), 8), quit: make(chan bool)}
	go func() {
		for {
			select {
			case f, ok := <-h.todo:
				if !ok {
					return
				}
				f()
				if len(h.peers) == 0 {
					h.peers = map[string]chan string{}
				}
			case <-h.quit:
				return
			}
		}
	}()
	return h
}

// Join is asynchronous.
func (h *Hub) Join(name string, c chan string) {
	h.todo <- func() { h.peers[name] = c }
}

func (h *Hub) Leave(name string) {
	select {
	case h.todo <- func() {
		delete(h.peers, name)
	}:
	case <-h.quit:
	}
}

func (h *Hub) Say(s string) {
	f := func() {
		for _, c := range h.peers {
			c <- s
		}
	}
	h.todo <- f
}
