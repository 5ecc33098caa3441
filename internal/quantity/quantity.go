// Package quantity writes numbers with their units the way a reader expects them:
// 17 ms rather than 0.017 seconds, and no more digits than the interval supports.
package quantity

import (
	"math"
	"strconv"
	"strings"

	"virtcmp/internal/finding"
)

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// Scale is how quantities of one unit and magnitude are written: divided by Factor
// and followed by Symbol, which is empty for ratios.
type Scale struct {
	Factor float64
	Symbol string
}

// steps are the scales of the units that have several, ascending.
var steps = map[string][]Scale{
	finding.Seconds:        {{1e-6, "µs"}, {1e-3, "ms"}, {1, "s"}},
	finding.SecondsPerUser: {{1e-6, "µs/user"}, {1e-3, "ms/user"}, {1, "s/user"}},
	finding.Bytes:          {{1, "B"}, {1e3, "kB"}, {1e6, "MB"}, {1e9, "GB"}},
}

var symbols = map[string]string{
	finding.Ratio:             "",
	finding.RequestsPerSecond: "requests/s",
	finding.PagesPerSecond:    "pages/s",
}

// ScaleOf returns the largest scale of the unit in which magnitude is at least 1.
// A unit it does not know is its own symbol.
func ScaleOf(magnitude float64, unit string) Scale {
	all, ok := steps[unit]
	if !ok {
		symbol, ok := symbols[unit]
		if !ok {
			symbol = unit
		}
		return Scale{1, symbol}
	}
	magnitude = math.Abs(magnitude)
	best := all[0]
	if magnitude == 0 {
		best = all[len(all)-1]
	}
	for _, s := range all {
		if magnitude >= s.Factor {
			best = s
		}
	}
	return best
}

// Format writes v, in unit, to three significant digits: "17.2 ms".
func Format(v float64, unit string) string {
	s := ScaleOf(v, unit)
	return s.attach(Digits(v/s.Factor, decimals(v/s.Factor, 3)))
}

// Exact writes a value that was set or published rather than measured: with the digits
// it has, but no more than six.
func Exact(v float64, unit string) string {
	s := ScaleOf(v, unit)
	v /= s.Factor
	d := decimals(v, 6)
	for d > 0 && math.Abs(v-math.Round(v*math.Pow(10, float64(d-1)))/math.Pow(10, float64(d-1))) < 1e-9*math.Abs(v) {
		d--
	}
	return s.attach(Digits(v, d))
}

// Number writes a bare number to three significant digits: "0.0123", "1,234".
func Number(v float64) string { return Digits(v, decimals(v, 3)) }

// Estimate is a value with its interval, each without a unit, all three to the
// same number of decimals.
type Estimate struct {
	Value     string
	Low, High string // empty: no interval
	Symbol    string // the unit's, empty for ratios
}

// NewEstimate writes the finding's value and interval with as many decimals as the
// interval's width supports, in the scale that suits the value.
func NewEstimate(f finding.Finding) Estimate {
	return EstimateIn(f, ScaleOf(float64(f.Value), f.Unit))
}

// EstimateIn is NewEstimate in a given scale.
func EstimateIn(f finding.Finding, s Scale) Estimate {
	v := float64(f.Value) / s.Factor
	e := Estimate{Symbol: s.Symbol}
	if !f.Low.Present() || !f.High.Present() {
		d := decimals(v, 3)
		if v == math.Trunc(v) && f.Unit != finding.Ratio { // a count
			d = 0
		}
		e.Value = Digits(v, d)
		return e
	}
	low, high := float64(f.Low)/s.Factor, float64(f.High)/s.Factor
	apart := math.NaN()
	if f.Unit == finding.Ratio {
		apart = 1 // no difference
	}
	d := intervalDecimals(v, low, high, apart)
	e.Value, e.Low, e.High = Digits(v, d), Digits(low, d), Digits(high, d)
	return e
}

// AtLeast is an estimate of which only what it is at least is known, which no interval
// would be true of.
func (e Estimate) AtLeast() Estimate {
	return Estimate{Value: "≥" + nbsp + e.Value, Symbol: e.Symbol}
}

// One reports whether the value is 1, as it is written.
func (e Estimate) One() bool {
	whole, fraction, _ := strings.Cut(e.Value, ".")
	return whole == "1" && strings.Trim(fraction, "0") == ""
}

// WithUnit is the value alone: "17.2 ms".
func (e Estimate) WithUnit() string { return Scale{Symbol: e.Symbol}.attach(e.Value) }

// Bracketed is the form for tables: "17.2 [16.9, 17.5] ms", without an interval that has no
// width.
func (e Estimate) Bracketed() string {
	if e.Range() == "" {
		return e.WithUnit()
	}
	return Scale{Symbol: e.Symbol}.attach(e.Value + nbsp + "[" + e.Low + "," + nbsp + e.High + "]")
}

// Range is the interval for running text: "16.9 to 17.5 ms", or "" where there is none
// or it has no width.
func (e Estimate) Range() string {
	if e.Low == e.High {
		return ""
	}
	return Scale{Symbol: e.Symbol}.attach(e.Low + " to " + e.High)
}

func (s Scale) attach(number string) string {
	if s.Symbol == "" {
		return number
	}
	return number + nbsp + s.Symbol
}

// decimals is how many decimals show v to that many significant digits.
func decimals(v float64, digits int) int {
	if v == 0 {
		return 0
	}
	d := digits - 1 - int(math.Floor(math.Log10(math.Abs(v))))
	return min(max(d, 0), 9)
}

// intervalDecimals rounds to the interval: its half-width keeps one digit, or two
// where the first is a 1. A value that is surer than that keeps two digits at least and three
// at most, and there are more for bounds that would then look alike, or like apart, the
// value that decides.
func intervalDecimals(v, low, high, apart float64) int {
	half := (high - low) / 2
	if half <= 0 {
		if v == math.Trunc(v) {
			return 0
		}
		return decimals(v, 3)
	}
	d := decimals(half, 1)
	if half < 2*math.Pow(10, -float64(d)) {
		d++
	}
	d = max(d, 0)
	if half < math.Abs(v) {
		d = min(max(d, decimals(v, 2)), decimals(v, 3))
	}
	looks := func(a, b float64) bool { return a != b && Digits(a, d) == Digits(b, d) }
	for range 2 {
		if looks(low, high) || looks(low, apart) || looks(high, apart) {
			d++
		}
	}
	return d
}

// Digits writes v with exactly that many decimals, thousands parted by commas and
// a true minus sign.
func Digits(v float64, decimals int) string {
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(text, "0.") != "" {
		b.WriteRune('−')
	}
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return b.String()
}
