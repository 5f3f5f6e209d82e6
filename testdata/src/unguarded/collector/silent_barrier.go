package collector

import "sync"

type DB struct {
	barrier sync.RWMutex
	txs     map[*Tx]bool
}

type Tx struct {
	db    *DB
	dirty map[string][]byte
}

func (db *DB) Begin() *Tx {
	db.barrier.Lock()
	defer db.barrier.Unlock()
	t := &Tx{db: db, dirty: map[string][]byte{}}
	db.txs[t] = true
	return t
}

func (t *Tx) Put(k string, v []byte) {
	t.db.barrier.RLock()
	defer t.db.barrier.RUnlock()
	t.put(k, v)
}

func (t *Tx) put(k string, v []byte) { t.dirty[k] = v }

func (t *Tx) Del(k string) {
	t.db.barrier.RLock()
	defer t.db.barrier.RUnlock()
	t.put(k, nil)
}

func (db *DB) Flush(w func(string, []byte)) {
	db.barrier.Lock()
	defer db.barrier.Unlock()
	for t := range db.txs {
		for k, v := range t.dirty {
			w(k, v)
			delete(t.dirty, k)
		}
	}
}
