// largevalue: keys or values so large that the map pays on every operation
//
// # What it reports
//
// A map whose values or keys take more than 128 bytes and that, at least
// once, reads a value, changes a part of it and writes it back
// (v := m[k]; v.n++; m[k] = v), copies its values in a range
// (for _, v := range m), or looks up or inserts in a loop. Values of 64 to
// 128 bytes and keys of 65 to 128 are reported only for a read-modify-write
// in a loop.
//
// There is one report for each map, at its type or where it is made, however
// many variables, parameters and results the map goes through; the
// operations are attached to it.
//
// The finding is likely where a read-modify-write stands in a loop whose
// rounds do not all write a log line or format a text, or where
// values are copied in nested loops, or values of 512 bytes and more in one,
// only to read some of their fields, by rounds that do little else. It is
// possible, and not reported by default, otherwise: a single range, inserts,
// large keys, copies that are kept whole, tables written out in the source,
// code that runs once (init, main), maps that package maps copies or compares
// as a whole, and types that other modules may use.
//
// # Why it matters
//
// A map hands out and takes in whole values. Each v := m[k], each step of
// for _, v := range m and each m[k] = v copies all of the value; v, ok :=
// m[k] copies it twice. Nanoseconds per entry of a map[int]T with 10 000
// entries, and of a map[int]*T (Go 1.26, linux/amd64):
//
//	bytes   insert     lookup    range     read-modify-write
//	   64    60 /  65   10 /  9   12 / 10   20 /  9
//	  136   126 / 100   18 / 13   23 / 11   34 / 15
//	  256   204 / 146   33 / 16   41 / 14   49 / 10
//	 1024   310 / 340  167 / 19  195 / 21  215 / 13
//
// A pointer saves copying, not allocation: above 128 bytes the map allocates
// for each entry, and so does &T{}. Inserts gain little.
//
// A large key is hashed and compared in full by every access. Finding a key
// of 136 bytes takes 24 ns, of 1024 bytes 77 ns, of 8 bytes 8 ns.
//
// # Example
//
// Before:
//
//	sums := make(map[string]stats)
//	for _, r := range rows {
//		s, ok := sums[r.name]
//		if !ok {
//			continue
//		}
//		s.count++
//		s.total += r.value
//		sums[r.name] = s
//	}
//
// After:
//
//	sums := make(map[string]*stats)
//	for _, r := range rows {
//		s, ok := sums[r.name]
//		if !ok {
//			continue
//		}
//		s.count++
//		s.total += r.value
//	}
//
// # When it stays silent
//
// Reading a field or an element in place copies no more than that: m[k].f,
// m[k].data[i] and len(m[k].data) do not count. Neither do _, ok := m[k],
// for k := range m, loops that leave in their first round, and loops of at
// most eight rounds that the code shows. Storing a new value for a missing
// key is an insert, not a read-modify-write.
//
// Types that depend on a type parameter have no size here. Maps whose type
// another package fixes (its fields, results and parameters) cannot be
// changed where they are used. What _test.go files do does not count against
// a map outside them; generated files get no report, but what they do with
// the maps of others counts.
//
// # With a profile
//
// mapvet -profile and the editor give the rule what a run of the program or of
// its tests has measured. The message then tells how many maps there were, how
// large they became and what their growth copied, instead of an example. If the
// profile has sampled accesses too (mapdiag with -access), it tells the reads
// and writes, and maps of which the run copied less than 1 MiB in all are not
// reported. Reads of a single field count like those of the whole value, so
// that the number of bytes is a limit.
//
// # Options
//
//	-largevalue.bytes=128    report keys and values of more than this size
//	-largevalue.level=likely report findings of this level and surer ones
//
// # Is the fix safe
//
// The fix makes the values pointers and rewrites every use of the map. It is
// an editor's refactoring: go fix and go vet -fix never apply it. It is
// offered only where it keeps what the program does: the map is a local
// variable, an unexported package variable or an unexported field of a type
// that only this package knows; no other name for the map exists, it is not
// passed, returned, compared or marshalled; each value is read by a range or
// by v, ok := m[k] with v used only where ok holds, since a missing key would
// now give nil instead of a zero value. Each store gets a variable of its
// own. A read keeps the pointer where nothing can change the entry meanwhile
// and copies it otherwise. A read-modify-write becomes a change in place only
// where nobody can see the map between its parts.
//
// The uses of package variables and fields in _test.go files are seen where
// the package is analysed together with its tests, as go vet does. A use in
// a file that the build leaves out withdraws the fix.
package largevalue
