package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/changepoint"
)

// Rise is where a series rises for good.
type Rise struct {
	Found bool
	Index int     // of the first value after the rise
	P     float64 // chance that what was before and what follows would differ so much without cause
}

const (
	riseSegment = 6    // fewest values between two change points
	riseEffect  = 0.26 // log(1.3): a series of logarithms must rise by 30 %
	riseShare   = 0.25 // of the whole rise by the end that the first step must make
	riseMost    = 0.41 // log(1.5): but no more
	riseSurely  = 0.69 // log(2): a doubling is more than a drift, however slow
	riseBend    = 0.7  // of a straight line's squared residuals that a bent one may have
	bendBefore  = 2    // times as many values before a bend as behind it tell the trend there
	bendFewest  = 24   // but no fewer
	riseAfter   = 10   // fewest values behind the change point
	riseP       = 1e-5 // not 0.05: there are many change points to choose from, and their noise is known but roughly
)

// FindRise looks for the first change point from which on a series of logarithms
// stays at least 30 %, and a quarter of its whole rise by the end if that is no more
// than a half, above the level that it had before, and significantly so. ok is false
// if the series is too short.
//
// Change points are ED-PELT's (Haynes, Fearnhead and Eckley, A computationally
// efficient nonparametric approach for changepoint detection, Statistics and Computing
// 27, 2017), levels are medians. The level before is that of the plateau: of
// everything since the series first came within 30 % of its lowest level. A rise of
// less than a doubling that a straight line fits nearly as well is a drift, and none.
// Nor is a slow wander, since the test takes the plateau's autocorrelation into account.
//
// The rise begins where a flat line with a higher one behind it fits best. If one that
// rises fits better, it begins at the bend of what need not be quite flat before.
func FindRise(y []float64) (r Rise, ok bool) {
	if len(y) < 2*riseSegment {
		return Rise{}, false
	}
	cuts := append([]int{0}, changepoint.NonParametric(y, riseSegment)...)
	cuts = append(cuts, len(y))
	level := make([]float64, len(cuts)-1)
	for i := range level {
		level[i] = Median(slices.Clone(y[cuts[i]:cuts[i+1]]))
	}
	for k := 1; k < len(level) && len(y)-cuts[k] >= riseAfter; k++ {
		floor := slices.Min(level[:k])
		plateau := cuts[slices.IndexFunc(level[:k], func(l float64) bool { return l < floor+riseEffect })]
		before, after := y[plateau:cuts[k]], y[cuts[k]:]
		flat := Median(slices.Clone(before))
		rise := min(max(riseEffect, riseShare*(slices.Max(level[k:])-flat)), riseMost)
		if slices.Min(level[k:]) < flat+rise {
			continue
		}
		misfit, _, _ := kink(y[plateau:cuts[k+1]], flat)
		if level[k] < flat+riseSurely && misfit > riseBend*lineMisfit(y[plateau:cuts[k+1]]) {
			continue // no more than a drift
		}
		t := (Median(slices.Clone(after)) - flat) / math.Sqrt(longRunVariance(before)*(1/float64(len(before))+1/float64(len(after))))
		p := distuv.StudentsT{Sigma: 1, Nu: float64(len(before) - 1)}.Survival(t)
		if p < riseP {
			return Rise{Found: true, Index: max(plateau+begin(y[plateau:], cuts[k]-plateau, cuts[k+1]-plateau, flat), cuts[max(k-2, 0)]), P: p}, true
		}
	}
	return Rise{}, true
}

// begin returns where y, which is flat at a level before, begins to rise to what it is
// from one change point to the next. A step is where it is, unless the rise has begun
// before. What rises gradually is fitted for as long as it takes to double, since what
// comes after is another story.
func begin(y []float64, from, to int, flat float64) int {
	_, at, gradual := kink(y[:to], flat)
	median := func(i int) float64 { return Median(slices.Clone(y[i : i+riseSegment])) }
	risen := at
	if gradual {
		for risen = from; risen < len(y)-riseSegment && median(risen) < flat+riseSurely; {
			risen++
		}
		risen += riseSegment
	} else if at < riseSegment || median(at-riseSegment) < flat+riseEffect {
		return at
	}
	// What was long before does not matter: it may have another trend.
	first := max(0, at-max(bendBefore*(risen-at), bendFewest))
	if bent := first + bend(y[first:risen], riseSegment); bent > first && bent <= from {
		return bent
	}
	return at
}

// lineMisfit returns the squared residuals of the least-squares line through y.
func lineMisfit(y []float64) float64 {
	middle, mean := float64(len(y)-1)/2, Mean(y)
	var xx, xy, yy float64
	for i, v := range y {
		x, d := float64(i)-middle, v-mean
		xx, xy, yy = xx+x*x, xy+x*d, yy+d*d
	}
	return yy - xy*xy/xx
}

// longRunVariance returns n times the variance of the mean of n successive values,
// for a first-order autoregression with the robust spread of x.
func longRunVariance(x []float64) float64 {
	rho, spread := autocorrelation(x), Spread(slices.Clone(x))
	return spread * spread * (1 + rho) / (1 - rho)
}

// autocorrelation returns that of successive values, from 0 to 0.95. A short series
// shows less of it than there is, which is made up for (Kendall, Biometrika 41, 1954).
func autocorrelation(x []float64) float64 {
	middle := Median(slices.Clone(x))
	var products, squares float64
	for i, v := range x {
		squares += (v - middle) * (v - middle)
		if i > 0 {
			products += (v - middle) * (x[i-1] - middle)
		}
	}
	if squares == 0 {
		return 0
	}
	rho := products / squares
	return min(max(rho+(1+3*rho)/float64(len(x)), 0), 0.95)
}

// kink fits y, which is flat at level before, from some index on by either a rising
// line that starts from level or another flat one. It returns the least sum of squared
// residuals, the index that gives it, and whether that is with the rising line.
func kink(y []float64, level float64) (misfit float64, index int, gradual bool) {
	misfit = math.Inf(1)
	before := 0.0 // squared residuals of what is before k
	for k := range y {
		var xx, xy, yy, sum float64
		for i := k; i < len(y); i++ {
			x, d := float64(i-k+1), y[i]-level
			xx, xy, yy, sum = xx+x*x, xy+x*d, yy+d*d, sum+d
		}
		line := yy - max(0, xy)*xy/xx
		flat := yy - sum*sum/float64(len(y)-k)
		if m := before + min(line, flat); m < misfit {
			misfit, index, gradual = m, k, line < flat
		}
		before += (y[k] - level) * (y[k] - level)
	}
	return misfit, index, gradual
}
