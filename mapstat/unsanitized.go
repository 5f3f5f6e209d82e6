//go:build !race && !asan && !msan

package mapstat

const sanitized = false
