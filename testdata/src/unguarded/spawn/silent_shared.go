package spawn

import (
	"maps"
	"net/http"
	"sync"
)

// Cloned copies the shared map before it writes.
func Cloned(urls []string, send func(map[string]string)) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Go(func() {
			tags := maps.Clone(untouched)
			tags["url"] = u
			send(tags)
		})
	}
	wg.Wait()
}

// untouched is only read.
var untouched = map[string]string{"env": "prod"}

// Query is copied for each call, and its map as well.
type Query struct {
	URL  string
	Args map[string]string
}

func (q *Query) clone() *Query {
	c := *q
	c.Args = make(map[string]string, len(q.Args))
	for k, v := range q.Args {
		c.Args[k] = v
	}
	return &c
}

func Ask(base *Query, urls []string, do func(*Query)) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Go(func() {
			q := base.clone()
			q.URL = u
			q.Args["id"] = u
			do(q)
		})
	}
	for _, u := range urls {
		q := *base
		q.Args = map[string]string{}
		q.Args["sync"] = u
		wg.Go(func() {
			q.Args["url"] = u
			do(&q)
		})
	}
	wg.Wait()
}

// vars makes a map for each request.
func vars(r *http.Request) map[string]any {
	v := make(map[string]any)
	for k, s := range untouched {
		v[k] = s
	}
	v["path"] = r.URL.Path
	return v
}

func Plain(w http.ResponseWriter, r *http.Request) {
	v := vars(r)
	v["title"] = r.Host
	for k := range v {
		w.Write([]byte(k))
	}
}

func RegisterPlain() { http.HandleFunc("/plain", Plain) }
