package suppression_test

import (
	"testing"

	"github.com/mapdiag/mapdiag/analyzers/internal/ruletest"
)

func Test(t *testing.T) {
	ruletest.Run(t, "suppression", nil, "./...")
}
