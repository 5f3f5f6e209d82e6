// deletechurn: a long-lived map that was emptied keeps the memory of its peak
//
// # What it reports
//
// Maps that outlive the functions that use them (package variables, fields of
// long-lived values, variables of endless loops) and from which entries are
// removed without the memory ever coming back:
//
//   - A map that only a load phase fills (init, a constructor, code before an
//     endless loop) and that is emptied after that, by a loop that deletes, by
//     clear, or in an endless loop, and that nothing replaces: certain where the
//     order shows in one function and the purge does nothing but delete,
//     otherwise likely.
//   - A map that grows and is purged by a condition, like a cache that drops
//     what has expired (a loop over the map with a conditional delete,
//     maps.DeleteFunc, or a list of keys that is collected first): possible,
//     since that is fine at a steady size and waste after a peak.
//   - A map with keys on the runtime's generic path that gains and loses single
//     entries: possible, since it grows under steady churn.
//   - A loop for k := range m { delete(m, k) } over keys that are or hold floats or
//     complex numbers. It leaves NaN keys behind: certain, or likely if the
//     loop does more than delete.
//
// # Why it matters
//
// A Go map never shrinks: delete and clear keep every slot. A map of 1 million
// entries of which 99 % were deleted still held 36.0 MiB, a rebuilt one
// 0.28 MiB; iterating over the survivors took 6.1 ms, 42 times as long as in
// the rebuilt map. maps.Clone does not help, since it copies the slots as they are.
//
// Steady churn at a constant size is fine, as long as the runtime has a fast
// path for the map: keys that are compared as 32 or 64 bits of memory or are
// strings, with elements of at most 128 bytes. There an insert clears away the
// marks that deletes leave. All other maps (keys that are larger structs or
// arrays, interfaces, floats) grow instead. 100 entries of map[[2]int64]int that
// came and went took 13.3 to 26.7 KiB instead of 3.2 KiB, 1000 entries 213 KiB instead
// of 53.3 KiB, 10 000 entries 853 KiB instead of 427 KiB.
//
// # Example
//
// Before:
//
//	func (c *cache) purge(now time.Time) {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		for k, e := range c.entries {
//			if now.After(e.expires) {
//				delete(c.entries, k)
//			}
//		}
//	}
//
// After:
//
//	func (c *cache) purge(now time.Time) {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		before := len(c.entries)
//		for k, e := range c.entries {
//			if now.After(e.expires) {
//				delete(c.entries, k)
//			}
//		}
//		if len(c.entries) < before/4 {
//			n := make(map[string]entry, len(c.entries))
//			maps.Copy(n, c.entries)
//			c.entries = n
//		}
//	}
//
// # When it stays silent
//
// Maps that are emptied and filled again: scratch maps, batches that are
// flushed. Maps that lose one entry at a time, for a request, a worker or the
// victim of an eviction (but for the keys named above), even if there is also a
// conditional purge, unless that is part of an endless loop. Maps that anything
// assigns to after they were made, even by a new value of the struct around
// them. Maps whose size the code compares with a limit, and those with few possible
// keys: booleans, bytes, enumerations, constants. Purges in a method
// called Close, Shutdown or Stop, or right before an endless loop ends. Maps that
// other packages can assign to. Values of which nothing says that they live long: for
// that, a package variable has to hold them, an endless loop has to use them, they
// have to serve HTTP, or (for conditional purges alone) there has to be a lock
// beside the map, unless such values are themselves the elements of a map that
// loses entries. Churn counts only where single deletes take the entries, in values
// that live long without doubt.
//
// About NaN: keys that are interfaces, type parameters that admit other types,
// and maps all of whose keys are seen to come from integers and constants.
//
// # With a profile
//
// mapvet -profile and the editor give the rule what a run of the program or of
// its tests has measured. Of a map whose making is as it was, it then reports
// only what the run has shown, as likely where it was possible, and says by how
// much: a purge if the maps had at most half of the entries of their peak in
// the end (when they died, or when the program ended) and that keeps at least
// 16 KiB; a map with churn if it has twice the slots that its peak needs, and
// 16 KiB more. A run that is too short for a peak shows none: profiles of
// programs in use say more here than those of tests.
//
// # Options
//
// None.
//
// # Is the fix safe
//
// No, and it is never applied in bulk. Rebuilding costs time in the purge that
// pays off only if the map had a peak, which is for the author to know. It
// is offered only where no other name for the map, no loop over it that is
// under way and no iterator can be found in the package, and where the purge
// neither takes nor gives up a lock; code that is called through an interface
// may still do what the rule cannot see. An emptied map becomes a new map, also
// where it was nil. Replacing a deleting loop by clear also removes NaN keys,
// which the program may have got used to.
package deletechurn
