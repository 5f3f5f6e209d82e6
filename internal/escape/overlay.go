package escape

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// An overlayDir is the temporary directory with the unsaved buffers.
type overlayDir struct {
	dir   string   // empty without an overlay
	flags []string // for the go command
}

// writeOverlay writes cfg.Overlay for the go command. What the user's own
// -overlay replaces stays replaced, since the last -overlay is the only one
// that counts. The names of the temporary files do not reach the build cache:
// it goes by content and by the original names.
func writeOverlay(cfg Config) (*overlayDir, error) {
	if len(cfg.Overlay) == 0 {
		return &overlayDir{}, nil
	}
	replace, err := cfg.userOverlay()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "mapdiag-escape")
	if err != nil {
		return nil, fmt.Errorf("making a directory for unsaved files: %w", err)
	}
	o := &overlayDir{dir: dir}
	n := 0
	for name, content := range cfg.Overlay {
		n++
		tmp := filepath.Join(dir, strconv.Itoa(n)+".go")
		if err := os.WriteFile(tmp, content, 0o600); err != nil {
			o.remove()
			return nil, fmt.Errorf("writing the unsaved content of %s: %w", name, err)
		}
		replace[filepath.Clean(name)] = tmp
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	file := filepath.Join(dir, "overlay.json")
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		o.remove()
		return nil, fmt.Errorf("writing the overlay: %w", err)
	}
	o.flags = []string{"-overlay=" + file}
	return o, nil
}

func (o *overlayDir) remove() {
	if o.dir != "" {
		os.RemoveAll(o.dir)
	}
}

// userOverlay reads the overlay that the build flags or GOFLAGS name.
func (cfg *Config) userOverlay() (map[string]string, error) {
	flags := strings.Fields(cfg.getenv("GOFLAGS"))
	name := ""
	for _, f := range append(flags, cfg.BuildFlags...) {
		if v, ok := strings.CutPrefix(strings.TrimLeft(f, "-"), "overlay="); ok {
			name = v
		}
	}
	replace := make(map[string]string)
	if name == "" {
		return replace, nil
	}
	data, err := os.ReadFile(join(cfg.Dir, []string{name})[0])
	if err != nil {
		return nil, fmt.Errorf("reading the overlay of the build flags: %w", err)
	}
	var o struct{ Replace map[string]string }
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, fmt.Errorf("reading the overlay %s: %w", name, err)
	}
	for from, to := range o.Replace {
		if to != "" {
			to = join(cfg.Dir, []string{to})[0]
		}
		replace[join(cfg.Dir, []string{from})[0]] = to
	}
	return replace, nil
}

func (cfg *Config) getenv(name string) string {
	if cfg.Env == nil {
		return os.Getenv(name)
	}
	value := ""
	for _, kv := range cfg.Env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			value = v
		}
	}
	return value
}
