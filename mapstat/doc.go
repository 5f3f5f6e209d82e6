// Package mapstat tells how healthy a map of a running program is: how full it
// is, what deleted entries leave behind, how far lookups have to go, how many bytes
// it holds and how many of them are entries.
//
//	mu.Lock()
//	stat, err := mapstat.Read(sessions)
//	mu.Unlock()
//	fmt.Println(stat.Len, stat.Slots, stat.Bytes, stat.LiveBytes)
//
// [Read] wants the lock under which the map is used; [TryRead] does without, and
// gives up where the map is being written.
//
// # Watching maps
//
// Three lines watch a map of a running program:
//
//	mapstat.Track("sessions", &s.sessions, &s.mu)
//	mapstat.Default.Start(mapstat.Sampling{})
//	expvar.Publish("maps", mapstat.Default)
//
// The first names the variable and its lock, which are not kept alive. The second reads
// the tracked maps in turn, for 1 ms in a second and at most 100 µs under a lock. The
// third shows [Registry.Snapshot] at /debug/vars: of each map the [Stat], the
// values of each [Metric], what was seen of it before, and a [Verdict]. Packages mapstat/http and
// mapstat/promstat, modules of their own, serve the same to people, to the mapdiag
// command and to Prometheus.
//
// # What it costs
//
// A sample takes 5 to 10 µs for maps of up to 100 000 entries, and looks up the entries of 64 groups
// chosen at random; what follows from the heads of tables (length, slots, load, tombstones, bytes) is
// exact up to some 500 000 entries and an estimate from two million on, see Stat.Estimated. A
// full reading takes one to three times what a range over the map takes, and
// more where keys of more than 128 bytes are stored behind pointers.
//
// # What it relies on
//
// The runtime keeps none of this behind an interface, so the package reads the
// memory of maps. It knows the layouts of Go 1.24 to 1.27 on 64-bit
// targets, Swiss maps and classic ones, and checks at its first use that the
// program's maps are laid out as it believes. Where they are not, every
// reading returns [ErrUnknownLayout] and the length alone; nothing is ever guessed. Maps
// are never written. A map whose verdict you doubt can be read again with
// [Registry.Snapshot] in full.
//
// It imports the standard library only.
package mapstat
