// Package mapstat tells how healthy a map of a running program is: how full it
// is, what deleted entries leave behind, how far lookups have to go, how many bytes
// it holds and how many of them are entries.
//
//	mu.Lock()
//	stat, err := mapstat.Read(sessions)
//	mu.Unlock()
//	fmt.Println(stat.Len, stat.Slots, stat.Bytes, stat.LiveBytes)
//
// [Read] wants the lock under which the map is used, [TryRead] does without and
// gives up where the map is being written. [Track] registers a map under a name, to
// be read now and then at a bounded cost; [Registry.Snapshot] tells of all of them,
// with [Metric] values and a [Verdict] each. Packages mapstat/http and
// mapstat/promstat, modules of their own, serve them to people, to the mapdiag command and to
// Prometheus, and a Registry is a variable for expvar.
//
// # What it relies on
//
// The runtime keeps none of this behind an interface, so the package reads the
// memory of maps. It knows the layouts of Go 1.24 to 1.27 on 64-bit
// targets, Swiss maps and classic ones, and checks at its first use that the
// program's maps are laid out as it believes. Where they are not, every
// reading returns [ErrUnknownLayout] and the length alone; nothing is ever guessed. Maps
// are never written.
//
// It imports the standard library only.
package mapstat
