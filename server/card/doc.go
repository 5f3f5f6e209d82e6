// Package card says what an editor shows about one map: the card of a hover on
// the place where a map is made or its type is written, the line of a hover on
// a variable, and the title of a code lens.
//
// [Find] tells which map is at a place in the source, and is silent on every
// place that belongs to another tool or says nothing about a map. [Makes] lists
// the places for code lenses, [Measurements] joins a file with what a profile says of
// its makes. All figures come from internal/mapmodel or a profile. What
// this package cannot know, whether the map escapes and which lock guards it,
// comes in through [Options].
package card
