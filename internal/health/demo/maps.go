// Package demo is a program with six maps, one for each pattern that a verdict names. They get
// into their state as maps of real programs do.
package demo

import (
	"fmt"
	"sync"

	"github.com/mapdiag/mapdiag/mapstat"
)

// A program holds the maps and the lock that they share.
type program struct {
	mu sync.Mutex

	countries map[string]int     // made for 100,000 entries, has 249
	sessions  map[string]session // had a peak of 60,000, has 900
	jobs      map[int]job        // two of three of its entries were deleted
	seen      map[[2]int64]int64 // 700 entries, replaced one by one
	thumbs    map[int][192]byte  // values of more than 128 bytes
	users     map[int]string     // as it should be
	churned   int64              // pairs that have gone through seen
}

type session struct{ user, expires int64 }

type job struct{ owner, state int64 }

// Patterns are the names of the maps, with what is the matter with each.
var Patterns = map[string]mapstat.Pattern{
	"countries": mapstat.OverSized,
	"sessions":  mapstat.Drained,
	"jobs":      mapstat.Tombstones,
	"seen":      mapstat.GenericChurn,
	"thumbs":    mapstat.Indirect,
	"users":     mapstat.Healthy,
}

// start registers the maps and lets each go through its life, with a sample where a
// background sampler would have taken one.
func start(r *mapstat.Registry) (*program, error) {
	p := &program{}
	p.mu.Lock()
	p.countries = make(map[string]int, 100_000)
	for i := range 249 {
		p.countries[fmt.Sprintf("country-%d", i)] = i
	}
	p.sessions = make(map[string]session)
	for i := range 60_000 {
		p.sessions[sessionKey(i)] = session{int64(i), int64(i) + 3600}
	}
	// As full as it can be: half of its groups have no free slot, and there deleting leaves
	// tombstones.
	const full = 896
	p.jobs = make(map[int]job, full)
	for i := range full {
		p.jobs[i] = job{int64(i), 1}
	}
	p.seen = make(map[[2]int64]int64)
	for i := range int64(churning) {
		p.seen[seenKey(i)] = i
	}
	p.thumbs = make(map[int][192]byte, 2000)
	for i := range 2000 {
		p.thumbs[i] = [192]byte{byte(i)}
	}
	p.users = make(map[int]string, 10_000)
	for i := range 10_000 {
		p.users[i] = "user"
	}
	p.mu.Unlock()

	for _, track := range []func() (*mapstat.Tracked, error){
		func() (*mapstat.Tracked, error) { return r.Track("countries", &p.countries, &p.mu) },
		func() (*mapstat.Tracked, error) { return r.Track("sessions", &p.sessions, &p.mu) },
		func() (*mapstat.Tracked, error) { return r.Track("jobs", &p.jobs, &p.mu) },
		func() (*mapstat.Tracked, error) { return r.Track("seen", &p.seen, &p.mu) },
		func() (*mapstat.Tracked, error) { return r.Track("thumbs", &p.thumbs, &p.mu) },
		func() (*mapstat.Tracked, error) { return r.Track("users", &p.users, &p.mu) },
	} {
		if _, err := track(); err != nil {
			return nil, err
		}
	}
	r.Sample(0)

	p.mu.Lock()
	for i := range 59_100 {
		delete(p.sessions, sessionKey(i))
	}
	for i := range full {
		if i%3 != 0 {
			delete(p.jobs, i)
		}
	}
	p.mu.Unlock()
	for range 20 {
		p.churn(5000)
		r.Sample(0)
	}
	return p, nil
}

// churning is the number of entries that seen has all the time.
const churning = 700

// churn replaces n entries of seen, the oldest first.
func (p *program) churn(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range n {
		delete(p.seen, seenKey(p.churned))
		p.seen[seenKey(p.churned+churning)] = p.churned
		p.churned++
	}
}

func sessionKey(i int) string { return fmt.Sprintf("session-%08x", i*2654435761) }

func seenKey(i int64) [2]int64 { return [2]int64{i, i >> 3} }
