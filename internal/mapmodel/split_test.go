package mapmodel

import (
	"math"
	"testing"
)

// TestOverflow compares the tail formula with the exact sum.
func TestOverflow(t *testing.T) {
	worst := 0.0
	for depth := 1; depth <= 14; depth++ {
		for _, limit := range []int{448, 896} {
			mean := limit << depth
			for off := -0.3; off < 0.3; off += 0.009 {
				n := mean + int(off*float64(mean))
				got, want := overflow(n, depth, limit), binomialTail(n, depth, limit)
				worst = max(worst, math.Abs(got-want))
			}
		}
	}
	t.Logf("largest error %.1e", worst)
	if worst > 1e-6 {
		t.Errorf("the tail formula is off by %.1e, want at most 1e-6", worst)
	}
}

// binomialTail sums the probabilities of more than limit successes.
func binomialTail(n, depth, limit int) float64 {
	p := math.Ldexp(1, -depth)
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x + 1)); return v }
	sum := 0.0
	for k := limit + 1; k <= min(n, limit+2000); k++ {
		sum += math.Exp(lg(n) - lg(k) - lg(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
	return sum
}

func TestOverflowIsCertain(t *testing.T) {
	for _, test := range []struct {
		n, depth, limit int
		want            float64
	}{
		{896, 0, 896, 0},
		{897, 0, 896, 1},
		{896, 3, 896, 0},
		{1000, 1, 896, 0},
		{3000, 1, 896, 1},
		{math.MaxInt, 1, 896, 1},
		{math.MaxInt, 62, 896, 0},
	} {
		if got := overflow(test.n, test.depth, test.limit); got != test.want {
			t.Errorf("overflow(%d, %d, %d) = %v, want %v", test.n, test.depth, test.limit, got, test.want)
		}
	}
}

// TestAnyOverflow compares the chance that one of four prefixes overflows with
// the exact one, where the independence that the model assumes is worst.
func TestAnyOverflow(t *testing.T) {
	const limit, depth = 896, 2
	// half returns the probability of k of n keys on one side of a split.
	half := func(n, k int) float64 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		return math.Exp(a - b - c - float64(n)*math.Ln2)
	}
	// fits returns the probability that both halves of n keys are within limit.
	fits := func(n int) float64 {
		sum := 0.0
		for k := max(0, n-limit); k <= min(n, limit); k++ {
			sum += half(n, k)
		}
		return sum
	}
	for _, n := range []int{3300, 3400, 3500, 3537, 3584} {
		none := 0.0
		for k := n/2 - 250; k <= n/2+250; k++ {
			none += half(n, k) * fits(k) * fits(n-k)
		}
		got := anyOverflow(n, depth, limit, overflow(n, depth, limit))
		if off := 1 - none - got; off < -0.001 || off > 0.15 {
			t.Errorf("anyOverflow(%d) = %.3f, the exact probability is %.3f", n, got, 1-none)
		}
	}
}
