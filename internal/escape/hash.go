package escape

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Hash returns the identity of the content of Go files, which are read from the
// overlay or else from disk: results with the same hash in [Unit.Hash] still
// hold, as far as this package goes. (What it imports has a part in them too: a
// function that changes may let its arguments escape.) Names count without
// their directory.
func Hash(files []string, overlay map[string][]byte) (string, error) {
	h := sha256.New()
	sorted := slices.Sorted(slices.Values(files))
	for _, name := range sorted {
		content, ok := overlay[name]
		if !ok {
			var err error
			if content, err = os.ReadFile(name); err != nil {
				return "", err
			}
		}
		fmt.Fprintf(h, "%q %d\n", filepath.Base(name), len(content))
		h.Write(content)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hash sets the hashes of the units. It reports whether they are certainly of
// what was compiled: no file on disk has changed since the go command was
// started.
func (r *Report) hash(overlay map[string][]byte, start time.Time) (same bool, err error) {
	for i := range r.Units {
		u := &r.Units[i]
		if u.Hash, err = Hash(u.Files, overlay); errors.Is(err, fs.ErrNotExist) {
			// Removed since, or by an overlay of the user's; such a unit
			// matches no content.
			u.Hash = ""
			continue
		} else if err != nil {
			return false, err
		}
		for _, name := range u.Files {
			if _, ok := overlay[name]; ok {
				continue
			}
			info, err := os.Stat(name)
			if err != nil || info.ModTime().After(start) && info.ModTime().Before(time.Now()) {
				return false, nil
			}
		}
	}
	return true, nil
}
