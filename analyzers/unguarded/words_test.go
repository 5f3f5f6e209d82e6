package unguarded

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// The cheap questions may say yes too often, but never no where the expressions
// match.
func TestCheapQuestions(t *testing.T) {
	words := strings.Fields("caller callers must should Requires needs call called before calling with while has hold HOLDS held Holding acquire acquired owns own the a s.mu mtx lock locks rwlock locker Mutex mutexes is taken locked not n't unsafe for concurrent use thread goroutines concurrently only at start-up startup boot initialisation initializing the of . , down known")
	random := rand.New(rand.NewPCG(1, 1))
	matched := 0
	for range 30000 {
		var text []string
		for range 1 + random.IntN(9) {
			text = append(text, words[random.IntN(len(words))])
		}
		s := strings.Join(text, " ")
		if random.IntN(2) == 0 {
			s = strings.ToUpper(s)
		}
		if says.MatchString(s) {
			if matched++; !maySay(strings.ToLower(s)) {
				t.Errorf("says matches %q", s)
			}
		}
		if wants.MatchString(s) {
			if matched++; !mayWant(strings.ToLower(s)) {
				t.Errorf("wants matches %q", s)
			}
		}
		if alone.MatchString(s) {
			if matched++; !mayBeAlone(strings.ToLower(s)) {
				t.Errorf("alone matches %q", s)
			}
		}
	}
	if matched < 1000 {
		t.Errorf("only %d matches", matched)
	}
}
