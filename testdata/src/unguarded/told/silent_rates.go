package told

import "net/http"

type Rates struct {
	m    map[string]float64
	open chan struct{}
}

func Fetch(get func() map[string]float64) *Rates {
	r := &Rates{m: map[string]float64{}, open: make(chan struct{})}
	go func() {
		for k, v := range get() {
			r.m[k] = v
		}
		close(r.open)
	}()
	return r
}

func (r *Rates) loaded() bool {
	select {
	case <-r.open:
		return true
	default:
	}
	return false
}

func (r *Rates) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if !r.loaded() {
		http.Error(w, "later", 503)
		return
	}
	if r.m[q.FormValue("c")] == 0 {
		http.NotFound(w, q)
	}
}

func (r *Rates) Rate(c string) (float64, bool) {
	ok := r.loaded()
	if !ok {
		return 0, false
	}
	v, ok := r.m[c]
	return v, ok
}
