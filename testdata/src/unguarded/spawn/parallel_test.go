package spawn

import "testing"

func TestFetch(t *testing.T) {
	results := make(map[string]int)
	for _, url := range []string{"a", "bb"} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			results[url] = fetch(url) // want `^write to results in .*\[unguarded\]$`
		})
	}
}

var cached = map[string]int{}

func TestShort(t *testing.T) {
	t.Parallel()
	cached["a"] = fetch("a") // want `^write to cached .*\[unguarded/likely\]$`
}

func TestLong(t *testing.T) {
	t.Parallel()
	cached["bb"] = fetch("bb") // want `^write to cached .*\[unguarded/likely\]$`
}

// TestSerial has subtests that run one after the other.
func TestSerial(t *testing.T) {
	results := make(map[string]int)
	for _, url := range []string{"a", "bb"} {
		t.Run(url, func(t *testing.T) {
			results[url] = fetch(url)
		})
	}
	if len(results) != 2 {
		t.Error(results)
	}
}

// TestOwn has a map for each of its parallel subtests.
func TestOwn(t *testing.T) {
	want := map[string]int{}
	want["a"] = 1
	for _, url := range []string{"a", "bb"} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			got := make(map[string]int)
			got[url] = fetch(url)
			if len(got) < len(want) {
				t.Error(got)
			}
		})
	}
}

// TestGrouped has parallel subtests that only read what was written before,
// and that are over when the group is.
func TestGrouped(t *testing.T) {
	sizes := make(map[string]int)
	sizes["a"] = 1
	t.Run("group", func(t *testing.T) {
		for _, url := range []string{"a", "aa"} {
			t.Run(url, func(t *testing.T) {
				t.Parallel()
				if fetch(url) < sizes[url] {
					t.Error(url)
				}
			})
		}
	})
	sizes["b"] = 1
	delete(sizes, "a")
}

// serialCache is used by tests that are not parallel.
var serialCache = map[string]int{}

func TestSerialA(t *testing.T) { serialCache["a"] = 1 }
func TestSerialB(t *testing.T) { serialCache["b"] = 2 }
