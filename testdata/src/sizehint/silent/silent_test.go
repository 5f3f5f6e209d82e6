package silent

// Cost rules say nothing about tests by default.
func inTest(users []user) map[int]user {
	m := make(map[int]user)
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}
