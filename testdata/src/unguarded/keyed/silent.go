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
