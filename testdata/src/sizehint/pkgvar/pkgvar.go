// Package pkgvar holds package variables that init fills.
package pkgvar

type entry struct {
	name string
	f    func() int
}

var table = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}

var byName = make(map[string]int) // want `without its size, len\(table\); 10 entries: `

var few = make(map[string]int)

// The size would make the map depend on functions that use the map.
var entries = []entry{
	{"a", use}, {"b", use}, {"c", use}, {"d", use}, {"e", use}, {"f", use},
	{"g", use}, {"h", use}, {"i", use}, {"j", use}, {"k", use}, {"l", use},
}

var byEntry = map[string]entry{} // want `without its size, len\(entries\); 12 entries: `

// Grows at any time.
var Table = []string{}

var byTable = map[string]int{} // want `without its size, len\(Table\); .*\[sizehint/likely\]`

// Few, as far as can be seen.
var Few = []string{"a", "b"}

var byFew = map[string]int{}

var local = map[string]int{} // want `without its size, len\(names\); 9 entries: `

// Never filled by init.
var registry = map[string]int{}

func use() int { return len(byEntry) }

func Register(names []string) {
	for i, n := range names {
		registry[n] = i
	}
	Table = append(Table, names...)
}

func init() {
	for i, n := range table {
		byName[n] = i
	}
	for i := range 3 {
		few[table[i]] = i
	}
	for _, e := range entries {
		byEntry[e.name] = e
	}
	for i, n := range Table {
		byTable[n] = i
	}
	for i, n := range Few {
		byFew[n] = i
	}
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}
	for i, n := range names {
		local[n] = i
	}
}
