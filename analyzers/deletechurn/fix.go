package deletechurn

import "golang.org/x/tools/go/analysis"

func (pr *program) clearFix(p purge) []analysis.SuggestedFix { return nil }
