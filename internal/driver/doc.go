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
//
// Findings are those of go vet with mapvet as its tool, with one difference:
// positions do not follow //line comments, since an editor shows the file itself.
//
// # How it holds together
//
// A moment is one question, such as [Build.Analyze]. It hashes each file once and
// names each unit by a key: a hash of its source and of the keys of what it
// imports at that moment. Results and checked packages are found by key, so that
// an edit which is taken back finds what was there before, and no lock is needed
// to say what is out of date.
//
// In go/types, a type is the same only within one package. Two importers must
// therefore see one and the same package of each import. Packages made from
// export data exist once in a generation; those checked from source exist once
// for each key, and are kept for as long as another that was checked against them.
// Which of the two a unit is, is decided once in a generation. A load that brings
// newer export data begins the next generation, and so does export data that the
// go command has cleaned away.
//
// Who needs a package or a result that another goroutine is making waits for it.
// These waits follow imports, and imports that form a cycle are not followed:
// each is an error in the package where it stands.
package driver
