package stat

import (
	"math"
	"slices"
)

const (
	// enumerated is the most ways to part the runs that are all looked at.
	enumerated = 20_000
	// drawn is how many of them are where there are more.
	drawn = 9999
)

// alike is how near, relatively, two statistics are the same but for rounding: of
// permutations that part the runs alike, none may be lost.
const alike = 1e-9

// Significance is the outcome of a test.
type Significance struct {
	P     float64 // two-sided
	Least float64 // that P could be from as many runs, however far apart
}

// Permutation tests whether x and y, a quantity in the runs of two testbeds, are the
// same. ok is false if one of them has fewer than MinRuns runs.
//
// The statistic is the difference of the logarithms, or of the quantities themselves
// where a run's value is not positive, over its standard error as Summarise has it. If
// the runs of both testbeds are alike in distribution, each way to part them in two is
// as likely as any other, and the test is exact, for however few runs; because the
// statistic is studentised, it also holds its level for large n where only the means
// are equal, but not the variances (Chung and Romano, Exact and asymptotically robust
// permutation tests, Annals of Statistics 41, 2013). That, rather than Mann and
// Whitney's test, because it asks the same question as the ratio and its interval.
//
// Up to 20,000 ways all are looked at. Of more, 9,999 are drawn, and the one observed
// counts as well (Phipson and Smyth, Permutation p-values should never be zero,
// Statistical Applications in Genetics and Molecular Biology 9, 2010).
func Permutation(x, y Runs, draws Draws) (s Significance, ok bool) {
	n, m := len(x.Num), len(y.Num)
	if n < MinRuns || m < MinRuns {
		return Significance{}, false
	}
	p := newPooled(x, y)
	var first sums
	for _, r := range p.runs[:n] {
		first = first.plus(r)
	}
	observed := p.statistic(first, n) * (1 - alike)
	atLeast := func(statistic float64) bool { return !(statistic < observed) } // where either is no number, nothing is shown
	if ways := binomial(n+m, n); ways <= enumerated {
		extreme := 0.0
		p.partings(sums{}, 0, n, func(first sums) {
			if atLeast(p.statistic(first, n)) {
				extreme++
			}
		})
		least := 1.0
		if n == m { // each way has a twin that differs in sign only
			least = 2
		}
		return Significance{extreme / ways, least / ways}, true
	}
	extreme := 1.0
	for way := range slices.Chunk(draws(n, m), n) {
		if atLeast(p.statistic(p.sum(way), n)) {
			extreme++
		}
	}
	return Significance{extreme / (drawn + 1), 1.0 / (drawn + 1)}, true
}

// pooled holds the runs of both testbeds.
type pooled struct {
	runs   []sums // of one run each
	total  sums
	value  float64 // the quantity over all of them
	paired bool    // not every denominator is 1
	log    bool
}

// sums are over some runs: of the denominators, of what the numerators differ by from
// the quantity over all runs, and of their squares and products.
type sums struct{ d, u, dd, du, uu float64 }

func (s sums) plus(t sums) sums {
	return sums{s.d + t.d, s.u + t.u, s.dd + t.dd, s.du + t.du, s.uu + t.uu}
}

func (s sums) minus(t sums) sums {
	return sums{s.d - t.d, s.u - t.u, s.dd - t.dd, s.du - t.du, s.uu - t.uu}
}

// sum returns the sums over these runs. That is where tests spend their time, so it is
// in numbers of its own, and where every denominator is 1 in no more than differ.
func (p *pooled) sum(runs []int32) sums {
	var d, u, dd, du, uu float64
	if !p.paired {
		for _, i := range runs {
			r := &p.runs[i]
			u, uu = u+r.u, uu+r.uu
		}
		n := float64(len(runs))
		return sums{n, u, n, u, uu}
	}
	for _, i := range runs {
		r := &p.runs[i]
		d, u, dd, du, uu = d+r.d, u+r.u, dd+r.dd, du+r.du, uu+r.uu
	}
	return sums{d, u, dd, du, uu}
}

func newPooled(x, y Runs) *pooled {
	p := &pooled{log: x.positive() && y.positive(), paired: x.Den != nil || y.Den != nil}
	var num, den float64
	for _, r := range []Runs{x, y} {
		for i, v := range r.Num {
			num, den = num+v, den+r.den(i)
		}
	}
	p.value = num / den
	for _, r := range []Runs{x, y} {
		for i, v := range r.Num {
			d := r.den(i)
			u := v - p.value*d
			one := sums{d, u, d * d, d * u, u * u}
			p.runs, p.total = append(p.runs, one), p.total.plus(one)
		}
	}
	return p
}

// partings calls fn with the sums over every choice of n of the runs from the given one on.
func (p *pooled) partings(chosen sums, from, n int, fn func(sums)) {
	if n == 0 {
		fn(chosen)
		return
	}
	for i := from; i+n <= len(p.runs); i++ {
		p.partings(chosen.plus(p.runs[i]), i+1, n-1, fn)
	}
}

// statistic returns the size of the studentised difference between n runs with these
// sums and the others: +Inf if they differ without any spread.
func (p *pooled) statistic(first sums, n int) float64 {
	a, v := p.estimate(first, n)
	b, w := p.estimate(p.total.minus(first), len(p.runs)-n)
	if d := math.Abs(a - b); d > 0 {
		return d / math.Sqrt(v+w)
	}
	return 0
}

// estimate returns the quantity over n runs with these sums, and its variance, on the test's scale.
func (p *pooled) estimate(s sums, n int) (value, variance float64) {
	apart := s.u / s.d
	squares := s.uu - 2*apart*s.du + apart*apart*s.dd
	if squares < rounding*p.total.uu {
		squares = 0
	}
	variance = squares * float64(n) / float64(n-1) / (s.d * s.d)
	if value = p.value + apart; p.log {
		return math.Log(value), variance / (value * value)
	}
	return value, variance
}

// binomial returns in how many ways k of n can be chosen.
func binomial(n, k int) float64 {
	ways := 1.0
	for i := range k {
		ways = ways * float64(n-i) / float64(i+1)
	}
	return math.Round(ways)
}
