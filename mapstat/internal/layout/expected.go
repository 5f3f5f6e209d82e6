package layout

import (
	"math"
	"math/bits"
)

// expectedProbes is the mean number of groups that lookups visit in a table of 2<<i
// groups of which (k+1)/16 of the slots are used, if hashes are random and nothing was ever
// deleted. It is the mean over many random fills; TestExpectedProbes fills
// tables again and compares.
var expectedProbes = [7][14]float64{
	{1.0000, 1.0000, 1.0000, 1.0000, 1.0000, 1.0000, 1.0000, 1.0000, 1.0004, 1.0023, 1.0071, 1.0159, 1.0295, 1.0482},
	{1.0000, 1.0000, 1.0000, 1.0000, 1.0000, 1.0001, 1.0007, 1.0023, 1.0057, 1.0120, 1.0224, 1.0385, 1.0625, 1.0982},
	{1.0000, 1.0000, 1.0000, 1.0000, 1.0002, 1.0007, 1.0020, 1.0050, 1.0105, 1.0198, 1.0345, 1.0571, 1.0909, 1.1420},
	{1.0000, 1.0000, 1.0000, 1.0001, 1.0004, 1.0012, 1.0030, 1.0069, 1.0137, 1.0249, 1.0424, 1.0695, 1.1109, 1.1754},
	{1.0000, 1.0000, 1.0000, 1.0001, 1.0005, 1.0015, 1.0038, 1.0082, 1.0157, 1.0282, 1.0476, 1.0780, 1.1245, 1.1988},
	{1.0000, 1.0000, 1.0000, 1.0001, 1.0005, 1.0016, 1.0041, 1.0086, 1.0165, 1.0296, 1.0502, 1.0818, 1.1314, 1.2126},
	{1.0000, 1.0000, 1.0000, 1.0001, 1.0005, 1.0017, 1.0043, 1.0089, 1.0171, 1.0304, 1.0513, 1.0839, 1.1358, 1.2216},
}

// expectedProbe returns the expected mean for a table with the given slots and entries.
func expectedProbe(slots, used int) float64 {
	row := bits.Len(uint(slots/groupSlots)) - 2
	if row < 0 {
		return 1
	}
	means := &expectedProbes[min(row, len(expectedProbes)-1)]
	at := float64(used)*16/float64(slots) - 1 // an index, with a fraction
	if at <= 0 {
		return 1
	}
	i := int(at)
	if i >= len(means)-1 {
		return means[len(means)-1]
	}
	return means[i] + (at-float64(i))*(means[i+1]-means[i])
}

// expectedChain returns the expected mean for a classic map with the given
// mean number of entries in a bucket: the numbers are Poisson distributed, and the entry
// at place j of its bucket is found in bucket j/8 of the chain.
func expectedChain(mean float64) float64 {
	if mean <= 0 {
		return 1
	}
	sum, p := 0.0, math.Exp(-mean)
	for n := 1; n < 8*MaxProbe; n++ {
		p *= mean / float64(n)
		full, rest := n/bucketSlots, n%bucketSlots
		sum += p * float64(bucketSlots*full*(full+1)/2+rest*(full+1))
	}
	return sum / mean
}

// Rebuilt returns the slots and the heap bytes that a map made with a hint of n and
// filled with n entries is expected to have.
func (t *Type) Rebuilt(n int) (slots int, bytes uint64) {
	slots, bytes = current().rebuilt(t, n)
	return slots, bytes + uint64(n)*t.perEntry
}

// rebuiltSwiss follows NewMap (internal/runtime/maps/map.go).
func rebuiltSwiss(t *Type, n int) (int, uint64) {
	header := HeapBytes(48, true)
	switch {
	case n == 0:
		return 0, header
	case n <= groupSlots:
		return groupSlots, header + t.groupBytes[0]
	}
	target := n * 8 / 7
	tables := pow2((target + maxSlots - 1) / maxSlots)
	slots := max(pow2(target/tables), groupSlots)
	each := func(slots int) float64 {
		return float64(HeapBytes(32, true) + t.groupBytes[bits.TrailingZeros(uint(slots/groupSlots))])
	}
	// The hash decides how many entries each table gets; those that get more than they
	// have room for grow to twice the size, or split in two.
	mean := float64(n) / float64(tables)
	deviation := math.Sqrt(mean * (1 - 1/float64(tables)))
	over := 0.0
	if limit := float64(slots * 7 / 8); tables == 1 && n > slots*7/8 {
		over = 1
	} else if tables > 1 {
		over = math.Erfc((limit+0.5-mean)/(deviation*math.Sqrt2)) / 2
	}
	grown := 2 * each(maxSlots)
	if slots < maxSlots {
		grown = each(2 * slots)
	}
	bytes := float64(tables) * (each(slots)*(1-over) + grown*over)
	return int(float64(tables*slots) * (1 + over)), header + HeapBytes(uintptr(8*tables), true) + uint64(bytes)
}

// rebuiltClassic follows makemap (runtime/map_noswiss.go).
func rebuiltClassic(t *Type, n int) (int, uint64) {
	b := uint8(0)
	for n > bucketSlots && n > 13*(1<<b/2) {
		b++
	}
	header := HeapBytes(56, true)
	if n == 0 {
		return 0, header
	}
	// Expected number of overflow buckets: one for each eight entries of a
	// bucket after the first eight.
	mean := float64(n) / float64(int(1)<<b)
	overflow, p := 0.0, math.Exp(-mean)
	for k := 1; k < 8*MaxProbe && b > 0; k++ {
		p *= mean / float64(k)
		overflow += p * float64((k-1)/bucketSlots)
	}
	overflow *= float64(int(1) << b)
	made := preallocated(t, b)
	bytes := HeapBytes(t.groupSize*uintptr(1<<b+made), t.Pointers)
	if made > 0 {
		bytes += HeapBytes(24, true)
	}
	if more := int(overflow) - made; more > 0 {
		bytes += uint64(more) * t.groupBytes[0]
	}
	return (1<<b + int(overflow)) * bucketSlots, header + bytes
}

func pow2(n int) int {
	if n <= 1 {
		return 1
	}
	return 1 << bits.Len(uint(n-1))
}
