package stat_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"virtcmp/internal/stat"
)

func permutation(t *testing.T, x, y stat.Runs) stat.Significance {
	t.Helper()
	s, ok := stat.Permutation(x, y, stat.DrawAnew(rand.New(rand.NewPCG(1, 1))))
	if !ok {
		t.Fatal("no test")
	}
	return s
}

func TestPermutation(t *testing.T) {
	runs := func(v ...float64) stat.Runs { return stat.Runs{Num: v} }
	for _, tc := range []struct {
		name     string
		x, y     stat.Runs
		p, least float64
	}{
		// Of 20 ways, two part the runs like this.
		{"as far apart as can be", runs(1, 2, 3), runs(40, 50, 60), 0.1, 0.1},
		{"the other way round", runs(40, 50, 60), runs(1, 2, 3), 0.1, 0.1},
		{"without spread", runs(1, 1, 1), runs(2, 2, 2), 0.1, 0.1},
		{"without spread but by rounding", runs(0.1+0.2, 0.3, 0.3), runs(0.7, 0.7, 0.1+0.6), 0.1, 0.1},
		{"all the same", runs(2, 2, 2), runs(2, 2, 2), 1, 0.1},
		{"the same runs", runs(1, 2, 3), runs(3, 1, 2), 1, 0.1},
		{"not positive", runs(-1, 0, 1), runs(9, 8, 7), 0.1, 0.1},
		{"of different number", runs(1, 2, 3), runs(10, 11, 12, 13), 1.0 / 35, 1.0 / 35},
		{"five and five", runs(1, 2, 3, 4, 5), runs(11, 12, 13, 14, 15), 2.0 / 252, 2.0 / 252},
		{"huge", runs(1e308, 1.1e308, 1.2e308), runs(1, 2, 3), 1, 0.1},
	} {
		s := permutation(t, tc.x, tc.y)
		if !near(s.P, tc.p, 1e-12) || !near(s.Least, tc.least, 1e-12) {
			t.Errorf("%s: %+v, want p %v of at least %v", tc.name, s, tc.p, tc.least)
		}
	}
	if _, ok := stat.Permutation(runs(1, 2), runs(3, 4, 5, 6, 7), nil); ok {
		t.Error("two runs are tested")
	}
}

// A ratio is permuted as one: with denominators that vary wildly, what counts is how
// little the ratios do.
func TestPermutationOfRatios(t *testing.T) {
	x := stat.Runs{Num: []float64{2, 20.1, 200, 2.01, 39.9}, Den: []float64{1, 10, 100, 1, 20}}
	y := stat.Runs{Num: []float64{2.5, 250, 25.1, 12.6, 2.49}, Den: []float64{1, 100, 10, 5, 1}}
	if s := permutation(t, x, y); s.P > 0.05 {
		t.Errorf("%+v", s)
	}
	if s := permutation(t, stat.Runs{Num: x.Num}, stat.Runs{Num: y.Num}); s.P < 0.5 {
		t.Errorf("without denominators: %+v", s)
	}
}

// Many runs are parted at random: near to what all partings would give.
func TestPermutationDrawn(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	x, y := make([]float64, 12), make([]float64, 12)
	for i := range x {
		x[i], y[i] = math.Exp(0.1*rng.NormFloat64()), math.Exp(0.07+0.1*rng.NormFloat64())
	}
	s := permutation(t, stat.Runs{Num: x}, stat.Runs{Num: y})
	if s.Least != 1e-4 || s.P < 1e-4 || s.P > 1 {
		t.Errorf("%+v", s)
	}
	if again := permutation(t, stat.Runs{Num: x}, stat.Runs{Num: y}); again != s {
		t.Errorf("the same seed gives %+v and %+v", s, again)
	}
	for i := range y {
		y[i] += 10
	}
	if s := permutation(t, stat.Runs{Num: x}, stat.Runs{Num: y}); s.P != s.Least {
		t.Errorf("ten apart: %+v", s)
	}
}

func TestHolm(t *testing.T) {
	for _, tc := range []struct{ p, want []float64 }{
		{[]float64{0.01, 0.04, 0.03}, []float64{0.03, 0.06, 0.06}}, // R: p.adjust(c(0.01, 0.04, 0.03), "holm")
		{[]float64{0.5, 0.9, 0.02}, []float64{1, 1, 0.06}},
		{[]float64{0.02}, []float64{0.02}},
		{nil, nil},
	} {
		if got := stat.Holm(tc.p); !slices.EqualFunc(got, tc.want, func(a, b float64) bool { return near(a, b, 1e-15) }) {
			t.Errorf("%v: %v, want %v", tc.p, got, tc.want)
		}
	}
}
