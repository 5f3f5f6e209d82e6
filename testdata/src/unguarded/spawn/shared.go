package spawn

import (
	"maps"
	"net/http"
	"sync"
)

// defaultTags is meant to be copied.
var defaultTags = map[string]string{"env": "prod"}

// Tagged gives its goroutines another name for the shared map.
func Tagged(urls []string, send func(map[string]string)) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Go(func() {
			tags := defaultTags
			tags["url"] = u // want `^write to (tags|defaultTags)\b.* in goroutines .*\[unguarded\]$`
			send(tags)
		})
	}
	wg.Wait()
}

// Request is copied for each call; its map is not.
type Request struct {
	URL     string
	Headers map[string]string
}

func Send(base *Request, urls []string, do func(*Request)) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			req := *base
			req.URL = u
			req.Headers["id"] = u // want `^write to (req|base)\.Headers\b.* in goroutines .*\[unguarded\]$`
			do(&req)
		}()
	}
	wg.Wait()
}

// labeler adds to the labels that it was made with.
type labeler struct{ labels map[string]string }

func (l labeler) label(k, v string) {
	l.labels[k] = v // want `^write to l\.labels in goroutines .*\[unguarded\]$`
}

func Label(urls []string) {
	l := labeler{labels: maps.Clone(defaultTags)}
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Go(func() { l.label("url", u) })
	}
	wg.Wait()
}

// pageVars is what all pages begin with.
var pageVars = map[string]any{"title": "none"}

// Title shows a title by writing it into the shared map.
func Title(w http.ResponseWriter, r *http.Request) {
	vars := pageVars
	vars["title"] = r.URL.Path // want `^write to (vars|pageVars)\b.* in a handler.*\[unguarded/likely\]$`
	for k := range vars {
		w.Write([]byte(k))
	}
}

func RegisterTitle() { http.HandleFunc("/title", Title) }
