package measured

// Whether keys repeat is for the data to say: what was measured is the better hint.
func countries(users []user) map[string]bool {
	seen := make(map[string]bool) // measured: 900 maps of 190 // want `^map is made without a size; made 900 times, 190 entries, .*; a hint of 190 saves .* \[sizehint/likely\]$`
	for _, u := range users {
		seen[u.country] = true
	}
	return seen
}
