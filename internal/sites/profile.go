package sites

import (
	"cmp"
	"slices"
	"time"
)

// A Profile is what was measured in one or several runs.
type Profile struct {
	Schema string `json:"schema"` // [Schema]

	Go        string    `json:"go"`               // version of the toolchain, as in runtime.Version
	Arch      string    `json:"arch"`             // GOOS/GOARCH
	Module    string    `json:"module"`           // path of the main module
	Command   []string  `json:"command"`          // what was run, without the environment
	Recorded  time.Time `json:"recorded"`         // the start of the latest run
	Processes int       `json:"processes"`        // whose numbers are summed up
	Lost      uint64    `json:"lost,omitempty"`   // makes and growths that found no room
	Access    uint64    `json:"access,omitempty"` // reads and writes are estimates from one sample in so many; 0: not recorded

	Packages []Package `json:"packages"` // sorted by path
}

// A Package is the part of a profile about one package.
type Package struct {
	Path  string `json:"path"`
	Sites []Site `json:"sites"` // sorted by file, line, token, type
}

// A Site is one expression that makes maps of one type: a make, a literal, or a
// call of maps.Clone and its like. Generic code has a site for each type.
type Site struct {
	Place
	Type  string `json:"type"` // of the map, as [TypeName] writes it; empty where only maps that stayed empty were seen
	Shape Shape  `json:"shape"`

	// AtGrowth says that the compiler makes these maps on the stack without
	// calling the runtime: only those that outgrew it were seen. Makes counts those.
	AtGrowth bool `json:"at_growth,omitempty"`

	Makes   uint64    `json:"makes"`
	OnStack uint64    `json:"on_stack,omitempty"` // makes of which the header was on the stack
	Hints   Histogram `json:"hints,omitempty"`    // sizes asked for, of makes that asked for one

	// Slots tells how many maps ended with how many slots, all maps counted.
	Slots []Class `json:"slots"`

	// Peaks holds the largest number of entries that maps ever had at a time, Finals the
	// number with which they died, both for the Tracked maps alone. Maps that
	// were alive at the end of the program are in Peaks and in Alive.
	Tracked uint64    `json:"tracked,omitempty"`
	Peaks   Histogram `json:"peaks,omitempty"`
	Finals  Histogram `json:"finals,omitempty"`
	Alive   Histogram `json:"alive,omitempty"`

	Growths       uint64 `json:"growths,omitempty"`        // of tables and of the first group
	Splits        uint64 `json:"splits,omitempty"`         // growths in which a table became two
	Prunes        uint64 `json:"prunes,omitempty"`         // tombstones taken away in place
	Clears        uint64 `json:"clears,omitempty"`         // calls of clear
	Recopied      uint64 `json:"recopied,omitempty"`       // entries copied again by growths
	RecopiedBytes uint64 `json:"recopied_bytes,omitempty"` // the slots that those took
	Tombstones    uint64 `json:"tombstones,omitempty"`     // dropped by growths
	Reads         uint64 `json:"reads,omitempty"`          // estimated; see Profile.Access
	Writes        uint64 `json:"writes,omitempty"`

	Stacks []Stack `json:"stacks,omitempty"` // who made them, most makes first
}

// A Place is where a site is, and what finds it again.
type Place struct {
	File   string `json:"file"`           // below the main module with slashes, absolute elsewhere
	Line   int    `json:"line"`           // 1 is the first
	Decl   string `json:"decl,omitempty"` // as in [Decl.Name]; empty where the source could not be read
	Offset int    `json:"offset"`         // lines below the first line of the declaration
	Token  int    `json:"token"`          // index of the expression's first token; -1 where the line has no such expression
	Hash   string `json:"hash,omitempty"` // of the declaration, as in [Decl.Hash]
}

// Shape is the layout of a map type, in bytes.
type Shape struct {
	Key      int  `json:"key"`
	Elem     int  `json:"elem"`
	Slot     int  `json:"slot"`               // a key and an element, or pointers to them, as they lie in a group
	Group    int  `json:"group"`              // eight slots and their control bytes
	Pointers bool `json:"pointers,omitempty"` // whether the collector scans groups
}

// A Class is a number of maps that had the same number of slots.
type Class struct {
	Slots int64  `json:"slots"` // 0, 8, 16, …; of a map of several tables, 1024 times the length of its directory
	Maps  uint64 `json:"maps"`
}

// A Stack is a way on which the program came to a site.
type Stack struct {
	Frames        []Frame `json:"frames"` // innermost first, the site itself included
	Makes         uint64  `json:"makes"`
	Growths       uint64  `json:"growths,omitempty"`
	RecopiedBytes uint64  `json:"recopied_bytes,omitempty"`
	WastedBytes   uint64  `json:"wasted_bytes,omitempty"` // the share of what [Site.Waste] tells
}

// A Frame is one call.
type Frame struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// Package returns the part about a package, nil if there is none.
func (p *Profile) Package(path string) *Package {
	i, ok := slices.BinarySearchFunc(p.Packages, path, func(q Package, path string) int { return cmp.Compare(q.Path, path) })
	if !ok {
		return nil
	}
	return &p.Packages[i]
}

// Sort brings packages, sites and stacks into their order.
func (p *Profile) Sort() {
	slices.SortFunc(p.Packages, func(a, b Package) int { return cmp.Compare(a.Path, b.Path) })
	for i := range p.Packages {
		slices.SortFunc(p.Packages[i].Sites, func(a, b Site) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Token, b.Token),
				cmp.Compare(a.Type, b.Type), cmp.Compare(a.Hash, b.Hash))
		})
	}
}
