package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/mapdiag/mapdiag/mapstat"
)

// A keeper writes dumps into a folder and removes the oldest of those that it has
// written itself. Files that it did not write, or that somebody has changed since,
// are nobody's but their owner's.
type keeper struct {
	dir     string
	keep    int
	written []file // the oldest first
}

type file struct {
	name string
	info fs.FileInfo
}

// write writes a dump and returns its name.
func (k *keeper) write(snapshots []mapstat.Snapshot) (string, error) {
	if err := os.MkdirAll(k.dir, 0o777); err != nil {
		return "", err
	}
	last := &snapshots[len(snapshots)-1]
	name := filepath.Join(k.dir, fmt.Sprintf("%s-%d-%s%s", plain(last.Program.Name), last.Program.PID, last.Time.UTC().Format("20060102T150405.000Z"), dump.Ext))
	if err := dump.WriteFile(name, snapshots, false); err != nil {
		return "", err
	}
	info, err := os.Lstat(name)
	if err != nil {
		return "", err
	}
	k.written = append(k.written, file{name, info})
	return name, k.prune()
}

func (k *keeper) prune() error {
	var errs []error
	for len(k.written) > k.keep {
		f := k.written[0]
		k.written = k.written[1:]
		now, err := os.Lstat(f.name)
		if err != nil || !os.SameFile(f.info, now) || !now.ModTime().Equal(f.info.ModTime()) || now.Size() != f.info.Size() {
			continue
		}
		if err := os.Remove(f.name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// plain makes a name of a program into part of a name of a file.
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '_'
	}, name)
	if name = strings.TrimLeft(name, "."); name == "" {
		return "program"
	}
	return name[:min(len(name), 64)]
}

// clock is the time of a snapshot as it is shown.
func clock(t time.Time) string { return t.Local().Format(time.TimeOnly) }
