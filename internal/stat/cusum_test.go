package stat_test

import (
	"testing"

	"virtcmp/internal/stat"
)

// The sum is highest where failures end, whatever comes after.
func TestCusumPeak(t *testing.T) {
	c := stat.Cusum{Good: 0.01, Bad: 0.1, Limit: 4}
	peak := -1
	for i := range 200 {
		failed := i >= 50 && i < 90 && i%2 == 0 || i == 130
		c.Add(failed)
		if failed && c.Peak() {
			peak = i
		}
	}
	if peak != 88 {
		t.Errorf("peak at %d, want 88", peak)
	}
}
