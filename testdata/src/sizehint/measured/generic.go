package measured

func same[K comparable](in <-chan K) map[K]int {
	m := make(map[K]int) // measured: 900 maps of 300 | 900 maps of 310 // want `^map is made without a size; made 1800 times, p50 300, p95 310 entries`
	for k := range in {
		m[k]++
	}
	return m
}

func different[K comparable](in <-chan K) map[K]int {
	m := make(map[K]int) // measured: 9000 maps of 300 | 300 maps of 5
	for k := range in {
		m[k]++
	}
	return m
}

func rare[K comparable](in <-chan K) map[K]int {
	m := make(map[K]int) // measured: 9000 maps of 300 | 2 maps of 20 // want `made 9002 times`
	for k := range in {
		m[k]++
	}
	return m
}
