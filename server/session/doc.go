// Package session holds the state of a language server: the open documents, the
// builds that their files belong to, and what the rules say of them. It knows
// nothing of the protocol.
//
// Every change of a document makes a new [Snapshot], which never changes. The
// [Session] analyses the packages of the open documents after each change, the one
// that was edited first and its tests when the editing pauses, and then the
// whole workspace. It reports what it finds, file by file, as [Report]s.
package session
