// Package escape runs the compiler's escape analysis over a package and says
// what it means for the package's maps.
//
//	report, err := escape.Run(ctx, escape.Config{Dir: dir, Package: "example.com/p", Tests: true})
//	facts := escape.Join(escape.Package{Fset: fset, Files: files, Types: pkg, Info: info}, report)
//
// [Parse] reads what go build -gcflags=-m=2 prints: statements ([Entry]) about
// places, some with the way that a value takes to the heap ([Flow]). [Run] compiles
// one package and its test variants, from the build cache where nothing has
// changed, with unsaved buffers in place of files, and returns the entries
// with what was compiled and what kept it from being compiled. [Join] finds in
// the syntax what the entries are about and returns facts: one for each
// make and literal of a map, known or unknown with a reason, and one
// for each place where a map puts something else on the heap.
//
// # What is unknown
//
// Unknown is never taken for "does not escape". A map has no verdict if its
// package, or one that it imports, does not compile; if its file is excluded; if
// it is in generic code that the package and its tests nowhere
// instantiate; and if the compiler drops the code because it can never run.
//
// # Generic and inlined code
//
// The compiler judges each instance of a generic function by itself. The fact
// is OnHeap if the map escapes in one of them, and names those instances where
// others differ.
//
// An inlined body is judged once more where it is called, and reported at
// the place of the call. Those entries are about the call and are not joined to
// the body: a make is the map that the function by itself would allocate, and the
// sentence adds for how many inlined calls it stays on the stack. Only
// function literals that are called on the spot or through their variable, and
// the bodies of loops over functions, may have no entries of their own when they
// were inlined; those are looked for at the call and at the loop.
//
// # What it relies on
//
// The words and places are those of the compiler of Go 1.26. Tests compile small
// programs with the toolchain in use and compare, so that they fail where a new
// one says it in other words.
package escape
