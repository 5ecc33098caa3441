package stat

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// USL is Gunther's Universal Scalability Law: n users together get a throughput of
//
//	C(n) = λn / (1 + σ(n-1) + κn(n-1))
//
// λ being what one alone gets, σ what contention costs, and κ what it costs to keep
// everything coherent (Gunther, Guerrilla Capacity Planning, Springer 2007, chapters 4 to 6).
type USL struct{ Lambda, Sigma, Kappa float64 }

// Throughput returns C(n).
func (u USL) Throughput(n float64) float64 {
	return u.Lambda * n / (1 + u.Sigma*(n-1) + u.Kappa*n*(n-1))
}

// Delays are the law in the form that is linear in its parameters. By Little's law
// n/C(n) is the time that a request takes beside the others:
//
//	n/C(n) = Alone + Contention (n-1) + Coherency n(n-1)
//
// Unlike λ, σ and κ, their means over runs are without bias if they are.
type Delays struct{ Alone, Contention, Coherency float64 } // seconds, if throughput is a second's

// At returns n/C(n).
func (d Delays) At(n float64) float64 {
	return d.Alone + d.Contention*(n-1) + d.Coherency*n*(n-1)
}

// Throughput returns C(n).
func (d Delays) Throughput(n float64) float64 { return n / d.At(n) }

// USL returns the law's usual parameters.
func (d Delays) USL() USL {
	return USL{Lambda: 1 / d.Alone, Sigma: d.Contention / d.Alone, Kappa: d.Coherency / d.Alone}
}

// Delays returns the law in its linear form.
func (u USL) Delays() Delays {
	return Delays{Alone: 1 / u.Lambda, Contention: u.Sigma / u.Lambda, Coherency: u.Kappa / u.Lambda}
}

// Peak returns how many users, one at least, get the highest throughput: sqrt((1-σ)/κ).
// It is infinite if there is no such number because throughput grows with every user.
func (d Delays) Peak() (users float64) {
	gain := d.Alone - d.Contention // the slope of C(n) has the sign of gain - Coherency n²
	switch {
	case d.Coherency > 0:
		return max(1, math.Sqrt(max(0, gain/d.Coherency)))
	case gain <= d.Coherency:
		return 1
	}
	return math.Inf(1)
}

// Load is what was measured at a number of users.
type Load struct {
	Users, Throughput float64
	Weight            float64 // of the measurement: the time that it took, say
}

// USLFit is a law fitted to measurements, and how well.
type USLFit struct {
	Free     Delays // the best law, whatever the parameters' signs
	Unbiased Delays // Free less its bias: what means and tests over runs are to be made of
	Bounded  Delays // the best law whose parameters are not negative
	// Significance of Coherency: Free's over its standard error, which takes the first-order
	// autocorrelation of the residuals into account.
	Significance float64
	// Misfit is how far the measurements are from Bounded: the root mean square of the
	// mean relative residuals of tenths of the measurements, by users.
	Misfit float64
}

// FitUSL fits the law to measurements, in order of users or of time.
//
// A measurement's error is taken to be in proportion to its size, as it is where the
// whole system is now faster, now slower. So this is a generalised linear model with
// gamma errors: throughput a user has the mean 1/(n/C(n)), the inverse of a sum that is linear in
// the delays, which is the gamma's canonical link (McCullagh and Nelder, Generalized
// Linear Models, 2nd ed. 1989, chapter 8). Its likelihood is concave: there is one
// best fit, no starting value matters, and a window without any answer does no harm.
// ok is false if there are fewer than three numbers of users, no throughput at all, or
// so few users far from one that what one alone would get is not positive.
func FitUSL(loads []Load) (fit USLFit, ok bool) {
	m := newGammaModel(loads)
	if m == nil {
		return USLFit{}, false
	}
	free, ok := m.fit([3]bool{true, true, true})
	if !ok || free[0] <= 0 {
		return USLFit{}, false
	}
	best, least := free, m.deviance(free)
	if free[1] < 0 || free[2] < 0 {
		// The best law within bounds lies on one of them.
		least = math.Inf(1)
		for _, used := range [][3]bool{{true, true, false}, {true, false, true}, {true, false, false}} {
			theta, ok := m.fit(used)
			if d := m.deviance(theta); ok && theta[1] >= 0 && theta[2] >= 0 && d < least {
				best, least = theta, d
			}
		}
	}
	fit = USLFit{Free: m.delays(free), Unbiased: m.delays(m.unbiased(free)), Bounded: m.delays(best)}
	fit.Significance = free[2] / m.standardError(free)
	fit.Misfit = misfit(loads, fit.Bounded)
	return fit, !math.IsInf(least, 1)
}

// gammaModel is the measurements made ready: throughput a user, and what it is to be explained by.
type gammaModel struct {
	y, w  []float64
	x     [][3]float64
	scale [3]float64 // of the columns of x, so that they are about 1
}

func newGammaModel(loads []Load) *gammaModel {
	most, total, weight := 0.0, 0.0, 0.0
	levels := map[float64]bool{}
	for _, l := range loads {
		most, total, weight = max(most, l.Users), total+l.Throughput, weight+l.Weight
		levels[l.Users] = true
	}
	if len(levels) < 3 || most <= 1 || total <= 0 || !(weight > 0) {
		return nil
	}
	mean := total / float64(len(loads)) / most
	m := &gammaModel{scale: [3]float64{mean, mean * most, mean * most * most}}
	for _, l := range loads {
		m.y = append(m.y, l.Throughput/l.Users/mean)
		m.w = append(m.w, l.Weight*float64(len(loads))/weight)
		m.x = append(m.x, [3]float64{1, (l.Users - 1) / most, l.Users * (l.Users - 1) / (most * most)})
	}
	return m
}

func (m *gammaModel) delays(theta [3]float64) Delays {
	return Delays{theta[0] / m.scale[0], theta[1] / m.scale[1], theta[2] / m.scale[2]}
}

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// deviance is what the fit minimises, up to a constant; infinite where a mean would not be positive.
func (m *gammaModel) deviance(theta [3]float64) float64 {
	sum := 0.0
	for i, x := range m.x {
		eta := dot(theta, x)
		if eta <= 0 {
			return math.Inf(1)
		}
		sum += m.w[i] * (m.y[i]*eta - math.Log(eta))
	}
	return sum
}

// fit minimises the deviance over the parameters used, by Newton's method with
// halved steps; the others are 0.
func (m *gammaModel) fit(used [3]bool) (theta [3]float64, ok bool) {
	var y, w float64
	for i := range m.y {
		y, w = y+m.w[i]*m.y[i], w+m.w[i]
	}
	theta[0] = w / y // best alone
	now := m.deviance(theta)
	for range 100 {
		gradient, hessian := m.derivatives(theta, used)
		step, solved := solve(hessian, gradient)
		if !solved {
			return theta, false
		}
		decrease := dot(gradient, step)
		if decrease < 1e-12*w { // the deviance can't tell better from worse any more; Newton's last step still can
			for k := range theta {
				theta[k] -= step[k]
			}
			return theta, true
		}
		for part := 1.0; ; part /= 2 {
			var next [3]float64
			for k := range next {
				next[k] = theta[k] - part*step[k]
			}
			if d := m.deviance(next); d <= now-0.25*part*decrease {
				theta, now = next, d
				break
			}
			if part < 1e-10 {
				return theta, false
			}
		}
	}
	return theta, false
}

func (m *gammaModel) derivatives(theta [3]float64, used [3]bool) (gradient [3]float64, hessian [3][3]float64) {
	for i, x := range m.x {
		eta := dot(theta, x)
		first, second := m.w[i]*(m.y[i]-1/eta), m.w[i]/(eta*eta)
		for j := range x {
			gradient[j] += first * x[j]
			for k := range x {
				hessian[j][k] += second * x[j] * x[k]
			}
		}
	}
	for j := range used {
		if used[j] {
			continue
		}
		gradient[j] = 0
		for k := range used {
			hessian[j][k], hessian[k][j] = 0, 0
		}
		hessian[j][j] = 1
	}
	return gradient, hessian
}

// solve solves a positive definite system by Cholesky's method.
func solve(a [3][3]float64, b [3]float64) (x [3]float64, ok bool) {
	var l [3][3]float64
	for i := range 3 {
		for j := range i + 1 {
			sum := a[i][j]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if i != j {
				l[i][j] = sum / l[j][j]
				continue
			}
			if !(sum > 1e-14*a[i][i]) {
				return x, false
			}
			l[i][i] = math.Sqrt(sum)
		}
	}
	for i := range 3 {
		sum := b[i]
		for k := range i {
			sum -= l[i][k] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	for i := 2; i >= 0; i-- {
		sum := x[i]
		for k := i + 1; k < 3; k++ {
			sum -= l[k][i] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	return x, true
}

// unbiased returns the fit of all parameters less its bias of the first order (Cordeiro and
// McCullagh, Bias correction in generalized linear models, JRSS B 53, 1991). It is in
// proportion to the variance of sums of residuals, which is less where a page too many in
// one measurement is one too few in the next. Where they are alike it is taken
// to be that of independent ones: how much more it is, a run hardly tells.
func (m *gammaModel) unbiased(theta [3]float64) [3]float64 {
	_, hessian := m.derivatives(theta, [3]bool{true, true, true})
	var pull [3]float64
	for i, x := range m.x {
		eta := dot(theta, x)
		spread, ok := solve(hessian, x)
		if !ok {
			return theta
		}
		for k := range pull {
			pull[k] += m.w[i] / (eta * eta * eta) * dot(x, spread) * x[k]
		}
	}
	bias, _ := solve(hessian, pull)
	variance, rho := m.scatter(theta)
	rho = min(rho, 0)
	for k := range theta {
		theta[k] -= bias[k] * variance * (1 + rho) / (1 - rho)
	}
	return theta
}

// standardError of the last parameter, from the scatter of the residuals and their
// first-order autocorrelation, as longRunVariance has it.
func (m *gammaModel) standardError(theta [3]float64) float64 {
	_, hessian := m.derivatives(theta, [3]bool{true, true, true})
	column, ok := solve(hessian, [3]float64{0, 0, 1})
	variance, rho := m.scatter(theta)
	if !ok || len(m.y) <= 3 || variance == 0 {
		return math.Inf(1)
	}
	rho = max(rho, 0)
	return math.Sqrt(column[2] * variance * (1 + rho) / (1 - rho))
}

// scatter returns the variance of the relative residuals and their first-order
// autocorrelation; neither if there are no more measurements than parameters.
func (m *gammaModel) scatter(theta [3]float64) (variance, rho float64) {
	var squares, products, before float64
	for i, x := range m.x {
		r := math.Sqrt(m.w[i]) * (m.y[i]*dot(theta, x) - 1)
		squares, products, before = squares+r*r, products+r*before, r
	}
	n := float64(len(m.y))
	if n <= 3 || squares == 0 {
		return 0, 0
	}
	rho = products / squares
	return squares / (n - 3), min(max(rho+(1+3*rho)/n, -0.95), 0.95)
}

// misfit is USLFit.Misfit.
func misfit(loads []Load, d Delays) float64 {
	const groups = 10
	sorted := sortedByUsers(loads)
	sum, n := 0.0, 0
	for g := range groups {
		residual, weight := 0.0, 0.0
		for _, l := range sorted[g*len(sorted)/groups : (g+1)*len(sorted)/groups] {
			residual += l.Weight * (l.Throughput/d.Throughput(l.Users) - 1)
			weight += l.Weight
		}
		if weight > 0 {
			sum, n = sum+(residual/weight)*(residual/weight), n+1
		}
	}
	return math.Sqrt(sum / float64(n))
}

func sortedByUsers(loads []Load) []Load {
	return slices.SortedStableFunc(slices.Values(loads), func(a, b Load) int { return cmp.Compare(a.Users, b.Users) })
}

// Linearise returns for every run a value such that their mean is of(the runs' mean
// delays), and their scatter, to the first order, that of the runs in it: what
// Summarise needs of a quantity that is no mean itself (the infinitesimal jackknife;
// Jaeckel, Bell Laboratories memorandum 72-1215-11, 1972).
func Linearise(runs []Delays, of func(Delays) float64) []float64 {
	var mean Delays
	for _, d := range runs {
		mean.Alone += d.Alone / float64(len(runs))
		mean.Contention += d.Contention / float64(len(runs))
		mean.Coherency += d.Coherency / float64(len(runs))
	}
	value := of(mean)
	values := make([]float64, len(runs))
	const step = 1e-4
	for i, d := range runs {
		towards := func(part float64) float64 {
			return of(Delays{
				mean.Alone + part*(d.Alone-mean.Alone),
				mean.Contention + part*(d.Contention-mean.Contention),
				mean.Coherency + part*(d.Coherency-mean.Coherency),
			})
		}
		values[i] = value + (towards(step)-towards(-step))/(2*step)
	}
	return values
}

// AboveZero reports whether Student's 95 % interval of the mean lies above 0.
func AboveZero(x []float64) bool {
	n, mean := float64(len(x)), Mean(x)
	if len(x) < 2 {
		return false
	}
	squares := 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975)
	return mean > t*math.Sqrt(squares/(n-1)/n)
}
