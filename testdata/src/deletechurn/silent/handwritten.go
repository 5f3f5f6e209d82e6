package silent

import "time"

var handwritten = map[string]time.Time{}

func addHandwritten(k string) { handwritten[k] = time.Now() }
func purgeHandwritten() {
	for k, t := range handwritten {
		if t.IsZero() {
			delete(handwritten, k)
		}
	}
}
