package stat_test

import (
	"testing"

	"virtcmp/internal/stat"
)

func TestMeanInterval(t *testing.T) {
	// With a value that is not positive the scale is the natural one, and the interval
	// Student's: R: t.test(c(-1, 2, 3, 4, 7))$conf.int
	i, ok := stat.Summarise(stat.Runs{Num: []float64{-1, 2, 3, 4, 7}}).Mean()
	if !ok || !near(i.Low, -0.6200415, 1e-7) || !near(i.High, 6.6200415, 1e-7) {
		t.Errorf("%v, %v", i, ok)
	}
	if i, ok := stat.Summarise(stat.Runs{Num: []float64{3, 3, 3}}).Mean(); !ok || i != (stat.Interval{Low: 3, High: 3}) {
		t.Errorf("no spread: %v, %v", i, ok)
	}
	if i, ok := stat.Summarise(stat.Runs{Num: []float64{10, 10.5, 11}, Den: []float64{4, 4.2, 4.4}}).Mean(); !ok || i != (stat.Interval{Low: 2.5, High: 2.5}) {
		t.Errorf("no spread but by rounding: %v, %v", i, ok)
	}
	if i, ok := stat.Summarise(stat.Runs{Num: []float64{-1e-15, 2e-15, 3e-15}}).Mean(); !ok || i.Low > -2e-15 {
		t.Errorf("tiny values: %v, %v", i, ok)
	}
	if i, ok := stat.Summarise(stat.Runs{Num: []float64{1, 10, 100}}).Mean(); !ok || i.Low <= 0 || i.Low > 37 || i.High < 37 {
		t.Errorf("positive values: %v, %v", i, ok)
	}
	huge, _ := stat.Summarise(stat.Runs{Num: []float64{1e12, 1.1e12, 1.05e12}}).Mean()
	small, _ := stat.Summarise(stat.Runs{Num: []float64{1e-12, 1.1e-12, 1.05e-12}}).Mean()
	if !near(huge.Low, 1e24*small.Low, 1) || huge.Low > 1.01e12 {
		t.Errorf("in other units: %v and %v", huge, small)
	}
	if _, ok := stat.Summarise(stat.Runs{Num: []float64{1, 2}}).Mean(); ok {
		t.Error("two runs have an interval")
	}
}

func TestSummary(t *testing.T) {
	if s := stat.Summarise(stat.Runs{Num: []float64{1, 2, 6}}); s.N != 3 || s.Value != 3 {
		t.Errorf("%+v", s)
	}
	if s := stat.Summarise(stat.Runs{Num: []float64{1, 3}, Den: []float64{2, 2}}); s.N != 2 || s.Value != 1 {
		t.Errorf("%+v", s)
	}
}

func TestRatioInterval(t *testing.T) {
	a := stat.Summarise(stat.Runs{Num: []float64{10, 11, 12, 10.5, 11.5}})
	b := stat.Summarise(stat.Runs{Num: []float64{5, 5.2, 4.8, 5.1, 4.9}})
	i, ok := a.Ratio(b)
	if !ok || i.Low > 2.2 || i.High < 2.2 || i.Low < 1.9 || i.High > 2.5 {
		t.Errorf("%v, %v", i, ok)
	}
	inverse, _ := b.Ratio(a)
	if !near(inverse.Low, 1/i.High, 1e-12) || !near(inverse.High, 1/i.Low, 1e-12) {
		t.Errorf("the other way round: %v and %v", i, inverse)
	}
	scaled, _ := stat.Summarise(stat.Runs{Num: []float64{1000, 1100, 1200, 1050, 1150}}).Ratio(b)
	if !near(scaled.Low, 100*i.Low, 1e-9) || !near(scaled.High, 100*i.High, 1e-9) {
		t.Errorf("a hundredfold: %v and %v", i, scaled)
	}
	// A ratio within runs is paired: what a run's numerator and denominator share cancels.
	paired := stat.Runs{Num: []float64{2, 4, 8, 16.2}, Den: []float64{1, 2, 4, 8}}
	if i, ok := stat.Summarise(paired).Mean(); !ok || i.Low < 1.95 || i.High > 2.1 {
		t.Errorf("paired: %v, %v", i, ok)
	}
	for name, runs := range map[string]stat.Runs{"two runs": {Num: []float64{1, 2}}, "a zero": {Num: []float64{1, 0, 2}}} {
		other := stat.Summarise(runs)
		if _, ok := a.Ratio(other); ok {
			t.Errorf("%s: interval", name)
		}
		if _, ok := other.Ratio(a); ok {
			t.Errorf("%s: interval the other way round", name)
		}
	}
}
