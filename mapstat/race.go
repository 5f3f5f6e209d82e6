//go:build race

package mapstat

const raceDetector = true
