package deletechurn_test

import (
	"testing"

	"github.com/mapdiag/mapdiag/analyzers/internal/ruletest"
)

func TestPossible(t *testing.T) {
	ruletest.Run(t, "deletechurn", []string{"level=possible"}, "./janitor", "./nofix", "./silent", "./drained", "./churn", "./nan", "./measured")
}

func TestDefault(t *testing.T) {
	ruletest.Run(t, "deletechurn", nil, "./defaults")
}
