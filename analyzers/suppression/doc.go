// suppression: a comment that silences a rule is malformed or silences nothing
//
// # What it reports
//
// A //mapdiag:ignore comment that names no rule, an unknown one or this one,
// that gives no reason, or that stands where the named rule finds nothing. A
// finding that only some builds have, by their tags or target, leaves its
// suppression without one in the others.
//
// # Why it matters
//
// A suppression is a claim about the code: "the rule is wrong here, because
// …". Without the reason nobody can tell later whether the claim still holds.
// With a misspelt rule it silences nothing, and after the code around it has
// changed it may silence the next, right finding. It costs nothing at run
// time: this rule is about keeping the other reports trustworthy.
//
// # Example
//
// Before:
//
//	//mapdiag:ignore sizehnt
//	byID := make(map[int]*User)
//
// After:
//
//	//mapdiag:ignore sizehint most of the users share a handful of ids
//	byID := make(map[int]*User)
//
// # When it stays silent
//
// Comments of the form //nolint:<rule> are honoured but never reported:
// golangci-lint judges those itself. Generated files are left alone. A
// suppression counts as used when it covers a finding of any level, even of
// one that is not reported by default.
//
// # Options
//
// None of its own.
//
// # Is the fix safe
//
// There is no fix: whether the comment or the code is wrong, only its author
// knows.
package suppression
