package intests

import "testing"

func TestMissing(t *testing.T) {
	if entries["missing"].id != 0 || sum() != 0 {
		t.Error("a missing entry is not zero")
	}
}
