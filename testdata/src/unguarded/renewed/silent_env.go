// Package renewed has variables that hold a guarded map first, and a new one later.
package renewed

import "sync"

// Env is fixed once built.
type Env map[string]string

type Envs struct {
	mu   sync.Mutex
	byID map[string]Env
}

func (e *Envs) get(id string) Env {
	e.mu.Lock()
	env := e.byID[id]
	e.mu.Unlock()
	if env != nil {
		return env
	}
	env = make(Env)
	env["ID"] = id
	env.fill(id)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.byID[id] = env
	return env
}

func (e Env) fill(id string) {
	for i, r := range id {
		e[string(r)] = id[i:]
	}
}

func (e *Envs) All(ids []string) {
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if e.get(id)["ID"] != id {
				panic(id)
			}
		}()
	}
	wg.Wait()
}
