package stat_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"virtcmp/internal/stat"
	"virtcmp/internal/stat/stattest"
)

// windowNoise draws the factors, of mean 1, of a run's n measurements of throughput.
type windowNoise struct {
	name string
	draw func(rng *rand.Rand, n int) []float64
}

var windowNoises = []windowNoise{
	{"lognormal 5 %", independent(func(rng *rand.Rand) float64 { return math.Exp(0.05*rng.NormFloat64() - 0.05*0.05/2) })},
	{"lognormal 20 %", independent(func(rng *rand.Rand) float64 { return math.Exp(0.2*rng.NormFloat64() - 0.2*0.2/2) })},
	{"t with 3 degrees, 5 %", independent(func(rng *rand.Rand) float64 {
		return max(0, 1+0.05*distuv.StudentsT{Sigma: 1, Nu: 3, Src: rng}.Rand())
	})},
	{"bimodal, 1 in 4 a fifth less", independent(func(rng *rand.Rand) float64 {
		if rng.IntN(4) == 0 {
			return 0.8 / 0.95
		}
		return 1 / 0.95
	})},
	{"AR(1) 0.9, 5 %", func(rng *rand.Rand, n int) []float64 {
		y := noise(rng, n, 0.05, 0.9)
		for i := range y {
			y[i] = math.Exp(y[i] - 0.05*0.05/2)
		}
		return y
	}},
}

func independent(draw func(*rand.Rand) float64) func(*rand.Rand, int) []float64 {
	return func(rng *rand.Rand, n int) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = draw(rng)
		}
		return y
	}
}

// uslQuantities are the functions of the mean delays that are found over runs.
var uslQuantities = []struct {
	name    string
	of      func(stat.Delays) float64
	natural bool
}{
	{"lambda", func(d stat.Delays) float64 { return d.USL().Lambda }, false},
	{"sigma", func(d stat.Delays) float64 { return d.USL().Sigma }, true},
	{"kappa", func(d stat.Delays) float64 { return d.USL().Kappa }, true},
	{"peak users", func(d stat.Delays) float64 { return (d.Alone - d.Contention) / d.Coherency }, false},
	{"peak throughput", func(d stat.Delays) float64 { return d.Throughput(d.Peak()) }, false},
}

// TestCalibrateUSL measures how often the 95 % intervals over runs of the parameters of
// the scalability law hold the truth. Runs of 60 measurements at 1 to 60 users differ by
// a factor in speed and by their contention and coherency, and their measurements by noise. Truth is
// the law of the mean delays. Where κ is 0 an interval that is cut at 0 must not leave it out.
func TestCalibrateUSL(t *testing.T) {
	simulations := stattest.Simulations(100, 1000)
	laws := []stat.USL{{Lambda: 30, Sigma: 0.05, Kappa: 0.0005}, {Lambda: 30, Sigma: 0.9, Kappa: 0.002}, {Lambda: 30, Sigma: 0.1, Kappa: 0}}
	if stattest.Full() {
		fmt.Printf("calibrate: coverage of the 95 %% intervals of the Universal Scalability Law's parameters, in %% of %d simulations; bends: how often κ is shown\n", simulations)
		fmt.Printf("%-22s %-29s %4s %7s %7s %7s %11s %16s %6s\n", "law (sigma, kappa)", "noise of a measurement", "runs", "lambda", "sigma", "kappa", "peak users", "peak throughput", "bends")
	}
	for _, law := range laws {
		for _, shape := range windowNoises {
			for _, runs := range []int{3, 5, 10, 30} {
				if !stattest.Full() && (runs > 5 || shape.name != "lognormal 5 %" && shape.name != "AR(1) 0.9, 5 %") {
					continue
				}
				rng := rand.New(rand.NewPCG(uint64(runs), math.Float64bits(law.Kappa)))
				covered := make([]int, len(uslQuantities))
				bends := 0
				for range simulations {
					all := simulateUSL(rng, law, shape, runs)
					if stat.AboveZero(stat.Linearise(all, uslQuantities[2].of)) {
						bends++
					}
					for i, q := range uslQuantities {
						interval, ok := stat.Summarise(stat.Runs{Num: stat.Linearise(all, q.of), Natural: q.natural}).Mean()
						if truth := q.of(law.Delays()); ok && (interval.Low <= truth || truth == 0 && interval.Low <= 0) && truth <= interval.High {
							covered[i]++
						}
					}
				}
				share := func(n int) float64 { return 100 * float64(n) / float64(simulations) }
				if stattest.Full() {
					fmt.Printf("%-22s %-29s %4d %7.1f %7.1f %7.1f", fmt.Sprintf("%v, %v", law.Sigma, law.Kappa), shape.name, runs, share(covered[0]), share(covered[1]), share(covered[2]))
					if law.Kappa > 0 {
						fmt.Printf(" %11.1f %16.1f", share(covered[3]), share(covered[4]))
					} else {
						fmt.Printf(" %11s %16s", "-", "-")
					}
					fmt.Printf(" %6.1f\n", share(bends))
				}
				for i, q := range uslQuantities {
					if share(covered[i]) < 85 && (law.Kappa > 0 || i < 3) { // 4.6 standard errors of 100 simulations
						t.Errorf("%v, %s, %d runs: the interval of %s covers in %.1f %%", law, shape.name, runs, q.name, share(covered[i]))
					}
				}
				if law.Kappa == 0 && share(bends) > 12 {
					t.Errorf("%v, %s, %d runs: a bend that is none in %.1f %%", law, shape.name, runs, share(bends))
				}
			}
		}
	}
}

// simulateUSL returns the free fits of a campaign's runs.
func simulateUSL(rng *rand.Rand, law stat.USL, shape windowNoise, runs int) []stat.Delays {
	var all []stat.Delays
	for range runs {
		if fit, ok := stat.FitUSL(simulateRun(rng, law, shape)); ok {
			all = append(all, fit.Unbiased)
		}
	}
	return all
}

// simulateRun returns the measurements of one run at 1 to 60 users.
func simulateRun(rng *rand.Rand, law stat.USL, shape windowNoise) []stat.Load {
	around := func(v, sigma float64) float64 { return v * math.Exp(sigma*rng.NormFloat64()-sigma*sigma/2) }
	truth, slower := law.Delays(), around(1, 0.05)
	run := stat.Delays{Alone: slower * truth.Alone, Contention: slower * around(truth.Contention, 0.05), Coherency: slower * around(truth.Coherency, 0.1)}
	factors := shape.draw(rng, 60)
	return loads(func(n float64) float64 { return run.Throughput(n) * factors[int(n)-1] }, 60)
}

// TestCalibrateUSLPooled measures the bootstrap that was not chosen: of the measurements
// of all runs together, as if they had nothing in common but the law.
func TestCalibrateUSLPooled(t *testing.T) {
	simulations, resamples := stattest.Simulations(10, 300), 199
	if stattest.Full() {
		fmt.Printf("calibrate: coverage of a bootstrap of all runs' measurements together (not chosen), in %% of %d simulations\n", simulations)
		fmt.Printf("%-29s %4s %7s %7s %7s\n", "noise of a measurement", "runs", "lambda", "sigma", "kappa")
	}
	law := stat.USL{Lambda: 30, Sigma: 0.05, Kappa: 0.0005}
	for _, shape := range []windowNoise{windowNoises[0], windowNoises[4]} {
		for _, runs := range []int{3, 5, 10} {
			if !stattest.Full() && runs > 3 {
				continue
			}
			rng := rand.New(rand.NewPCG(uint64(runs), 17))
			var covered [3]int
			for range simulations {
				var all []stat.Load
				for range runs {
					all = append(all, simulateRun(rng, law, shape)...)
				}
				var values [3][]float64
				for range resamples {
					resample := make([]stat.Load, len(all))
					for i := range resample {
						resample[i] = all[rng.IntN(len(all))]
					}
					if fit, ok := stat.FitUSL(resample); ok {
						for i, q := range uslQuantities[:3] {
							values[i] = append(values[i], q.of(fit.Free))
						}
					}
				}
				for i, q := range uslQuantities[:3] {
					bounds := stat.Quantiles(values[i], 0.025, 0.975)
					if truth := q.of(law.Delays()); bounds[0] <= truth && truth <= bounds[1] {
						covered[i]++
					}
				}
			}
			share := func(n int) float64 { return 100 * float64(n) / float64(simulations) }
			if stattest.Full() {
				fmt.Printf("%-29s %4d %7.1f %7.1f %7.1f\n", shape.name, runs, share(covered[0]), share(covered[1]), share(covered[2]))
			}
			if share(covered[0]) > 90 { // else it would be the one to choose
				t.Errorf("%s, %d runs: λ is covered in %.1f %%", shape.name, runs, share(covered[0]))
			}
		}
	}
}

// Less its bias, the fit of a run is right in the mean, even where high contention and
// noisy measurements make it more than two per cent too slow alone.
func TestUSLUnbiased(t *testing.T) {
	law := stat.USL{Lambda: 30, Sigma: 0.9, Kappa: 0.002}
	rng := rand.New(rand.NewPCG(1, 2))
	const runs = 2000
	free, unbiased := 0.0, 0.0
	for range runs {
		fit, ok := stat.FitUSL(simulateRun(rng, law, windowNoises[1]))
		if !ok {
			t.Fatal("no fit")
		}
		free += fit.Free.Alone / law.Delays().Alone / runs
		unbiased += fit.Unbiased.Alone / law.Delays().Alone / runs
	}
	if math.Abs(unbiased-1) > 0.012 || math.Abs(free-1) < math.Abs(unbiased-1) {
		t.Errorf("one user alone takes %v times as long as in truth, %v before the bias is taken out", unbiased, free)
	}
}
