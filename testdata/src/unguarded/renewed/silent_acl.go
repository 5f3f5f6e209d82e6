package renewed

import "sync"

type Perms map[string]bool

type ACL struct {
	sync.Mutex
	users map[string]Perms
}

func (a *ACL) lookup(u string) (p Perms) {
	a.Lock()
	defer a.Unlock()
	return a.users[u]
}

func (a *ACL) Grant(u, what string) {
	old := a.lookup(u)
	p := Perms{}
	for k := range old {
		p[k] = true
	}
	p[what] = true
	a.Lock()
	a.users[u] = p
	a.Unlock()
}

func (a *ACL) Revoke(u, what string) {
	a.Lock()
	p := a.users[u]
	a.Unlock()
	next := make(Perms, len(p))
	for k := range p {
		if k != what {
			next[k] = true
		}
	}
	p = next
	p["seen"] = true
	a.Lock()
	a.users[u] = p
	a.Unlock()
}

func (a *ACL) Can(u, what string) bool { return a.lookup(u)[what] }
