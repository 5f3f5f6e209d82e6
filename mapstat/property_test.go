package mapstat_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/mapdiag/mapdiag/mapstat"
)

// A model is what is known of a map by what was done to it.
type model struct {
	len      int
	nan      int // of len, entries that no lookup finds
	cleared  uint64
	deleted  bool // ever: there may be tombstones
	maxSlots int
}

// operate does what the bytes say to a map, and compares each reading with the model.
func operate[K comparable](t *testing.T, program []byte, key func(i int) K) {
	m := make(map[K]int)
	if len(program) > 0 {
		m = make(map[K]int, int(program[0])*8)
	}
	known := model{}
	compare := func(op string) {
		t.Helper()
		s, err := mapstat.Read(m)
		if err != nil {
			t.Fatalf("after %s: %v", op, err)
		}
		classic := s.Layout == "classic"
		sum := 0
		for _, n := range s.Probes {
			sum += int(n)
		}
		switch {
		case s.Len != len(m) || s.Len != known.len:
			t.Fatalf("after %s: Len %d, want %d", op, s.Len, known.len)
		case int(s.Unreachable) != known.nan || int(s.Probed) != known.len-known.nan || sum != int(s.Probed):
			t.Fatalf("after %s: %d unreachable, %d looked up, want %d, %d", op, s.Unreachable, s.Probed, known.nan, known.len-known.nan)
		case s.Tombstones > 0 && !known.deleted:
			t.Fatalf("after %s: %d tombstones, nothing was deleted", op, s.Tombstones)
		case s.Cleared != known.cleared:
			t.Fatalf("after %s: cleared %d times, want %d", op, s.Cleared, known.cleared)
		case !classic && s.Slots < known.maxSlots:
			t.Fatalf("after %s: %d slots became %d", op, known.maxSlots, s.Slots)
		case s.Slots < s.Len || s.Bytes < s.LiveBytes || s.Estimated || s.ProbeError != 0:
			t.Fatalf("after %s: %+v", op, s)
		case s.Probed > 0 && (s.MeanProbe < 1 || s.MeanProbe > float64(s.MaxProbe)):
			t.Fatalf("after %s: mean of %v groups, at most %d", op, s.MeanProbe, s.MaxProbe)
		case !classic && s.Tables > 0 && s.GrowthLeft+s.Tombstones+s.Len != s.Slots/8*7:
			t.Fatalf("after %s: %d slots, %d entries, %d tombstones, room for %d", op, s.Slots, s.Len, s.Tombstones, s.GrowthLeft)
		case s.WastedBytes()+s.LiveBytes != s.Bytes || s.RebuildGain() > s.Bytes || s.RebuildSpeedup() < 1:
			t.Fatalf("after %s: %+v", op, s)
		}
		known.maxSlots = s.Slots
	}
	compare("make")
	next := 0
	insert := func(k K) {
		before := len(m)
		m[k] = 1
		known.len += len(m) - before
		if k != k {
			known.nan++
		}
	}
	for i := 1; i+1 < len(program); i += 2 {
		op, arg := program[i]%8, int(program[i+1])
		switch op {
		case 0, 1: // a run of new keys
			for range arg {
				insert(key(next))
				next++
			}
			compare("inserts")
		case 2: // old keys again
			for k := range arg {
				if old := key(max(next-1-3*k, 0)); old == old {
					insert(old)
				}
			}
			compare("overwrites")
		case 3, 4: // the oldest, or every other
			for k := range 2 * arg {
				old := key(k)
				if op == 4 {
					old = key(max(next-2*k, 0))
				}
				before := len(m)
				delete(m, old)
				known.deleted = known.deleted || len(m) < before
				known.len -= before - len(m)
			}
			compare("deletes")
		case 5:
			if arg < 64 {
				if len(m) > 0 {
					known.cleared++
				}
				clear(m)
				if s, _ := mapstat.Read(m); s.Cleared == known.cleared+1 {
					known.cleared++ // of nothing but tombstones
				}
				known.len, known.nan = 0, 0
				compare("clear")
			}
		case 6:
			if arg < 64 {
				m = maps.Clone(m)
				s, err := mapstat.Read(m)
				if err != nil {
					t.Fatal(err)
				}
				known.maxSlots, known.cleared = s.Slots, s.Cleared // Go 1.24 rebuilds
				known.deleted = known.deleted && s.Tombstones > 0
				compare("clone")
			}
		case 7: // steady churn
			for range 4 * arg {
				before := len(m)
				delete(m, key(next-known.len))
				known.deleted = known.deleted || len(m) < before
				known.len -= before - len(m)
				insert(key(next))
				next++
			}
			compare("churn")
		}
	}
}

func operateAll(t *testing.T, program []byte) {
	operate(t, program, func(i int) int { return i })
	operate(t, program, func(i int) string { return fmt.Sprint(i) })
	operate(t, program, func(i int) any { return int32(i) })
	operate(t, program, func(i int) [20]int { return [20]int{i} })
	operate(t, program, func(i int) float64 {
		if i%13 == 5 {
			return math.NaN()
		}
		return float64(i)
	})
}

// TestOperations runs random programs. A failure tells the seed to repeat it with.
func TestOperations(t *testing.T) {
	n := 60
	if testing.Short() {
		n = 10
	}
	first := rand.Uint64()
	for i := range n {
		seed := first + uint64(i)
		random := rand.New(rand.NewPCG(seed, 1))
		program := make([]byte, 1+2*random.IntN(40))
		for i := range program {
			program[i] = byte(random.Uint32())
		}
		if !t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { operateAll(t, program) }) {
			t.Logf("program %v", program)
			return
		}
	}
}

func FuzzOperations(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte{0, 0, 9, 3, 4, 0, 255, 7, 255, 7, 255, 5, 0, 0, 9})
	f.Add([]byte{255, 0, 200, 1, 255, 4, 120, 6, 1, 7, 200, 6, 2, 3, 255, 2, 50})
	f.Add([]byte{1, 1, 255, 1, 255, 1, 255, 1, 255, 3, 255, 3, 255, 7, 255, 6, 1, 5, 1, 5, 1, 2, 9})
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) > 200 {
			return
		}
		operateAll(t, program)
	})
}
