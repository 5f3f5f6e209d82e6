package guard

// Spool uses a channel of one slot as its lock: sending takes it.
type Spool struct {
	sem  chan struct{}
	jobs map[int]string
}

func NewSpool() *Spool {
	return &Spool{sem: make(chan struct{}, 1), jobs: make(map[int]string)}
}

func (s *Spool) Add(id int, file string) {
	s.sem <- struct{}{}
	defer func() { <-s.sem }()
	s.jobs[id] = file
}

func (s *Spool) Remove(id int) {
	s.sem <- struct{}{}
	delete(s.jobs, id)
	<-s.sem
}

func (s *Spool) File(id int) string {
	s.sem <- struct{}{}
	defer func() { <-s.sem }()
	return s.jobs[id]
}

func (s *Spool) Len() int {
	s.sem <- struct{}{}
	defer func() { <-s.sem }()
	return len(s.jobs)
}

func (s *Spool) IDs() (ids []int) {
	for id := range s.jobs { // want `^read of s\.jobs without s\.sem, .*\[unguarded/likely\]$`
		ids = append(ids, id)
	}
	return ids
}

// Wallet passes one token round: receiving takes it.
type Wallet struct {
	token chan bool
	coins map[string]int
}

func NewWallet() *Wallet {
	w := &Wallet{token: make(chan bool, 1), coins: make(map[string]int)}
	w.token <- true
	return w
}

func (w *Wallet) Put(coin string, n int) {
	<-w.token
	defer func() { w.token <- true }()
	w.coins[coin] += n
}

func (w *Wallet) Take(coin string) bool {
	<-w.token
	defer func() { w.token <- true }()
	if w.coins[coin] == 0 {
		return false
	}
	w.coins[coin]--
	return true
}

func (w *Wallet) Kinds() int {
	<-w.token
	n := len(w.coins)
	w.token <- true
	return n
}

func (w *Wallet) Burn(coin string) {
	delete(w.coins, coin) // want `^write to w\.coins without w\.token, .*\[unguarded/likely\]$`
}
