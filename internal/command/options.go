package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
)

// options are what a command line asks for.
type options struct {
	dir           string // -C, later absolute
	json          bool
	sarif         bool
	fix           bool
	diff          bool
	baseline      string
	writeBaseline bool
	overlay       string
	profile       string

	buildFlags []string        // for the go command, as -name=value
	ruleFlags  []string        // for the vet tool, as -name=value
	chosen     map[string]bool // rules turned on or off by name
	patterns   []string
}

// buildFlags are the flags of go build that have a meaning here, and whether
// they are boolean. Of the others, -C and -overlay are handled by mapvet and
// -json is its own.
var buildFlags = map[string]bool{
	"a": true, "asan": true, "linkshared": true, "modcacherw": true, "msan": true,
	"race": true, "trimpath": true, "v": true, "work": true, "x": true,
	"asmflags": false, "buildmode": false, "buildvcs": false, "compiler": false, "gccgoflags": false,
	"gcflags": false, "installsuffix": false, "ldflags": false, "mod": false, "modfile": false, "p": false,
	"pgo": false, "pkgdir": false, "tags": false, "toolexec": false,
}

// A usageError says what is wrong with the command line itself.
type usageError string

func (e usageError) Error() string { return string(e) }

func usagef(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// parse reads a command line. It returns [flag.ErrHelp] where a flag asks for
// help.
func parse(suite *analyzers.Suite, args []string) (*options, error) {
	o := &options{chosen: make(map[string]bool)}
	fs := flag.NewFlagSet("mapvet", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.dir, "C", "", "")
	fs.BoolVar(&o.json, "json", false, "")
	fs.BoolVar(&o.sarif, "sarif", false, "")
	fs.BoolVar(&o.fix, "fix", false, "")
	fs.BoolVar(&o.diff, "diff", false, "")
	fs.StringVar(&o.baseline, "baseline", "", "")
	fs.BoolVar(&o.writeBaseline, "write-baseline", false, "")
	fs.StringVar(&o.overlay, "overlay", "", "")
	fs.StringVar(&o.profile, "profile", "", "")
	for name, isBool := range buildFlags {
		fs.Var(&passed{name: name, isBool: isBool, to: &o.buildFlags}, name, "")
	}
	for _, r := range suite.Rules {
		fs.Var(&passed{name: r.Name, isBool: true, to: &o.ruleFlags}, r.Name, "")
		r.Analyzer.Flags.VisitAll(func(f *flag.Flag) { o.passRuleFlag(fs, r.Name+"."+f.Name, f) })
	}
	shared := flag.NewFlagSet("", flag.ContinueOnError)
	suite.RegisterFlags(shared)
	shared.VisitAll(func(f *flag.Flag) { o.passRuleFlag(fs, f.Name, f) })

	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil, err
	} else if err != nil {
		return nil, usagef("%v", err)
	}
	fs.Visit(func(f *flag.Flag) {
		if suite.Rule(f.Name) != nil {
			o.chosen[f.Name] = f.Value.String() == "true"
		}
	})
	if v := fs.Lookup("v"); v.Value.String() == "true" {
		o.ruleFlags = append(o.ruleFlags, "-verbose=true")
	}
	o.patterns = fs.Args()
	if len(o.patterns) == 0 {
		o.patterns = []string{"."}
	}
	return o, o.check()
}

func (o *options) passRuleFlag(fs *flag.FlagSet, name string, f *flag.Flag) {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	fs.Var(&passed{name: name, isBool: ok && b.IsBoolFlag(), value: f.Value, to: &o.ruleFlags}, name, "")
}

func (o *options) check() error {
	if o.fix && o.diff {
		o.fix = false // go vet knows as -fix -diff what is -diff here
	}
	modes := 0
	for _, on := range []bool{o.json, o.sarif, o.fix, o.diff, o.writeBaseline} {
		if on {
			modes++
		}
	}
	if modes > 1 {
		return usagef("-json, -sarif, -fix, -diff and -write-baseline exclude each other")
	}
	if o.fix && o.overlay != "" {
		return usagef("-fix would write files that -overlay replaces; use -diff")
	}
	for _, p := range o.patterns {
		if strings.HasPrefix(p, "-") {
			return usagef("flag %s stands after a package; flags come first", p)
		}
	}
	return nil
}

// enabled reports whether the flags leave a rule on: turning some on turns
// all others off, turning some off leaves all others on.
func (o *options) enabled(rule string) bool {
	if on, named := o.chosen[rule]; named {
		return on
	}
	for _, on := range o.chosen {
		if on {
			return false
		}
	}
	return true
}

// passed is a flag that is handed on to another program. Its value, if it
// has one, checks here what is passed, for an error before any work is done.
type passed struct {
	name   string
	isBool bool
	value  flag.Value
	to     *[]string
	last   string
}

func (p *passed) IsBoolFlag() bool { return p.isBool }

func (p *passed) String() string { return p.last }

func (p *passed) Set(s string) error {
	switch {
	case p.value != nil:
		if err := p.value.Set(s); err != nil {
			return err
		}
	case p.isBool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return errors.New("want true or false")
		}
		s = strconv.FormatBool(b)
	}
	p.last = s
	*p.to = append(*p.to, "-"+p.name+"="+s)
	return nil
}
