package paper

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets the tests, which make many papers and keep few, collect garbage less often.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
