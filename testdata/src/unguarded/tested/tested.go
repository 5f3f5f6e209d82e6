// Package tested helps tests.
package tested

import (
	"os"
	"sync"
	"testing"
)

var (
	builtMu sync.Mutex
	built   = map[string]string{}
)

// Build makes what a test needs, once.
func Build(name string) string {
	builtMu.Lock()
	defer builtMu.Unlock()
	if path, ok := built[name]; ok {
		return path
	}
	built[name] = os.TempDir() + "/" + name
	return built[name]
}

// Forget makes it anew the next time.
func Forget(name string) {
	builtMu.Lock()
	defer builtMu.Unlock()
	delete(built, name)
}

// Main runs all tests, and removes what they have built.
func Main(m *testing.M) int {
	code := m.Run()
	for _, path := range built {
		os.Remove(path)
	}
	return code
}

// Run runs one test, beside which others may run.
func Run(t *testing.T, f func(*testing.T)) {
	t.Run("built", f)
	for _, path := range built { // want "read of built without builtMu"
		os.Remove(path)
	}
}
