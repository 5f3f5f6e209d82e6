package mapmodel

import "math"

// certain is the number of standard deviations beyond which a probability is
// rounded to 0 or 1. The error is below 1e-14.
const certain = 8

// overflow returns the probability that more than limit of n keys share the
// first depth bits of their hash with a given prefix. Far from the limit, and
// for depth 0, the answer is exactly 0 or 1.
//
// It takes the hash to be random. Measured maps agree, with one known exception:
// where the processor hashes with AES, a block of 256 consecutive integers has
// an even number of keys on each side of a split. That shows only where all depends on
// the two sides being equal, at 1792 keys, and there makes 1 % of the price.
func overflow(n, depth, limit int) float64 {
	if n <= limit {
		return 0
	}
	if depth == 0 {
		return 1
	}
	p := math.Ldexp(1, -depth)
	z := normalScore(float64(n), p, float64(limit))
	switch {
	case z > certain:
		return 0
	case z < -certain:
		return 1
	}
	return math.Erfc(z/math.Sqrt2) / 2
}

// normalScore returns the z for which the standard normal distribution up to z is
// the binomial distribution of n trials with probability p up to k.
//
// It is the approximation of Peizer and Pratt (1968). Against the exact sum
// it is off by less than 1e-6 where the model uses it, for a cost that does not
// depend on n; the plain normal approximation is off by 1e-2 there, and summing
// takes hundreds of terms.
func normalScore(n, p, k float64) float64 {
	q := 1 - p
	d := k + 2.0/3 - (n+1.0/3)*p
	d += 0.02 * (q/(k+1) - p/(n-k) + (q-0.5)/(n+1))
	skew := 1 + q*skewTerm((k+0.5)/(n*p)) + p*skewTerm((n-k-0.5)/(n*q))
	return d * math.Sqrt(skew/((n+1.0/6)*p*q))
}

// skewTerm is (1-x²+2x·ln x)/(1-x)², by its series where that is 0/0.
func skewTerm(x float64) float64 {
	e := x - 1
	if math.Abs(e) < 1e-3 {
		return -e/3 + e*e/6
	}
	if x <= 0 {
		return 1
	}
	return (1 - x*x + 2*x*math.Log(x)) / (e * e)
}

// anyOverflow returns the probability that at least one of the 1<<depth
// prefixes passes the limit, where each does with probability p.
//
// It is exact where one must (more keys than room) and where no two can (two
// prefixes and no more keys than room). In between the prefixes count
// as independent, which underestimates: by 0.14 at worst, with four prefixes
// nearly full, and by less with more.
func anyOverflow(n, depth, limit int, p float64) float64 {
	count := math.Ldexp(1, depth)
	switch {
	case float64(n) > count*float64(limit):
		return 1
	case depth == 1:
		return 2 * p
	}
	return -math.Expm1(count * math.Log1p(-p))
}
