package session

import (
	"os"
	"runtime/debug"
)

// How much may be allocated before memory is collected, in percent of what is in
// use. An edit throws away as much as is kept, so that by Go's own choice, 100, a
// quarter of its time goes into collecting; a look at all packages throws away
// far more, has time, and is when most memory is in use.
const (
	whileEditing  = 200
	whileSweeping = 50
)

// collect sets how often memory is collected, unless the user has.
func collect(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
