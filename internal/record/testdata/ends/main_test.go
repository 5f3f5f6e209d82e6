package main

import "testing"

func TestEnds(t *testing.T) {
	if ends()["a"] != 1 {
		t.Error("no a")
	}
	sink = make(map[string]bool, 50)
}
