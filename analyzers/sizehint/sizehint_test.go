package sizehint_test

import (
	"testing"

	"github.com/mapdiag/mapdiag/analyzers/internal/ruletest"
)

func Test(t *testing.T) {
	ruletest.Run(t, "sizehint", []string{"level=possible"}, "./...")
}
