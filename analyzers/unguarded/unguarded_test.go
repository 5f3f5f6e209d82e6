package unguarded_test

import (
	"testing"

	"github.com/mapdiag/mapdiag/analyzers/internal/ruletest"
)

func TestFixtures(t *testing.T) {
	ruletest.Run(t, "unguarded", nil, "./...")
}
