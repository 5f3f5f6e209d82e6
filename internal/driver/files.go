package driver

import (
	"crypto/sha256"
	"os"
	"sync"
	"time"
)

// A Hash is the SHA-256 of a content.
type Hash [sha256.Size]byte

func hashOf(data []byte) Hash { return sha256.Sum256(data) }

// Files are source files at one moment. Their content must not change while
// they are in use, so that an analysis sees one state of a program.
type Files interface {
	// Hash returns the hash of the content of a file.
	Hash(name string) (Hash, error)
	// Read returns the content of a file, which must not be changed.
	Read(name string) ([]byte, error)
}

// Disk reads files from the disk. It remembers the hash of a file for as long as
// its size and time stay the same. It may be used by several goroutines.
type Disk struct {
	mu    sync.Mutex
	known map[string]diskFile
}

type diskFile struct {
	size    int64
	changed time.Time
	hash    Hash
}

// young is how long after a change a file may change again within the same tick
// of the clock of its file system.
const young = 2 * time.Second

// Hash implements [Files].
func (d *Disk) Hash(name string) (Hash, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Hash{}, err
	}
	d.mu.Lock()
	f, ok := d.known[name]
	d.mu.Unlock()
	if ok && f.size == info.Size() && f.changed.Equal(info.ModTime()) {
		return f.hash, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return Hash{}, err
	}
	f = diskFile{size: info.Size(), changed: info.ModTime(), hash: hashOf(data)}
	if time.Since(f.changed) > young {
		d.mu.Lock()
		if d.known == nil {
			d.known = make(map[string]diskFile)
		}
		d.known[name] = f
		d.mu.Unlock()
	}
	return f.hash, nil
}

// Read implements [Files].
func (d *Disk) Read(name string) ([]byte, error) { return os.ReadFile(name) }
