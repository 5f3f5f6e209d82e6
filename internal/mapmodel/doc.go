// Package mapmodel computes what a Go map costs before it exists: the heap
// bytes and allocations of filling it with n distinct keys, with and without a
// capacity hint, and what of that stays reachable afterwards.
//
// Every message about cost takes its price from here, so the numbers have to be
// those that runtime.MemStats reports (TotalAlloc and Mallocs for [Layout.Fill]),
// not estimates of slots times bytes. They are the sum of four things:
//
//   - the map header, one allocation;
//   - the directory, an array of pointers to tables, once there are tables;
//   - the tables, each a small struct and one array of groups of eight slots;
//   - the keys and elements of more than 128 bytes, one allocation each.
//
// Each is rounded up as the allocator rounds it (malloc.go).
//
// # What is exact
//
// A map of one table, up to 896 entries, is a pure function of n and the hint.
// Beyond that the hash seed decides how many keys each table receives, so tables
// near their limit of 896 split in some runs and not in others. Where the seed makes a
// difference in less than one run in a million, as it does for 1000 or 10 000
// entries, the result counts as exact. Elsewhere, which is where n divided by some
// power of two comes near 896, the model returns the expected value
// and says so in [Cost.Approx].
//
// The expectation is exact but for the tail formula of split.go (off by less
// than 1e-6) and for the chance that the directory doubles (by less than 0.15
// allocations). Single fills scatter around it with a standard deviation of at most
// 35 % with two tables (1750 entries, hinted), 16 % with four and 11 % with
// eight, and less with more.
//
// # What it assumes
//
// The model describes the Swiss maps of Go 1.24 and later, on targets of 32 and
// 64 bits, in a build without a sanitizer (asan pads every allocation). Keys are
// inserted one by one, all distinct, none deleted. Each assumption about the
// runtime stands with the constant that carries it, together with the file
// it was read from; goroot_test.go compares them with the toolchain's source and
// measure_test.go compares the results with measured fills.
//
// The package imports the standard library only and does nothing at start-up:
// it is linked into a vet tool that is started once per package.
package mapmodel
