package sites

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// A Histogram counts maps by a number of entries. Its buckets are sorted, do not overlap
// and are not empty.
type Histogram []Bucket

// A Bucket is Count maps with Low to High entries. Its JSON is [low, high, count].
type Bucket struct {
	Low, High int64
	Count     uint64
}

func (b Bucket) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d,%d]", b.Low, b.High, b.Count), nil
}

func (b *Bucket) UnmarshalJSON(data []byte) error {
	var v []json.Number
	if err := json.Unmarshal(data, &v); err != nil || len(v) != 3 {
		return fmt.Errorf("a bucket is [low, high, count], not %.60s", data)
	}
	low, err1 := v[0].Int64()
	high, err2 := v[1].Int64()
	count, err3 := v[2].Int64()
	if err := cmp.Or(err1, err2, err3); err != nil {
		return err
	}
	if low < 0 || high < low || count <= 0 {
		return fmt.Errorf("%.60s is no bucket", data)
	}
	*b = Bucket{low, high, uint64(count)}
	return nil
}

// UnmarshalJSON reads what [Bucket.MarshalJSON] writes without the detours of package json, as nearly all of a
// profile is buckets. What is not plain numbers goes the long way, which words the error.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	slow := func() error { return json.Unmarshal(data, (*[]Bucket)(h)) }
	fast := make(Histogram, 0, bytes.Count(data, []byte{'['}))
	var v [3]int64
	depth, numbers, digits := 0, 0, 0
	for _, c := range data {
		if c >= '0' && c <= '9' {
			if digits++; depth != 2 || numbers > 2 || digits > 18 {
				return slow()
			}
			v[numbers] = 10*v[numbers] + int64(c-'0')
			continue
		}
		if digits > 0 {
			numbers, digits = numbers+1, 0
		}
		switch c {
		case ' ', '\t', '\n', '\r', ',':
		case '[':
			if depth++; depth > 2 {
				return slow()
			}
		case ']':
			if depth--; depth == 0 {
				continue
			}
			if numbers != 3 || v[1] < v[0] || v[2] == 0 {
				return slow()
			}
			fast = append(fast, Bucket{v[0], v[1], uint64(v[2])})
			v, numbers = [3]int64{}, 0
		default:
			return slow()
		}
	}
	*h = fast
	return nil
}

// Count returns the number of maps.
func (h Histogram) Count() uint64 {
	n := uint64(0)
	for _, b := range h {
		n += b.Count
	}
	return n
}

// Quantile returns the least number of entries that a share q of the maps, 0 to 1, does not
// exceed: the upper end of its bucket. It is 0 for no maps.
func (h Histogram) Quantile(q float64) int64 {
	rank := max(uint64(math.Ceil(q*float64(h.Count()))), 1)
	seen := uint64(0)
	for _, b := range h {
		if seen += b.Count; seen >= rank {
			return b.High
		}
	}
	return 0
}

// Max returns the upper end of the last bucket.
func (h Histogram) Max() int64 {
	if len(h) == 0 {
		return 0
	}
	return h[len(h)-1].High
}

// Add returns the sum of two histograms. Buckets that overlap become one.
func (h Histogram) Add(g Histogram) Histogram {
	all := slices.Concat(h, g)
	slices.SortFunc(all, func(a, b Bucket) int { return cmp.Or(cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High)) })
	sum := all[:0]
	for _, b := range all {
		if n := len(sum); n > 0 && b.Low <= sum[n-1].High {
			sum[n-1].High = max(sum[n-1].High, b.High)
			sum[n-1].Count += b.Count
			continue
		}
		sum = append(sum, b)
	}
	return sum
}

// middle is the number of entries that stands for all of a bucket.
func (b Bucket) middle() int { return int(b.Low + (b.High-b.Low)/2) }
