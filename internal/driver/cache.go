package driver

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/cache"

	"github.com/mapdiag/mapdiag/internal/finding"
)

// A Cache keeps results on disk. Several servers may use one folder at a time.
// A nil Cache keeps nothing.
type Cache struct {
	dir   string
	limit int64 // bytes
	disk  *cache.Cache

	mu      sync.Mutex
	written int64
}

// OpenCache opens the cache in a folder, which it makes, and lets it grow to
// some number of bytes.
func OpenCache(dir string, limit int64) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("making the folder of the cache: %w", err)
	}
	disk, err := cache.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the cache %s: %w", dir, err)
	}
	c := &Cache{dir: dir, limit: limit, disk: disk}
	c.shrink()
	return c, nil
}

// saved is what is kept of a result.
type saved struct {
	Findings []finding.Finding
	Notes    []Note
	Facts    []byte
}

// get returns a result, nil if it is not there. An entry that cannot be read
// counts as none, and is written anew when its result has been computed.
func (c *Cache) get(key Hash) *Result {
	if c == nil {
		return nil
	}
	data, _, err := c.disk.GetBytes(cache.ActionID(key))
	if err != nil {
		return nil
	}
	var s saved
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return nil
	}
	return &Result{Key: key, Findings: s.Findings, Notes: s.Notes, Facts: s.Facts}
}

// put keeps a result. That it cannot be written costs nothing but time.
func (c *Cache) put(key Hash, r *Result) {
	if c == nil {
		return
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(saved{r.Findings, r.Notes, r.Facts}); err != nil {
		return
	}
	size := int64(b.Len())
	if _, _, err := c.disk.PutNoVerify(cache.ActionID(key), bytes.NewReader(b.Bytes())); err != nil {
		return
	}
	c.mu.Lock()
	c.written += size
	full := c.written > c.limit/8
	if full {
		c.written = 0
	}
	c.mu.Unlock()
	if full {
		c.shrink()
	}
}

// isEntry reports whether a file is an entry of a cache, and not one that somebody
// else keeps in the same folder: the folder is the user's choice.
func isEntry(dir, name string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && entryName.MatchString(filepath.ToSlash(rel))
}

var entryName = regexp.MustCompile(`^[0-9a-f]{2}/[0-9a-f]{64}-[ad]$`)

// shrink removes what was used longest ago, if there is more than the limit.
func (c *Cache) shrink() {
	type entry struct {
		name string
		used time.Time
		size int64
	}
	var entries []entry
	var total int64
	_ = filepath.WalkDir(c.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isEntry(c.dir, name) {
			return nil
		}
		if info, err := d.Info(); err == nil {
			entries = append(entries, entry{name, info.ModTime(), info.Size()})
			total += info.Size()
		}
		return nil
	})
	if total <= c.limit {
		return
	}
	slices.SortFunc(entries, func(x, y entry) int { return x.used.Compare(y.used) })
	for _, e := range entries {
		if total <= c.limit*3/4 {
			return
		}
		if os.Remove(e.name) == nil {
			total -= e.size
		}
	}
}
