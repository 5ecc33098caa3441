package quantity_test

import (
	"strings"
	"testing"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestFormat(t *testing.T) {
	for _, tc := range []struct {
		v    float64
		unit string
		want string
	}{
		{0.01723, finding.Seconds, "17.2 ms"},
		{0.0000403, finding.Seconds, "40.3 µs"},
		{22.61, finding.Seconds, "22.6 s"},
		{335, finding.Seconds, "335 s"},
		{0, finding.Seconds, "0 s"},
		{161e6, finding.Bytes, "161 MB"},
		{1.5e9, finding.Bytes, "1.50 GB"},
		{12345, finding.Requests, "12,345 requests"},
		{1.418, finding.Ratio, "1.42"},
		{-0.02, finding.Seconds, "−20.0 ms"},
		{3, "furlongs", "3.00 furlongs"},
	} {
		if got := plain(quantity.Format(tc.v, tc.unit)); got != tc.want {
			t.Errorf("Format(%v, %q) = %q, want %q", tc.v, tc.unit, got, tc.want)
		}
	}
}

func TestEstimate(t *testing.T) {
	for _, tc := range []struct {
		v, low, high     float64
		unit             string
		bracketed, spans string
	}{
		{1.4213, 1.3987, 1.4451, finding.Ratio, "1.42 [1.40, 1.45]", "1.40 to 1.45"},
		{1.42, 1.1, 1.9, finding.Ratio, "1.4 [1.1, 1.9]", "1.1 to 1.9"},
		{8312.4, 8101.2, 8523, finding.Requests, "8,312 [8,101, 8,523] requests", "8,101 to 8,523 requests"},
		{0.0172, 0.0169, 0.0175, finding.Seconds, "17.2 [16.9, 17.5] ms", "16.9 to 17.5 ms"},
		{5, 5, 5, finding.Users, "5 users", ""},
		{5, -1, 11, finding.Users, "5 [−1, 11] users", "−1 to 11 users"},
		{0.00061, 0, 0.00827, finding.Ratio, "0.001 [0.000, 0.008]", "0.000 to 0.008"},
		{0, 0, 0.0104, finding.Ratio, "0.000 [0.000, 0.010]", "0.000 to 0.010"},
		{0.2, 0.2, 0.2, finding.Seconds, "200 ms", ""},
		{0.1062, 0.1045, 0.1080, finding.Ratio, "0.106 [0.104, 0.108]", "0.104 to 0.108"},
		{1.2, 1.004, 1.4, finding.Ratio, "1.200 [1.004, 1.400]", "1.004 to 1.400"},
		{0.95, 0.9, 0.99996, finding.Ratio, "0.9500 [0.9000, 1.0000]", "0.9000 to 1.0000"},
		{1.42, 1.27, 1.57, finding.Ratio, "1.42 [1.27, 1.57]", "1.27 to 1.57"},
		{49.2, 47.4, 51.3, finding.Users, "49.2 [47.4, 51.3] users", "47.4 to 51.3 users"},
		{112.29, 112.216, 112.369, finding.Seconds, "112.3 [112.2, 112.4] s", "112.2 to 112.4 s"},
		{57, float64(finding.None), float64(finding.None), finding.Users, "57 users", ""},
		{22.6, float64(finding.None), float64(finding.None), finding.Seconds, "22.6 s", ""},
	} {
		e := quantity.NewEstimate(finding.Finding{Value: finding.Number(tc.v), Low: finding.Number(tc.low), High: finding.Number(tc.high), Unit: tc.unit})
		if got := plain(e.Bracketed()); got != tc.bracketed {
			t.Errorf("%v: %q, want %q", tc.v, got, tc.bracketed)
		}
		if got := plain(e.Range()); got != tc.spans {
			t.Errorf("%v: range %q, want %q", tc.v, got, tc.spans)
		}
	}
}

func TestAtLeast(t *testing.T) {
	e := quantity.NewEstimate(finding.Finding{Value: 17.98, Low: 14.8, High: 21.8, Unit: finding.Seconds}).AtLeast()
	if got := plain(e.Bracketed()); got != "≥ 18 s" || e.Range() != "" {
		t.Errorf("%q, range %q", got, e.Range())
	}
}

func TestOne(t *testing.T) {
	for value, want := range map[string]bool{"1": true, "1.00": true, "1.01": false, "11": false, "0.10": false, "100": false, "−1.0": false} {
		if (quantity.Estimate{Value: value}).One() != want {
			t.Errorf("%s: %v", value, !want)
		}
	}
}

func TestExact(t *testing.T) {
	for _, tc := range []struct {
		v    float64
		unit string
		want string
	}{
		{16, finding.Seconds, "16 s"}, {4.06, finding.Ratio, "4.06"}, {906e6, finding.Bytes, "906 MB"}, {2e9, finding.Bytes, "2 GB"},
		{0.25, finding.Seconds, "250 ms"}, {1.0 / 3, finding.Ratio, "0.333333"}, {0, finding.Seconds, "0 s"}, {12345678, finding.Rows, "12,345,678 rows"},
	} {
		if got := plain(quantity.Exact(tc.v, tc.unit)); got != tc.want {
			t.Errorf("Exact(%v, %q) = %q, want %q", tc.v, tc.unit, got, tc.want)
		}
	}
}

func TestDigits(t *testing.T) {
	for _, tc := range []struct {
		v        float64
		decimals int
		want     string
	}{
		{1234567.891, 1, "1,234,567.9"}, {999.95, 1, "1,000.0"}, {-0.04, 1, "0.0"}, {-1234, 0, "−1,234"}, {100, 0, "100"},
	} {
		if got := quantity.Digits(tc.v, tc.decimals); got != tc.want {
			t.Errorf("Digits(%v, %d) = %q, want %q", tc.v, tc.decimals, got, tc.want)
		}
	}
}
