package measured

// The code shows a size, too.

func certain(users []user) map[int]user {
	m := make(map[int]user) // measured: 900 maps of 100, 900 maps of 300 // want `^map is made without its size, len\(users\); made 1800 times, p50 100, p95 300 entries, 5 growths each: .* copied; a hint that fits each map saves .* in the run \(profile of 2026-11-20\) \[sizehint\]$`
	for i, u := range users {
		m[i] = u
	}
	return m
}

// Sizes that vary are no reason against a hint that varies with them.
func varied(users []user) map[int]user {
	m := make(map[int]user) // measured: 900 maps of 5, 900 maps of 3000 // want `made without its size, len\(users\); made 1800 times, p50 5, p95 3000 entries`
	for _, u := range users {
		m[u.id] = u
	}
	return m
}

func few(users []user) map[int]user {
	m := make(map[int]user) // measured: 1 map of 20 // want `made without its size, len\(users\); made once, 20 entries, 2 growths: .* copied`
	for _, u := range users {
		m[u.id] = u
	}
	return m
}

// A map of which nothing was counted but those that outgrew the stack.
func local(users []user) int {
	m := make(map[int]user) // measured: 30 maps of 100; at growth // want `made without its size, len\(users\); outgrew the stack 30 times, 100 entries, 4 growths each: [^;]* \(profile`
	for _, u := range users {
		m[u.id] = u
	}
	return len(m)
}

// The maps stay small.
func silent(users []user) map[int]user {
	m := make(map[int]user) // measured: 900 maps of 3, 20 maps of 300
	for i, u := range users {
		m[i] = u
	}
	return m
}

// What was measured was another function.
func changed(users []user) map[int]user {
	m := make(map[int]user) // measured: 900 maps of 3; stale // want `^map is made without its size, len\(users\); 100 entries: `
	for i, u := range users {
		m[i] = u
	}
	return m
}

func manyCountries(users []user) map[string]bool {
	seen := make(map[string]bool) // measured: 900 maps of 5, 900 maps of 190 // want `gets at most len\(users\) entries; a hint pays off if few keys repeat or are skipped; made 1800 times, .* \[sizehint/possible\]$`
	for _, u := range users {
		seen[u.country] = true
	}
	return seen
}

func name(i int) string { return string(rune(i)) }

// The keys of a known number of rounds hardly repeat.
func distinct() map[string]bool {
	seen := make(map[string]bool) // measured: 900 maps of 190 // want `gets at most 200 entries; .*; made 900 times, 190 entries, .* \[sizehint/likely\]$`
	for i := range 200 {
		seen[name(i)] = true
	}
	return seen
}

// They repeat: the number in the code is far too large.
func repeated() map[string]bool {
	seen := make(map[string]bool) // measured: 900 maps of 190 // want `^map is made without a size; made 900 times, 190 entries, .*; a hint of 190 saves .* \[sizehint/likely\]$`
	for i := range 20_000 {
		seen[name(i)] = true
	}
	return seen
}
