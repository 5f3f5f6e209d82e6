package commands

type task struct {
	do   func()
	done chan struct{}
}

type Store struct {
	q  chan *task
	kv map[string]string
}

func Make() *Store {
	s := &Store{q: make(chan *task), kv: map[string]string{}}
	go s.loop()
	return s
}

func (s *Store) loop() {
	for t := range s.q {
		t.do()
		close(t.done)
		if len(s.kv) > 99 {
			s.kv = map[string]string{}
		}
	}
}

func (s *Store) sync(f func()) {
	t := &task{do: f, done: make(chan struct{})}
	s.q <- t
	<-t.done
}

func (s *Store) Set(k, v string) { s.sync(func() { s.kv[k] = v }) }
func (s *Store) Get(k string) (v string) {
	s.sync(func() { v = s.kv[k] })
	return v
}
