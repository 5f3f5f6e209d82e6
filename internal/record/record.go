// Package record has the go command build programs that record what becomes of their maps. The
// toolchain and the source stay as they are: a few files of the standard library are replaced
// while it is compiled, by an overlay, or where the go command takes none by a step before the
// compiler.
//
// What such a program leaves is read by package raw.
package record

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/internal/record/patch"
)

// DirEnv is the environment variable that tells a recorded program where to write: an absolute
// path to a folder that is there. Without it, and without Options.RecordDir, nothing is recorded.
const DirEnv = "MAPDIAG_RECORD_DIR"

// Options say what to build.
type Options struct {
	Dir   string   // where the go command will run; "" for the current folder
	Env   []string // its environment; nil for that of this process
	Flags []string // the build flags that the user gives, without packages and what follows

	Config patch.Config // zero for patch.Default

	// Build is an id that the program carries and Process.Build returns; one is made up if it
	// is "". A new one keeps go test from answering from its cache, where nothing is recorded.
	Build string
	// RecordDir is where the program records if DirEnv is not set: an absolute path, or "." for
	// the folder that it is started in.
	RecordDir string

	// Toolexec is the command that calls [Toolexec] with the arguments that follow: the
	// program and its subcommand.
	Toolexec []string
}

// A Toolchain is what the go command uses in a folder.
type Toolchain struct {
	Version, GOROOT, GOMODCACHE, GOOS, GOARCH, GOEXPERIMENT, GOFLAGS string
}

// A Recipe is how to have a recorded program built.
type Recipe struct {
	Toolchain Toolchain
	Build     string   // id
	Flags     []string // to be given to go build, run or test in place of Options.Flags
	Env       []string // of the go command
	Overlay   bool     // by an overlay, not by -toolexec

	dir string
}

// Close removes the files that the go command needs while it builds.
func (r *Recipe) Close() error { return os.RemoveAll(r.dir) }

// FindToolchain asks the go command what it uses in a folder with an environment.
func FindToolchain(ctx context.Context, dir string, env []string) (Toolchain, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOVERSION", "GOROOT", "GOMODCACHE", "GOOS", "GOARCH", "GOEXPERIMENT", "GOFLAGS")
	cmd.Dir, cmd.Env = dir, env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return Toolchain{}, fmt.Errorf("go env: %w%s", err, indented(stderr.String()))
	}
	var t struct {
		Toolchain
		GOVERSION string
	}
	if err := json.Unmarshal(text, &t); err != nil {
		return Toolchain{}, fmt.Errorf("go env: %w", err)
	}
	// An experiment shows in the version: go1.27.4 X:mapsplitgroup.
	t.Version, _, _ = strings.Cut(t.GOVERSION, " ")
	return t.Toolchain, nil
}

func indented(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	return "\n\t" + strings.ReplaceAll(s, "\n", "\n\t")
}

// Prepare finds the toolchain, patches what it has to and writes that to a temporary folder. A
// toolchain that is not known gives an error that is a *patch.Error.
func Prepare(ctx context.Context, o Options) (*Recipe, error) {
	if o.Config == (patch.Config{}) {
		o.Config = patch.Default
	}
	if o.Env == nil {
		o.Env = os.Environ()
	}
	if o.RecordDir != "" && o.RecordDir != "." && !filepath.IsAbs(o.RecordDir) {
		return nil, fmt.Errorf("record to %s: the path has to be absolute", o.RecordDir)
	}
	flags := flagList(slices.Clone(o.Flags))
	dir := o.Dir
	for i, word := range flags {
		// -C can only be the first.
		name, value, joined := cutFlag(word)
		if i > 0 || name != "C" {
			break
		}
		if !joined && len(flags) > 1 {
			value = flags[1]
		}
		if filepath.IsAbs(value) {
			dir = value
		} else {
			dir = filepath.Join(dir, value)
		}
	}
	t, err := FindToolchain(ctx, dir, o.Env)
	if err != nil {
		return nil, err
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	inherited, err := splitQuoted(t.GOFLAGS)
	if err != nil {
		return nil, fmt.Errorf("GOFLAGS: %w", err)
	}
	fromEnv := flagList(inherited)
	if err := checkFlags(slices.Concat(fromEnv, flags)); err != nil {
		return nil, err
	}
	patched, err := patch.Apply(t.GOROOT, t.Version, o.Config)
	if err != nil {
		return nil, err
	}

	r := &Recipe{Toolchain: t, Build: o.Build, Env: o.Env}
	if r.Build == "" {
		r.Build = rand.Text()
	}
	if r.dir, err = os.MkdirTemp("", "mapdiag-record-"); err != nil {
		return nil, err
	}
	// Beside -C, which has to stay in front, the order of flags is of no importance but
	// among those of one name.
	given := slices.Concat(fromEnv.take("ldflags"), flags.take("ldflags"))
	overlays := slices.Concat(fromEnv.take("overlay"), flags.take("overlay"))
	toolexecs := slices.Concat(fromEnv.take("toolexec"), flags.take("toolexec"))
	ours, err := r.linkerFlags(o.RecordDir)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	r.Flags = slices.Concat(flags, withLinkerFlags(given, ours))
	r.Overlay = !inside(t.GOROOT, t.GOMODCACHE)
	if r.Overlay {
		err = r.overlay(patched, dir, last(overlays))
	} else {
		err = r.toolexec(patched, o.Toolexec, last(toolexecs))
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if r.Overlay && len(toolexecs) > 0 {
		r.Flags = append(r.Flags, "-toolexec="+last(toolexecs))
	}
	if !r.Overlay && len(overlays) > 0 {
		r.Flags = append(r.Flags, "-overlay="+last(overlays))
	}
	return r, nil
}

func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// check refuses what the patches are not for.
func (t Toolchain) check() error {
	if t.GOOS != "linux" || t.GOARCH != "amd64" && t.GOARCH != "arm64" {
		return &patch.Error{Go: t.Version, Why: "for " + t.GOOS + "/" + t.GOARCH + " is not supported, only linux/amd64 and linux/arm64"}
	}
	if slices.Contains(strings.Split(t.GOEXPERIMENT, ","), "noswissmap") {
		return &patch.Error{Go: t.Version, Why: "maps of GOEXPERIMENT=noswissmap are not supported; unset it"}
	}
	return nil
}

func checkFlags(flags flagList) error {
	flags = slices.Clone(flags)
	switch mode := last(flags.take("buildmode")); mode {
	case "", "default", "exe", "pie":
	default:
		return fmt.Errorf("-buildmode=%s: only programs can be recorded (exe, pie)", mode)
	}
	if flags.has("linkshared") {
		return errors.New("-linkshared: a program that shares the standard library with others cannot be recorded")
	}
	if c := last(flags.take("compiler")); c != "" && c != "gc" {
		return fmt.Errorf("-compiler=%s: only what Go's own compiler builds can be recorded", c)
	}
	return nil
}

func (r *Recipe) linkerFlags(recordDir string) (string, error) {
	var words []string
	for _, set := range []string{"runtime.mapdiagBuild=" + r.Build, "runtime.mapdiagDir=" + recordDir} {
		word, err := quote(set)
		if err != nil {
			return "", fmt.Errorf("record to %w", err)
		}
		words = append(words, "-X", word)
	}
	return strings.Join(words, " "), nil
}

// inside says whether a folder is in another one.
func inside(dir, outer string) bool {
	if outer == "" {
		return false
	}
	for _, path := range []*string{&dir, &outer} {
		if real, err := filepath.EvalSymlinks(*path); err == nil {
			*path = real
		}
	}
	rel, err := filepath.Rel(outer, dir)
	return err == nil && filepath.IsLocal(rel)
}

// write puts a changed or added file into the temporary folder.
func (r *Recipe) write(pkg, name string, text []byte) (string, error) {
	file := filepath.Join(r.dir, filepath.FromSlash(pkg), name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return "", err
	}
	return file, os.WriteFile(file, text, 0o666)
}

// overlay has the go command read the patched files in place of Go's. An overlay of the user's is
// joined with it.
func (r *Recipe) overlay(patched patch.Result, dir, theirs string) error {
	var overlay struct{ Replace map[string]string }
	if theirs != "" {
		file := theirs
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("-overlay: %w", err)
		}
		if err := json.Unmarshal(text, &overlay); err != nil {
			return fmt.Errorf("-overlay: %s: %w", file, err)
		}
	}
	if overlay.Replace == nil {
		overlay.Replace = map[string]string{}
	}
	for pkg, p := range patched {
		files := maps.Clone(p.Replaced)
		maps.Copy(files, p.Added)
		for name, text := range files {
			path := filepath.Join(r.Toolchain.GOROOT, "src", filepath.FromSlash(pkg), name)
			if _, ok := overlay.Replace[path]; ok {
				return fmt.Errorf("-overlay=%s replaces %s, which has to be patched to record maps", theirs, path)
			}
			file, err := r.write(pkg, name, text)
			if err != nil {
				return err
			}
			overlay.Replace[path] = file
		}
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return err
	}
	file := filepath.Join(r.dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		return err
	}
	r.Flags = append(r.Flags, "-overlay="+file)
	return nil
}

// toolexec has the go command start the compiler through [Toolexec]. A command of the user's for
// the same is started after that.
func (r *Recipe) toolexec(patched patch.Result, self []string, theirs string) error {
	if len(self) == 0 {
		return &patch.Error{Go: r.Toolchain.Version, Why: "its GOROOT is in the module cache, where an overlay is not possible, and no command for -toolexec is given"}
	}
	plan := plan{GOROOT: r.Toolchain.GOROOT, Packages: make(map[string]planned, len(patched))}
	sum := sha256.New()
	for _, pkg := range slices.Sorted(maps.Keys(patched)) {
		p := planned{Replaced: map[string]string{}}
		for _, files := range []map[string][]byte{patched[pkg].Replaced, patched[pkg].Added} {
			for _, name := range slices.Sorted(maps.Keys(files)) {
				fmt.Fprintf(sum, "%s/%s %d\n%s", pkg, name, len(files[name]), files[name])
				file, err := r.write(pkg, name, files[name])
				if err != nil {
					return err
				}
				if _, ok := patched[pkg].Added[name]; ok {
					p.Added = append(p.Added, file)
				} else {
					p.Replaced[name] = file
				}
			}
		}
		plan.Packages[pkg] = p
	}
	plan.ID = hex.EncodeToString(sum.Sum(nil)[:16])
	text, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	file := filepath.Join(r.dir, "plan.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		return err
	}
	var words []string
	for _, word := range append(slices.Clone(self), file) {
		quoted, err := quote(word)
		if err != nil {
			return fmt.Errorf("-toolexec: %w", err)
		}
		words = append(words, quoted)
	}
	if theirs != "" {
		words = append(words, theirs) // is a list of words
	}
	r.Flags = append(r.Flags, "-toolexec="+strings.Join(words, " "))
	return nil
}
