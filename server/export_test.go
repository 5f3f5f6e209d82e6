package server

import (
	"time"

	"github.com/mapdiag/mapdiag/server/session"
)

func init() {
	parentPeriod = 50 * time.Millisecond
	session.Patience = 0
}
