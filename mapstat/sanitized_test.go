//go:build race || asan || msan

package mapstat_test

const sanitized = true
