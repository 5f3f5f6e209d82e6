package silent

import (
	"testing"
	"time"
)

var inTest = map[string]time.Time{}

func TestPurge(t *testing.T) {
	inTest[t.Name()] = time.Now()
	for k, u := range inTest {
		if u.IsZero() {
			delete(inTest, k)
		}
	}
}
