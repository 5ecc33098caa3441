package csvio_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"virtcmp/internal/csvio"
)

func checkNumber(t *testing.T, text string) {
	t.Helper()
	got, err := csvio.ParseFinite(text)
	want, werr := strconv.ParseFloat(text, 64)
	if werr == nil && (math.IsInf(want, 0) || math.IsNaN(want)) {
		if err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
		return
	}
	if (err == nil) != (werr == nil) || err == nil && math.Float64bits(got) != math.Float64bits(want) {
		t.Errorf("%q is %v, %v, want %v, %v", text, got, err, want, werr)
	}
}

func TestParseFinite(t *testing.T) {
	for _, text := range []string{
		"", ".", "0", "1", "-1", "+1", "1.", ".5", "0.000000000000001", "999999999999999", "9999999999999999", "99999999999999.99",
		"139.123456789", "1e3", "0x10", "1_000", "Inf", "-Inf", "NaN", "1e400", "1.2.3", "1 ", "٣", "00012", "0.1", "3.00", "1234567890.12345",
	} {
		checkNumber(t, text)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		checkNumber(t, strconv.FormatFloat(rng.ExpFloat64()*math.Pow(10, float64(rng.IntN(12)-3)), 'f', rng.IntN(12), 64))
	}
}

func FuzzParseFinite(f *testing.F) {
	f.Add("12.5")
	f.Add("-0")
	f.Fuzz(checkNumber)
}
