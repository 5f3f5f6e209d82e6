package command

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/source"
)

const rankUsage = `Rank lists the lines of a profile whose capacity hint is worth changing, those
that save most first.

Usage:

	mapvet rank -profile FILE [-n 10] [-json] [-all] [-C DIR]

	-profile FILE    the profile, as mapdiag test or mapdiag run has written it
	-n N             list so many lines; 0 lists all (default 10)
	-json            print them as one JSON document
	-all             rank the lines of dependencies and of the standard library too
	-C DIR           change to DIR first; names of files are relative to it

What is saved is predicted for the run that was recorded, from the number and
the sizes of its maps. A line that was changed since is marked; mapvet -profile does
not report it.
`

// rank is mapvet rank.
func rank(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var r ranking
	fs := flag.NewFlagSet("mapvet rank", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&r.file, "profile", "", "")
	fs.StringVar(&r.dir, "C", "", "")
	most := fs.Int("n", 10, "")
	asJSON := fs.Bool("json", false, "")
	all := fs.Bool("all", false, "")
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(stdout, rankUsage)
		return err
	} else if err != nil {
		return usagef("rank: %v", err)
	}
	switch {
	case fs.NArg() > 0:
		return usagef("rank takes flags alone, not %q; a profile tells itself which packages it is about", fs.Arg(0))
	case r.file == "":
		return usagef("rank wants a profile: mapvet rank -profile FILE")
	case *most < 0:
		return usagef("-n %d: want 0 or more", *most)
	}
	var err error
	if r.dir, err = filepath.Abs(r.dir); err != nil {
		return err
	}
	if r.profile, _, err = readProfile(r.dir, r.file); err != nil {
		return err
	}
	if r.root = moduleDir(ctx, r.dir, r.profile.Module); r.root == "" {
		fmt.Fprintf(stderr, "mapvet: module %s, of which the profile %s is, is not here: whether its lines are as they were is not known\n", r.profile.Module, r.file)
	}
	r.collect(*all)
	if *most > 0 && len(r.lines) > *most {
		r.lines = r.lines[:*most]
	}
	if *asJSON {
		return r.printJSON(stdout)
	}
	return r.printText(stdout)
}

// moduleDir returns the folder of a main module, "" if it is none of those that the go command
// works on in dir.
func moduleDir(ctx context.Context, dir, module string) string {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}}\t{{.Dir}}")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(out)) {
		if path, at, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "\t"); path == module {
			return at
		}
	}
	return ""
}

// A ranking is the lines of a profile that are worth changing.
type ranking struct {
	file    string
	dir     string // names of files are relative to it
	root    string // of the profile's module, "" if it is not known
	profile *sites.Profile

	lines    []ranked // sorted, best first
	measured int      // lines that make maps, be they worth it or not
	worth    int      // of them
	saved    mapmodel.Cost
	cost     mapmodel.Cost // of all lines that were measured

	decls map[string][]sites.Decl // by file
}

// A ranked line makes maps that another hint would make cheaper.
type ranked struct {
	*sites.Site
	sites.Advice
	pkg   string
	state string // asMeasured, changed, gone or unknown
}

// What has become of the source of a line.
const (
	asMeasured = "as measured"
	changed    = "changed"
	gone       = "gone"
	unknown    = "unknown"
)

func (r *ranking) collect(all bool) {
	r.decls = make(map[string][]sites.Decl)
	for i := range r.profile.Packages {
		pkg := &r.profile.Packages[i]
		byPlace := make(map[sites.Place][]*sites.Site)
		var places []sites.Place
		for j := range pkg.Sites {
			s := &pkg.Sites[j]
			if filepath.IsAbs(s.File) && !all {
				continue // of a dependency
			}
			if byPlace[s.Place] == nil {
				places = append(places, s.Place)
			}
			byPlace[s.Place] = append(byPlace[s.Place], s)
		}
		for _, at := range places {
			s, a := sites.Agree(byPlace[at])
			r.measured++
			r.cost.Bytes += a.Now.Bytes
			r.cost.Allocs += a.Now.Allocs
			if !a.Verdict.Change() {
				continue
			}
			r.worth++
			r.saved.Bytes += a.Saved()
			r.saved.Allocs += a.Now.Allocs - a.Then.Allocs
			r.lines = append(r.lines, ranked{Site: s, Advice: a, pkg: pkg.Path, state: r.stateOf(at)})
		}
	}
	slices.SortStableFunc(r.lines, func(a, b ranked) int { return cmp.Compare(b.Saved(), a.Saved()) })
}

// stateOf compares the declaration at a place with what it was.
func (r *ranking) stateOf(at sites.Place) string {
	if r.root == "" && !filepath.IsAbs(at.File) || at.Decl == "" {
		return unknown
	}
	name := source.Abs(r.root, filepath.FromSlash(at.File))
	decls, ok := r.decls[name]
	if !ok {
		if src, err := os.ReadFile(name); err == nil {
			fset := token.NewFileSet()
			if f, _ := parser.ParseFile(fset, name, src, parser.SkipObjectResolution); f != nil {
				decls = sites.Decls(fset, f, src)
			}
		}
		r.decls[name] = decls
	}
	state := gone
	for _, d := range decls {
		switch {
		case d.Name != at.Decl:
		case d.Hash == at.Hash:
			return asMeasured
		default:
			state = changed
		}
	}
	return state
}

// name returns the name of a line's file as a reader in the directory would write it.
func (r *ranking) name(s *sites.Site) string {
	name := filepath.FromSlash(s.File)
	if r.root != "" {
		j := job{options: &options{dir: r.dir}}
		name = j.short(source.Abs(r.root, name))
	}
	return name
}
