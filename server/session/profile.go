package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// A Profile is what was measured of the maps of a folder's programs. It is never
// changed once read.
type Profile struct {
	*sites.Profile
	File string
	// Dir is the folder of the module that was measured, or "" if that is not known.
	Dir string
}

// profileFile is what is known of a file with a profile.
type profileFile struct {
	size    int64
	changed time.Time
	profile *Profile // the last that could be used, or nil
	problem string   // why the one that is there now is not
}

// maxProfile is how many bytes of a profile are read. A profile has a line of a few hundred
// bytes for each place that makes maps.
const maxProfile = 64 << 20

// halfWritten is how long a profile that cannot be read gets to be written whole.
const halfWritten = 300 * time.Millisecond

// Profile returns the profile of a file's folder in a state, or nil.
func (s *Session) Profile(snap *Snapshot, name string) *Profile {
	if len(snap.profiles) == 0 {
		return nil
	}
	return snap.profiles[s.folderOf(name).Profile]
}

// LookAtProfiles looks whether profiles have changed, which not all clients tell. It
// returns at once.
func (s *Session) LookAtProfiles() {
	s.profilesAsked.Add(1)
	select {
	case s.wakeProfiles <- struct{}{}:
	default:
	}
}

// touchedProfile reports whether a file that has changed, or a folder that was
// removed, is or holds a profile. Session.mu is held.
func (s *Session) touchedProfile(name string) bool {
	return slices.ContainsFunc(s.folders, func(f Folder) bool { return f.Profile != "" && Within(name, f.Profile) })
}

// readProfiles keeps the profiles of the folders up to date. Nobody waits for it: a
// profile of some megabytes takes longer to read than an edit may.
func (s *Session) readProfiles() {
	known := make(map[string]*profileFile)
	for {
		select {
		case <-s.wakeProfiles:
		case <-s.ctx.Done():
			return
		}
		asked := s.profilesAsked.Load()
		s.mu.Lock()
		again := s.rereadProfiles
		s.rereadProfiles = false
		wanted := make(map[string][]string) // file → folders
		for _, f := range s.folders {
			if f.Profile != "" {
				wanted[f.Profile] = append(wanted[f.Profile], f.Dir)
			}
		}
		s.mu.Unlock()
		changed := false
		maps.DeleteFunc(known, func(file string, f *profileFile) bool {
			gone := wanted[file] == nil
			changed = changed || gone && f.profile != nil
			return gone
		})
		var problems []string
		for file, dirs := range wanted {
			f := known[file]
			if f == nil {
				f = new(profileFile)
				known[file] = f
			}
			if again {
				f.changed = time.Time{}
			}
			was, problem := f.profile, f.problem
			f.look(s.ctx, file, dirs)
			changed = changed || f.profile != was
			if f.problem != problem && f.problem != "" {
				problems = append(problems, f.problem)
			}
		}
		if s.ctx.Err() != nil {
			return
		}
		if changed {
			s.setProfiles(known)
		}
		if changed || len(problems) > 0 {
			slices.Sort(problems)
			s.client.Measured(problems)
		}
		s.profilesSeen.Store(asked)
	}
}

// setProfiles makes a state in which other profiles count, also for the rules.
func (s *Session) setProfiles(known map[string]*profileFile) {
	profiles := make(map[string]*Profile, len(known))
	for file, f := range known {
		if f.profile != nil {
			profiles[file] = f.profile
		}
	}
	s.mu.Lock()
	s.profiles = profiles
	builds := slices.Collect(maps.Values(s.builds))
	s.mu.Unlock()
	for _, b := range builds {
		s.giveProfile(b)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = &Snapshot{Seq: s.now.Seq + 1, docs: s.now.docs, disk: s.now.disk, profiles: profiles}
	s.changed()
}

// giveProfile gives a build's rules the profile of its folder. The driver reads through
// it, which takes a while.
func (s *Session) giveProfile(b *build) {
	b.giving.Lock()
	defer b.giving.Unlock()
	s.mu.Lock()
	p := s.profiles[b.file]
	s.mu.Unlock()
	switch {
	case p == b.profile:
		return
	case p == nil:
		b.SetProfile(nil)
	default:
		b.SetProfile(p.Profile)
	}
	s.mu.Lock()
	b.profile = p
	s.mu.Unlock()
}

// look reads the file if it has changed since it was looked at. What was read before
// counts where the new one cannot be used, but not where there is none.
func (f *profileFile) look(ctx context.Context, file string, dirs []string) {
	for {
		info, err := os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) {
			*f = profileFile{}
			return
		}
		if err == nil && f.changed.Equal(info.ModTime()) && f.size == info.Size() {
			return
		}
		var p *sites.Profile
		if err == nil {
			f.size, f.changed = info.Size(), info.ModTime()
			if info.Mode().IsRegular() { // a pipe would be waited for
				p, err = readProfile(file)
			} else {
				err = fmt.Errorf("%s is no file with what was measured", file)
			}
		}
		if err == nil {
			dir := ""
			if dir, err = fits(ctx, p, file, dirs); err == nil {
				*f = profileFile{size: f.size, changed: f.changed, profile: &Profile{Profile: p, File: file, Dir: dir}}
				return
			}
		}
		// It may be half-written.
		if sleep(ctx, halfWritten) != nil {
			return
		}
		now, again := os.Stat(file)
		if errors.Is(again, fs.ErrNotExist) || again == nil && (now.Size() != f.size || !now.ModTime().Equal(f.changed)) {
			continue
		}
		f.problem = problemText(err, f.profile)
		return
	}
}

// problemText says why a profile is not used, and what is in its place.
func problemText(err error, last *Profile) string {
	if last == nil {
		return fmt.Sprintf("%v. Nothing is shown of what was measured.", err)
	}
	return fmt.Sprintf("%v. What was read before, recorded %s, is still shown.", err, last.Recorded.Format(time.DateTime))
}

func readProfile(file string) (*sites.Profile, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading what was measured: %w", err)
	}
	defer r.Close()
	limited := &io.LimitedReader{R: r, N: maxProfile}
	p, err := sites.Read(limited, file)
	if err != nil && limited.N == 0 {
		return nil, fmt.Errorf("%s has more than %d MiB and is not read", file, maxProfile>>20)
	}
	return p, err
}

// fits returns the folder of the module that a profile is of, or "" if it is in none of the
// workspace folders dirs. It fails if the profile tells nothing of the modules there, or is of
// another version of Go than they use.
func fits(ctx context.Context, p *sites.Profile, file string, dirs []string) (dir string, err error) {
	found := make(map[string]string) // module → folder
	for _, folder := range dirs {
		for _, dir := range append(modules(folder), parents(folder)...) {
			data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
			if path := modfile.ModulePath(data); err == nil && found[path] == "" {
				found[path] = dir
			}
		}
	}
	dir, own := found[p.Module]
	if !own && len(found) > 0 && !slices.ContainsFunc(p.Packages, func(pkg sites.Package) bool { return within(found, pkg.Path) }) {
		return "", fmt.Errorf("%s was recorded in the module %s, and tells nothing of %s", file, p.Module, strings.Join(slices.Sorted(maps.Keys(found)), ", "))
	}
	version, arch, err := driver.Toolchain(ctx, cmp.Or(dir, dirs[0]))
	if err != nil {
		return dir, nil // who analyses will tell
	}
	if reason := p.Unfit(version, arch); reason != "" {
		return "", fmt.Errorf("%s is left aside: %s", file, reason)
	}
	return dir, nil
}

// within reports whether a package belongs to one of some modules. The profile of a program
// tells of the libraries that it is made of.
func within(modules map[string]string, pkg string) bool {
	for modules[pkg] == "" {
		up := path.Dir(pkg)
		if up == pkg {
			return false
		}
		pkg = up
	}
	return true
}

// parents returns the folders around a folder.
func parents(dir string) (list []string) {
	for {
		up := filepath.Dir(dir)
		if up == dir {
			return list
		}
		list, dir = append(list, up), up
	}
}
