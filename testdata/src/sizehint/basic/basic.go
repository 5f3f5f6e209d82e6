package basic

type user struct {
	ID      int
	Name    string
	Country string
}

func byID(users []*user) map[int]*user {
	m := make(map[int]*user)
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func literal(users []user) map[string]user {
	m := map[string]user{}
	for _, u := range users {
		if u.Name == "" {
			continue
		}
		m[u.Name] = u
	}
	return m
}

func index(xs []string) map[int]string {
	m := make(map[int]string, 0)
	for i, x := range xs {
		m[i] = x
	}
	return m
}

func countries(users []user) int {
	m := make(map[string]struct{})
	for _, u := range users {
		m[u.Country] = struct{}{}
	}
	return len(m)
}

func load() []user { return nil }

func late() map[int]user {
	// by id
	m := make(map[int]user) // the result

	xs := load()
	// index them
	for _, x := range xs {
		m[x.ID] = x
	}
	return m
}

func call() map[int]user {
	m := make(map[int]user)
	for _, x := range load() {
		m[x.ID] = x
	}
	return m
}

func groups(users []user) map[string][]user {
	m := make(map[string][]user)
	for _, u := range users {
		m[u.Country] = append(m[u.Country], u)
	}
	return m
}

func conditional(users []user) map[string]user {
	m := make(map[string]user)
	for _, u := range users {
		if u.ID > 100 {
			m[u.Name] = u
		}
	}
	return m
}
