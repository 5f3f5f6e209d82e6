package files

import "testing"

func TestSum(t *testing.T) {
	m := map[string]big{}
	for _, v := range tested {
		m["x"] = v
	}
	for k, v := range m {
		v.id++
		m[k] = v
	}
}
