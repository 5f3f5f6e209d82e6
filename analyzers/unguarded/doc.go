// unguarded: a map is used without the lock that guards it
//
// # What it reports
//
// TODO
package unguarded
