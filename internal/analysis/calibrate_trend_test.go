package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/stat"
	"virtcmp/internal/stat/stattest"
)

// drawnRuns are the numbers of runs that campaigns are drawn with.
var drawnRuns = []int{3, 5, 10, 30}

// held returns in percent how many of so many campaigns, of runs drawn from the given,
// have an interval over 3, 5, 10 and 30 runs that holds the truth.
func held(runs []float64, truth float64, campaigns int) (shares []float64) {
	for _, k := range drawnRuns {
		rng := rand.New(rand.NewPCG(17, uint64(k)))
		n := 0
		for range campaigns {
			var s stat.Runs
			for _, i := range rng.Perm(len(runs))[:k] {
				s.Num = append(s.Num, runs[i])
			}
			if i, ok := stat.Summarise(s).Mean(); ok && i.Low <= truth && truth <= i.High {
				n++
			}
		}
		shares = append(shares, 100*float64(n)/float64(campaigns))
	}
	return shares
}

// trending calls fn with testbeds whose latency has a trend and no onset: noise of every
// shape, runs that are more and less alike, on ramps for which full simulations are
// enough. There are so many runs of each.
func trending(fn func(r simulate.Ramp, noise string, spread float64, bed simulate.Testbed, runs int)) {
	for _, r := range []simulate.Ramp{shortRamp, longRamp} {
		for _, shape := range noises {
			for _, spread := range []float64{0.05, 0.2} {
				n := stattest.Simulations(60, 1000)
				if r == longRamp {
					if n = stattest.Simulations(0, 300); n == 0 {
						continue
					}
				}
				fn(r, shape.name, spread, simulate.Testbed{Service: 0.06, Cores: 2, Noise: shape.noise, Spread: spread, Wander: 0.05}, n)
			}
		}
	}
}

// The interval of the trend's slope holds the truth: in a closed loop that saturates, one more
// user makes every request as much slower as one page keeps the cores busy.
func TestCalibrateTrendSlope(t *testing.T) {
	campaigns := stattest.Simulations(200, 2000)
	if stattest.Full() {
		fmt.Printf("calibrate: how often the 95 %% interval over runs holds the true trend_slope, in percent of %d campaigns\n", campaigns)
		fmt.Printf("%-37s %-27s   %s\n", "", "of a page's mean time", "of the slope's own mean")
		fmt.Printf("%-7s %-11s %-6s %8s %6s %6s %6s %6s   %6s %6s %6s %6s\n", "ramp", "noise", "spread", "bias", "3", "5", "10", "30", "3", "5", "10", "30")
	}
	trending(func(r simulate.Ramp, noise string, spread float64, bed simulate.Testbed, runs int) {
		slopes := slices.DeleteFunc(ofRuns(bed, r, 16, runs, func(p simulated) float64 {
			slope, _ := p.trendSlope(p.regimeEnd())
			return slope
		}), math.IsNaN)
		truth := 0.06 / 2 * math.Exp(spread*spread/2)
		itself := stat.Mean(slopes) // which a slope of medians need not be, where a tail is heavy
		shares, own := held(slopes, truth, campaigns), held(slopes, itself, campaigns)
		if stattest.Full() {
			fmt.Printf("%4.0f s  %-11s %-6.2f %+6.2f %% %6.1f %6.1f %6.1f %6.1f   %6.1f %6.1f %6.1f %6.1f\n", r.End, noise, spread, 100*(itself/truth-1),
				shares[0], shares[1], shares[2], shares[3], own[0], own[1], own[2], own[3])
		}
		if slices.Min(own[:3]) < 88 {
			t.Errorf("%v s, %s, spread %v: the intervals of 3, 5, 10 and 30 runs hold their mean in %.1f %%", r.End, noise, spread, own)
		}
	})
}

// The interval of consistency holds what many runs would give.
func TestCalibrateConsistency(t *testing.T) {
	campaigns := stattest.Simulations(200, 2000)
	if stattest.Full() {
		fmt.Printf("calibrate: how often the 95 %% interval over runs holds the mean consistency, in percent of %d campaigns\n", campaigns)
		fmt.Printf("%-7s %-11s %-6s %8s %8s %6s %6s %6s %6s\n", "ramp", "noise", "spread", "mean", "sd", "3", "5", "10", "30")
	}
	trending(func(r simulate.Ramp, noise string, spread float64, bed simulate.Testbed, runs int) {
		spreads := ofRuns(bed, r, 18, runs, func(p simulated) float64 {
			all := p.latencies(1).scalars
			return all[slices.IndexFunc(all, func(v namedValue) bool { return v.name == "consistency" })].value
		})
		mean, squares := stat.Mean(spreads), 0.0
		for _, v := range spreads {
			squares += (v - mean) * (v - mean)
		}
		shares := held(spreads, mean, campaigns)
		if stattest.Full() {
			fmt.Printf("%4.0f s  %-11s %-6.2f %8.4f %8.4f %6.1f %6.1f %6.1f %6.1f\n", r.End, noise, spread, mean, math.Sqrt(squares/float64(len(spreads)-1)), shares[0], shares[1], shares[2], shares[3])
		}
		if slices.Min(shares[:3]) < 88 {
			t.Errorf("%v s, %s, spread %v: the intervals of 3, 5, 10 and 30 runs hold the mean in %.1f %%", r.End, noise, spread, shares)
		}
	})
}
