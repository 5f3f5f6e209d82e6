package keyed

import "sync"

// A Quilt has one map for each row, and one goroutine.
type Quilt struct {
	width int
	rows  []map[int]string
}

func Sew(width, height int, color func(x, y int) string) *Quilt {
	q := &Quilt{width: width, rows: make([]map[int]string, height)}
	var wg sync.WaitGroup
	wg.Add(height)
	for y := 0; y < height; y++ {
		q.rows[y] = make(map[int]string)
		go func() {
			defer wg.Done()
			q.sew(y, color)
		}()
	}
	wg.Wait()
	return q
}

func (q *Quilt) sew(y int, color func(x, y int) string) {
	for x := range q.width {
		q.rows[y][x] = color(x, y)
	}
}

// Mend gets each row once from a channel.
func (q *Quilt) Mend(workers int) {
	rows := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for y := range rows {
				q.sew(y, func(x, y int) string { return "white" })
			}
		})
	}
	for y := range q.rows {
		rows <- y
	}
	close(rows)
	wg.Wait()
}

// So does Count, by names.
func Count(sheets map[string]map[string]int, workers int) {
	names := make(chan string)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for n := range names {
				count(sheets, n)
			}
		})
	}
	for n := range sheets {
		names <- n
	}
	close(names)
	wg.Wait()
}

func count(sheets map[string]map[string]int, n string) {
	s := sheets[n]
	for k := range s {
		s[k]++
	}
}

// A Barn has a lock for each of its lofts, and finds both by the same number.
type Barn struct {
	lofts [8]map[string]int
	locks [8]*sync.Mutex
}

func (b *Barn) number(k string) int { return len(k) % 8 }

func (b *Barn) loft(k string) map[string]int { return b.lofts[b.number(k)] }

func (b *Barn) lock(k string) *sync.Mutex { return b.locks[b.number(k)] }

func (b *Barn) Store(k string) {
	mu := b.lock(k)
	mu.Lock()
	b.loft(k)[k]++
	mu.Unlock()
}

func (b *Barn) Clear(keys []string) {
	for _, k := range keys {
		go func() {
			mu := b.lock(k)
			mu.Lock()
			defer mu.Unlock()
			delete(b.loft(k), k)
		}()
	}
}

// A Mews has one for each stable, by its name.
type Mews struct {
	stables map[string]map[string]int
	locks   map[string]*sync.Mutex
}

func (m *Mews) stable(name string) map[string]int { return m.stables[name] }

func (m *Mews) lock(name string) *sync.Mutex { return m.locks[name] }

func (m *Mews) Feed(name, horse string) {
	m.lock(name).Lock()
	defer m.lock(name).Unlock()
	m.stable(name)[horse]++
}

func (m *Mews) Turn(names []string) {
	for _, n := range names {
		go func() {
			mu := m.lock(n)
			mu.Lock()
			defer mu.Unlock()
			clear(m.stable(n))
		}()
	}
}
