// Package sites holds what was measured of the maps of a program: a profile has, for
// each place in the source that makes maps, how many it made, how large they became, and
// what their growth cost.
//
// The package is the model and its file ([Read], [Profile.Write]), the names by which a
// place is found again in a source that has been edited ([Decls], [Package.Find]), sums of profiles
// ([Merge]), and what follows from the numbers ([Site.Advise]). How they get
// into a profile is the matter of internal/record, what is said about them that of
// the rules and of the editor.
//
// # How a place is found again
//
// A profile is older than the source that it is read beside. A [Site] is kept under the package, the
// top-level declaration around it, and the index of its first token in that
// declaration, with a hash of the declaration's tokens. Comments and white space are no
// tokens. So a declaration that moves, or is formatted anew, keeps its numbers;
// one that was changed has another hash, and its numbers are [Stale].
package sites
