package keyed

import "sync"

// A Depot has workers that look parcels up by what comes on a channel, one twice perhaps.
type parcel struct{ stamps map[string]bool }

type Depot struct {
	parcels map[string]*parcel
	codes   chan string
}

func Open(workers int) *Depot {
	d := &Depot{parcels: make(map[string]*parcel), codes: make(chan string, 16)}
	for range workers {
		go d.work()
	}
	return d
}

func (d *Depot) Hand(code string) { d.codes <- code }

func (d *Depot) work() {
	for code := range d.codes {
		d.stamp(code)
	}
}

func (d *Depot) parcel(code string) *parcel { return d.parcels[code] }

func (d *Depot) stamp(code string) {
	p := d.parcel(code)
	if p == nil || p.stamps["in"] {
		return
	}
	p.stamps["in"] = true // want "write to d.parcels\\[code\\].stamps in goroutines started by the loop at racy.go:15, no lock held"
}

// All draw on one sheet, whichever row is theirs.
func Draw(rows []string) []map[string]int {
	sheets := []map[string]int{{}, {}}
	var wg sync.WaitGroup
	for _, r := range rows {
		wg.Go(func() { draw(sheets, 0, r) })
	}
	wg.Wait()
	return sheets
}

func draw(sheets []map[string]int, i int, r string) {
	first := sheets[0]
	first[r] = i // want "write to sheets\\[0\\] in goroutines started by the loop at racy.go:43"
}
