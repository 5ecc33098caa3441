// Package stattest is what the calibrations share: simulations that are few in an
// ordinary test and many where their tables are made.
package stattest

import "os"

// Full reports whether the whole table of a calibration is asked for (CALIBRATE=full).
func Full() bool { return os.Getenv("CALIBRATE") == "full" }

// Simulations returns how many simulations a calibration runs.
func Simulations(quick, full int) int {
	if Full() {
		return full
	}
	return quick
}
