// Package driver analyses packages in this process, for as long as an editor
// works on them. The unit of its work is one package: what a file needs after an
// edit is its own package parsed and checked anew, everything else is kept.
//
// The go command tells what belongs to a package and compiles what it imports.
// A package is then checked against the export data of its imports, save those
// whose source has changed since: they are checked from source, as are the
// packages between. Facts of packages in the main modules are computed when
// something that imports them is analysed, and found again by the content of
// all sources that they follow from, in memory and on disk. So are findings.
//
// [Build] is the entry: one go.mod or go.work as the go command sees it.
package driver
