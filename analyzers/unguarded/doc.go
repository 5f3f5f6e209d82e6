// unguarded: a map is used without the lock that guards it
//
// # What it reports
//
// Accesses to a map that may happen at the same time as a write to it:
//
//   - An access without the lock that is held at most other accesses to the
//     map. The message names the lock and its share: "write to s.items without
//     s.mu, which guards it at 6 of 7 accesses (s.go:31)". Where most callers of a
//     function hold the lock and one does not, that call is reported. The lock may
//     be a field beside the map, in an embedded struct or in the struct around it, a
//     package variable, a sync.Locker, the L of a sync.Cond, a channel of
//     one slot or a semaphore.Weighted; any type with Lock and Unlock methods is a lock. A function that is
//     named for the lock (addLocked) and called just after its release is reported
//     at that call.
//   - A write while the lock is held for reading only, also through helpers:
//     certain, an error.
//   - A write in goroutines of which one place starts several (go in a loop,
//     errgroup, WaitGroup.Go, parallel subtests, a function that runs its argument
//     in goroutines), without a lock that all of them hold: certain, an error; likely
//     where a function keeps its argument and runs it so later.
//   - A write that may happen at the same time as another access which the
//     code shows: in a goroutine and in the function that started it before it has
//     waited, in two goroutines, in a timer's callback, in an HTTP handler (of net/http,
//     gin, echo, fiber or fasthttp), in a gRPC interceptor, in
//     the methods of a gRPC or net/rpc service, in parallel tests.
//   - A guarded map that leaves its lock while it is still changed in place:
//     returned, stored, sent, passed on in a struct, published in one through an
//     atomic.Pointer, or handed out as an iterator that has not run; and the use of a local alias of such a map after the unlock.
//   - A local map that a loop hands, each time around, to a function which keeps it in a
//     guarded field, and fills again; a map that a loop sends to another goroutine and
//     goes on changing.
//   - A struct, or a map in one, that is returned when the time is up, while goroutines
//     write to its maps under a lock that the caller does not have.
//   - A read, in a handler or a goroutine, of a map in a field that another struct was
//     given without a copy, which changes it in place under a lock of its own.
//   - A write without any lock in a method that serves a call with a context, of a type
//     whose documentation says that several goroutines may use it.
//   - A write under a copy of the mutex: a value receiver, a parameter or a
//     copied struct.
//   - A write into the map that an atomic.Value, an atomic.Pointer or a sync.Map
//     holds, instead of into a copy: certain, an error.
//
// Assigning the variable or field itself counts as a write, since it races
// with everybody who reads it.
//
// # Why it matters
//
// The runtime stops the program when it notices two goroutines in one map:
// "fatal error: concurrent map writes" cannot be recovered from, and takes the
// whole process down. What it does not notice loses entries. The race detector
// finds such bugs only where a test makes the two accesses meet; most of these
// bugs are a forgotten lock in one method of many, which no test calls at the
// wrong moment.
//
// # Example
//
// Before:
//
//	func (c *cache) Get(k string) (item, bool) {
//		c.mu.RLock()
//		defer c.mu.RUnlock()
//		it, ok := c.items[k]
//		return it, ok
//	}
//
//	func (c *cache) Set(k string, it item) {
//		c.mu.Lock()
//		c.items[k] = it
//		c.mu.Unlock()
//	}
//
//	func (c *cache) Len() int { return len(c.items) } // the lock is missing
//
// After:
//
//	func (c *cache) Len() int {
//		c.mu.RLock()
//		defer c.mu.RUnlock()
//		return len(c.items)
//	}
//
// # How it sees locks
//
// For each function the rule follows which locks are held on all ways to each
// access, and whether exclusively or for reading: through branches, loops, early
// returns, deferred unlocks, the result of TryLock, and calls; what a function takes
// unless its result tells that it has failed (an error, false) is held where the result
// was asked for and is good. A lock is the same
// lock where it is reached in the same way from the same variable; local
// variables that are given one value only are seen through, and so are fields that
// a struct is made with. A lock that is handed over as a reference when an object
// is made (mu: &parent.mu, a sync.Locker, the argument of a constructor) is that of
// the one who made it, and a lock of an owner is taken for the same one however it is
// reached.
//
// What a function does to its callers' locks (it takes them, releases them,
// calls its argument under them, returns the function that unlocks) is known of
// all functions of the package, and of those of other packages of your module. A
// function that is not exported is taken to be called under the locks that
// its callers hold; an exported one with none, unless its documentation or
// its name (fooLocked) says that the caller holds the lock. A go
// statement, a timer and a stored callback do not hold the locks of
// where they are written; a literal that is called at once, or passed to a
// function that calls it, does. A callback that is kept in a field has the lock that
// all calls through that field hold, and one that stands beside the address of a lock
// is taken to be called under it. What a literal does to a map that the function lends it
// which it is handed to counts for that map. A copy of a struct has the maps of the
// struct, also where it is handed on. A map that a local struct is given from
// another one stays the map of that: of a session that is made with the server's defaults,
// of a request whose header is the client's, also where a function makes the struct. Where
// every literal gives a field what one field of another struct holds, both are taken for
// the same. The body of a loop over an iterator of the package
// runs under the lock that the iterator holds when it yields. Where a goroutine
// calls functions that are kept in a field, those run in that goroutine, and in several
// at a time where a loop starts workers; so do those that are handed to a function which
// keeps them there. A call of the method of an interface of the
// package leads to its one implementation, if there is one only, and one through a field
// that is only ever given values of one type to the method of that type. What a method
// of the package looks up in a container and returns is an element of that, unless the
// method takes it out or marks it as taken. Where a loop gives all structs that it makes
// one value, goroutines that have a struct each share that. Elements that are found by
// different variables are taken for different ones in goroutines of a loop, unless the
// goroutines receive the key of a map from a channel in a field or a parameter.
//
// A lock guards a map if it is held at two of three accesses or more, one of
// them a write, and is a field beside the map or a package variable beside a
// package variable; if it is held at all writes and was taken for them alone, or by all
// functions that use the map but one, which holds no other lock where it writes; if it is
// taken for the map alone and only helpers use that which are called with and without it; or, where
// it stands elsewhere, if it is held at three of four. Half of them will do where all
// others hold a lock that guards another map or begins another block of fields, or that of
// the struct around. It also guards the map where all writes are without it: if all reads
// hold it, in two functions or more, and it is taken for nothing else, or if the function
// that writes has held it for a look just before; and where a function that anybody may
// call looks a key up before it takes the lock to write. Accesses in a function that says
// of itself that the lock is held count as locked if some of its callers hold it. Accesses while the map
// is built do not count: of values that nobody else can reach yet, in init
// functions, in a sync.Once, in main before it has started a goroutine, in tests.
//
// # When it stays silent
//
// Where the accesses cannot meet, as far as the code shows: before the go
// statement; after WaitGroup.Wait, a receive from the channel on which the goroutine
// tells that it is done or others have waited for it (also one that a method returns), or errgroup's Wait (a select with a timeout is no such
// receive, and Add inside the goroutine spoils Wait); in a goroutine that is the
// only one to write and reads without the lock it writes under; in goroutines
// that have a map each; in a goroutine that ends while the one who has started it holds the
// lock, which keeps others out though not the goroutines that are started beside it, and in
// one that releases the lock which its starter has taken, or where that is put into a struct
// with the function which releases it; for a map that is returned with
// what tells that it is complete; where the functions that one goroutine receives from
// a channel run in turn, with what that goroutine itself does. After a function has
// waited whose result tells so (an error that is nil, true), where the result is asked
// for. While a number is exchanged by CompareAndSwap and not given back. Where a read is made only after a flag was seen, or a channel
// closed, for which all that change the map ask or which they set at the end, or after
// a call that sets such a flag under the lock. Where a reader holds another lock that all writers
// hold as well, holds the lock of an owner alone that all writers hold, or is counted while it reads and all writers wait for the number, or for all
// tokens of a channel. Where a goroutine that is started under the lock owns the map while
// a flag tells that it runs. Where the function may know by a condition that the lock is
// held. Where a local variable holds a new map, though it held a guarded one before.
// Where a flag is set under the lock before the map leaves it, for which all that change
// the map ask (one that is set back there is no such flag). Where the lock of an owner is held for reading by what refers to it, and
// for writing by the owner alone. Where a map, or the struct that holds it, is taken out and replaced under the lock before it leaves,
// or is never changed in place. Where a comment above the access says
// why there is no lock: then the finding is possible instead of likely, as it
// is in a function that only some of its callers call with the lock, in one that
// anybody may call with a lock that is open to all (an embedded sync.Mutex) and
// that the package itself calls so, in a literal that is handed to an interface's
// method, for tables that only functions fill which the package calls for its
// variables, and where nothing but assignments of whole maps is done under the lock.
// An exported field whose lock other packages cannot take is read there when it is complete,
// which the rule does not judge.
// Registration before a goroutine or server starts is told by what it is:
// nothing but additions outside, nothing but reads inside; it is none where the function
// that makes the object has started the goroutine, unless that waits for something first.
// An object that its own goroutine hands to a function value or an interface may be used
// by that goroutine alone.
//
// The rule cannot see goroutines of other modules (that your method is called by
// several of them at a time), code behind reflection, unsafe and cgo, locks that are
// chosen at run time, such as one of several by a hash where lock and map have
// different indices, and order that rests on time or on atomic flags. In a
// function of more than a million nodes of syntax it looks at nothing;
// mapvet -v tells which these are.
//
// # How to tell it
//
// A comment on a field names its lock, which has to be a field of the same
// struct:
//
//	type cache struct {
//		mu    sync.Mutex
//		items map[string]item //mapdiag:guardedby mu
//	}
//
// Then every access without it is reported, whatever most of them do, and a
// name that is no lock is reported too. A function whose documentation says that
// the lock must be held, or whose name says so (addLocked, unsafeAdd), is believed, and its calls
// from other packages of the module are checked, as are those in the package by who
// plainly does not hold the lock. Where an access is right
// for reasons that code does not show, a suppression says so:
//
//	n := len(c.items) //mapdiag:ignore unguarded only the loop below writes, and it has ended
//
// # Options
//
//   - -unguarded.copied=false does not report writes under a copied mutex, for
//     surfaces where go vet's copylocks speaks of the copy already.
//
// # Is the fix safe
//
// No, and it is never applied in bulk: a lock can deadlock. In the editor, a
// fix takes the guard around the statement or the function, or takes it for
// writing instead of reading. It is offered only where nothing that is called
// inside can take the same lock, no caller of the function may hold it already, and no
// other access to the same key stands outside the section (check, then act). Where a
// struct has no mutex, a refactoring adds one and guards every access of the
// type.
package unguarded
