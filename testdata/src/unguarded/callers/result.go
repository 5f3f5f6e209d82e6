package callers

import "sync"

// Picked is a result: each call makes another one.
type Picked struct {
	Host   string
	Header map[string]string
}

type child interface {
	Pick(name string) (Picked, error)
}

type Picker struct {
	mu    sync.Mutex
	child child
	hits  map[string]int
}

func (p *Picker) Pick(name string) (res Picked, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hits[name]++
	if p.hits[name] > 3 {
		res, err = p.delegate(name)
		return res, err
	}
	res, err = p.child.Pick(name)
	return res, err
}

func (p *Picker) delegate(name string) (Picked, error) {
	res, err := p.child.Pick(name)
	if err != nil {
		return Picked{}, err
	}
	if res.Header == nil {
		res.Header = make(map[string]string)
	}
	res.Header["via"] = name
	return res, nil
}

func (p *Picker) Header(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	res, err := p.child.Pick(name)
	if err != nil {
		return ""
	}
	return res.Header["via"]
}

// Fetcher makes a request for each host, and reads it in goroutines.
type Fetcher struct{ hosts []string }

type request struct {
	host   string
	header map[string]string
}

func (f *Fetcher) request(host string) *request {
	return &request{host: host, header: make(map[string]string)}
}

func (f *Fetcher) open(req *request, out chan<- string) error {
	req.header["accept"] = "*"
	for range 2 {
		go func() { out <- req.header["accept"] }()
	}
	return nil
}

func (f *Fetcher) Fetch(out chan<- string) error {
	for _, host := range f.hosts {
		req := f.request(host)
		if err := f.open(req, out); err == nil {
			return nil
		}
	}
	return nil
}
