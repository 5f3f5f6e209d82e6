// sizehint: a map whose size is known is made without it
//
// # What it reports
//
// A make(map[K]V) without a size, or with the size 0, or an empty map
// literal, that is filled in sight of where it is made, so often as something
// says that is known there: the length of a slice, array or map that is ranged
// over, a counter's limit, a constant, or sums and products of these.
//
// The map may be a local variable, a named result, a field (assigned, or in a
// struct literal), an element of another map, or a package variable that init
// fills. The entries may be added by assignments, by maps.Copy and
// maps.Insert, by a closure, in goroutines of an errgroup or a
// sync.WaitGroup, and by a function of the same module that adds an entry for
// each element of one of its parameters.
//
// A finding is certain where the keys cannot repeat: they are indexes,
// counters, or the keys of another map. It is likely where the code is written
// for distinct keys: each element is stored under a key of its own
// (byID[u.ID] = u), or is the key. Skipping elements after an error, or where
// there is nothing to store, leaves it likely. It is possible where the number
// of keys depends on the data: a mark under a derived key
// (seen[u.Country] = struct{}{}), a question whether the key is there already,
// a condition that selects elements, keys that are looked up in another map and
// may be missing there, nested loops whose inner bound changes, further entries
// that cannot be counted, a global map that is made when first needed and
// filled by all calls.
//
// # Why it matters
//
// A map that is not told its size starts with one group of eight slots and
// doubles at 8, 14, 28, 56 … entries, moving all entries each time. Filling a
// map[int]int with 100 entries takes 4648 bytes in 11 allocations instead of
// 2392 in 4, with 10 000 entries 591 672 bytes in 81 allocations instead of
// 295 600 in 34, and 1.3 to 3 times the CPU time. Each message states the
// bytes and allocations for the types of the map at hand, from a model that
// is tested against the running toolchain (internal/mapmodel).
//
// A size that is far too large costs as well: ten times the entries needed
// takes up to 3.6 times as long as no size at all. That is why the rule asks
// how distinct the keys are, and by default keeps quiet where it cannot tell.
//
// # Example
//
// Before:
//
//	byID := make(map[int]*User)
//	for _, u := range users {
//		byID[u.ID] = u
//	}
//
// After:
//
//	byID := make(map[int]*User, len(users))
//	for _, u := range users {
//		byID[u.ID] = u
//	}
//
// # When it stays silent
//
// Where the number is not known before the loop: channels, iterators,
// conditions, functions that could have effects. Where it is at most 8, which
// a new map holds anyway. Where elements share keys: grouping
// (m[k] = append(m[k], v)), counting (m[k]++), get-or-create. Where the key
// type has few values: booleans, 8-bit integers, types whose values are
// constants. Where entries are deleted in the same loop, where the map is
// returned empty on most paths, and where the number comes from elsewhere than
// data in memory and the loop may stop early, as decoders do: such a number
// must not be trusted with an allocation.
//
// # With a profile
//
// mapvet -profile and the editor give the rule what a run of the program or of
// its tests has measured: how many maps each line made, how large they became
// and what their growth took. It is used only where the declaration is as it
// was when it was measured, comments and layout apart.
//
// A finding of the code keeps its fix, and tells the numbers instead of an
// example. It is not reported where 95 % of the maps stay at 8 entries or
// fewer. A possible finding becomes likely where the numbers settle it: where
// the maps come near a limit that the code shows, or, with the measured size as
// the hint, where the code shows none.
//
// Where the code does not tell the size, the measured one is the hint, if it
// pays off: the 95th percentile, or a little more where that one is about to
// grow. It is a lower one, down to the median, where a map gets twice the slots
// from there on and most would pay for the largest. It has to save at least
// 16 KiB and a tenth of what the maps take in the run, and half of the maps
// have to reach a quarter of the 95th percentile: a number that fits few maps has no
// place in the source, and neither has the size of fewer than eight, which is that
// of the input of one run. Hints that most maps outgrow, and hints
// of more than four times what 99 % of the maps need, are reported too; a plain
// number comes with a fix, for an expression or a name the author knows better.
//
//	map is made without a size; made 1000 times, 100 entries, 4 growths each:
//	2.4 MiB copied; a hint of 100 saves 3.3 KiB and 7 allocations a map, 3.3 MiB
//	and 7000 allocations in the run (profile of 2026-11-20)
//
// Silent stay literals with elements, which take no hint; generic code whose
// types ask for different hints; and maps that begin on the stack without a
// call of the runtime, since those of them that stay small are not counted.
//
// # Options
//
// -sizehint.level=possible reports the possible findings too. Like all rules
// about cost, sizehint reports in _test.go files only with -tests.
//
// # Is the fix safe
//
// Yes: a size changes what the map costs and nothing else. The fix is only
// offered where computing the size early cannot panic, call anything, or see
// other values than the loop. Where the size is known only after the make, the
// fix moves the make down to the loop, never the computation up; where
// something uses the map in between, there is no fix.
package sizehint
