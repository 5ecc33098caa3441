package stat_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"virtcmp/internal/stat"
)

// reference reads what R found; testdata/TOPIC.R made it.
func reference(t *testing.T, topic string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", topic+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// agree reports whether two numbers agree to that relative error.
func agree(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Max(math.Abs(want), 1e-12)
}

func TestReferenceSamples(t *testing.T) {
	var r struct {
		Ps      []float64
		Samples []struct {
			X, Quantiles []float64
			Spread       float64
		}
		Lines []struct {
			X, Y  []float64
			Slope float64
		}
	}
	reference(t, "samples", &r)
	for _, s := range r.Samples {
		sorted := slices.Sorted(slices.Values(s.X))
		for i, got := range stat.Quantiles(slices.Clone(s.X), r.Ps...) {
			if want := s.Quantiles[i]; !agree(got, want, 1e-12) || !agree(stat.Quantile(sorted, r.Ps[i]), want, 1e-12) {
				t.Errorf("%v: quantile %v is %v, R has %v", s.X, r.Ps[i], got, want)
			}
		}
		// R rounds its factor for the normal distribution to 1.4826.
		if got := stat.Spread(slices.Clone(s.X)); !agree(got, s.Spread, 2e-6) {
			t.Errorf("%v: spread %v, R has %v", s.X, got, s.Spread)
		}
	}
	for _, l := range r.Lines {
		if got := stat.TheilSen(l.X, l.Y); !agree(got, l.Slope, 1e-12) {
			t.Errorf("slope %v, R has %v", got, l.Slope)
		}
	}
}

func TestReferenceRuns(t *testing.T) {
	var r struct {
		Natural struct{ X, Interval []float64 }
		Near    struct{ X, Y, Interval []float64 }
		Ratio   struct {
			Num, Den, Interval []float64
			Value              float64
		}
		Pairs []struct {
			X, Y, Mean, Ratio []float64
			P                 float64
		}
		Families []struct{ P, Holm []float64 }
	}
	reference(t, "runs", &r)
	same := func(what string, i stat.Interval, ok bool, want []float64, tolerance float64) {
		t.Helper()
		if !ok || !agree(i.Low, want[0], tolerance) || !agree(i.High, want[1], tolerance) {
			t.Errorf("%s: %v, %v; R has %v", what, i, ok, want)
		}
	}
	i, ok := stat.Summarise(stat.Runs{Num: r.Natural.X}).Mean()
	same("natural scale", i, ok, r.Natural.Interval, 1e-10)
	i, ok = stat.Summarise(stat.Runs{Num: r.Near.X}).Ratio(stat.Summarise(stat.Runs{Num: r.Near.Y}))
	same("Welch", stat.Interval{Low: i.Low - 1, High: i.High - 1}, ok, r.Near.Interval, 1e-5)
	ratio := stat.Summarise(stat.Runs{Num: r.Ratio.Num, Den: r.Ratio.Den})
	i, ok = ratio.Mean()
	same("ratio within runs", i, ok, r.Ratio.Interval, 1e-10)
	if !agree(ratio.Value, r.Ratio.Value, 1e-12) {
		t.Errorf("ratio %v, R has %v", ratio.Value, r.Ratio.Value)
	}
	for _, p := range r.Pairs {
		x, y := stat.Runs{Num: p.X}, stat.Runs{Num: p.Y}
		if s, ok := stat.Permutation(x, y, stat.DrawAnew(rand.New(rand.NewPCG(1, 1)))); !ok || !agree(s.P, p.P, 1e-10) {
			t.Errorf("%v and %v: %+v, R has p %v", p.X, p.Y, s, p.P)
		}
		if p.Mean == nil {
			continue
		}
		i, ok := stat.Summarise(x).Mean()
		same("mean", i, ok, p.Mean, 1e-10)
		i, ok = stat.Summarise(x).Ratio(stat.Summarise(y))
		same("ratio", i, ok, p.Ratio, 1e-10)
	}
	for _, f := range r.Families {
		for i, got := range stat.Holm(f.P) {
			if !agree(got, f.Holm[i], 1e-12) {
				t.Errorf("%v: corrected %v, R has %v", f.P, got, f.Holm[i])
			}
		}
	}
}

func TestReferenceSequence(t *testing.T) {
	var r struct {
		Cases []struct{ X, Mean, Median, P90 []float64 }
	}
	reference(t, "sequence", &r)
	for n, c := range r.Cases {
		s, ok := stat.NewSequence(c.X)
		if !ok {
			t.Fatal("too few values")
		}
		// R draws: its standard error is known to 0.2 %.
		same := func(what string, i stat.Interval, ok bool, want []float64, tolerance float64) {
			t.Helper()
			width := want[1] - want[0]
			if !ok || math.Abs(i.Low-want[0]) > tolerance*width || math.Abs(i.High-want[1]) > tolerance*width {
				t.Errorf("case %d, %s: %v, %v; R has %v", n, what, i, ok, want)
			}
		}
		i, ok := s.Mean()
		same("mean", i, ok, c.Mean, 0.01)
		i, ok = s.Quantile(0.5)
		same("median", i, ok, c.Median, 0.03)
		i, ok = s.Quantile(0.9)
		same("p90", i, ok, c.P90, 0.03)
	}
}
