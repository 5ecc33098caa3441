package figure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

func labelsOf(ticks []plot.Tick) []string {
	var all []string
	for _, t := range ticks {
		if t.Label != "" {
			all = append(all, t.Label)
		}
	}
	return all
}

func TestTicks(t *testing.T) {
	for _, tc := range []struct {
		ticker    plot.Ticker
		low, high float64
		want      []string
	}{
		{linearTicks(5), 0, 16000, []string{"0", "5,000", "10,000", "15,000"}},
		{linearTicks(7), 0, 140, []string{"0", "20", "40", "60", "80", "100", "120", "140"}},
		{linearTicks(5), 0, 0.9, []string{"0.0", "0.2", "0.4", "0.6", "0.8"}},
		{linearTicks(4), -1, 1, []string{"−1.0", "−0.5", "0.0", "0.5", "1.0"}},
		{logTicks{}, 0.015, 12, []string{"0.1", "1", "10"}},
		{logTicks{}, 1.8, 22, []string{"2", "5", "10", "20"}},
		{logTicks{}, 1, 1000, []string{"1", "10", "100", "1,000"}},
		{logTicks{}, 2, 8, []string{"2", "3", "5", "7"}},
		{decadeTicks{}, 0.02, 30, []string{"0.1", "1", "10"}},
	} {
		if got := labelsOf(tc.ticker.Ticks(tc.low, tc.high)); !slices.Equal(got, tc.want) {
			t.Errorf("%T from %v to %v: %q, want %q", tc.ticker, tc.low, tc.high, got, tc.want)
		}
	}
}

func TestTicksInRange(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		low := math.Pow(10, rng.Float64()*12-6)
		high := low * (1.5 + math.Pow(10, rng.Float64()*6))
		for _, ticker := range []plot.Ticker{linearTicks(5), logTicks{}} {
			ticks := ticker.Ticks(low, high)
			if n := len(labelsOf(ticks)); n == 0 && high/low > 3 || n > 16 {
				t.Errorf("%T from %v to %v: %d labels", ticker, low, high, n)
			}
			for i, k := range ticks {
				if k.Value < low*(1-1e-6) || k.Value > high*(1+1e-6) || i > 0 && k.Value <= ticks[i-1].Value {
					t.Errorf("%T from %v to %v: mark at %v", ticker, low, high, k.Value)
				}
			}
		}
	}
}

func TestAxisText(t *testing.T) {
	for _, tc := range []struct {
		unit quantity.Scale
		log  bool
		hint string
		want string
	}{
		{quantity.ScaleOf(0.02, finding.Seconds), true, lessIsBetter, "Time (ms, log scale; less is better)"},
		{quantity.ScaleOf(2, finding.Ratio), false, "", "Time"},
		{quantity.ScaleOf(2, finding.Ratio), true, "", "Time (log scale)"},
		{quantity.ScaleOf(2e6, finding.Bytes), false, moreIsBetter, "Time (MB; more is better)"},
	} {
		if got := axisText("Time", tc.unit, tc.log, tc.hint); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

func TestSpread(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const apart, low, high = 9, 0, 120
	for range 300 {
		ys := make([]vg.Length, 2+rng.IntN(5))
		for i := range ys {
			ys[i] = vg.Length(rng.Float64() * high)
		}
		slices.Sort(ys)
		was := slices.Clone(ys)
		spread(ys, apart, low, high)
		for i := range ys {
			if ys[i] < low-0.1 || ys[i] > high+0.1 || i > 0 && ys[i]-ys[i-1] < apart-0.1 {
				t.Fatalf("%v becomes %v", was, ys)
			}
		}
	}
	alone := []vg.Length{10, 50, 90}
	if spread(alone, apart, low, high); !slices.Equal(alone, []vg.Length{10, 50, 90}) {
		t.Errorf("labels that were apart were moved to %v", alone)
	}
}
