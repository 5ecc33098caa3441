package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
	"virtcmp/internal/stat/stattest"
)

// scaledRuns are simulated runs of a testbed, of which only what capacity finds is kept.
func scaledRuns(bed simulate.Testbed, r simulate.Ramp, seed uint64, runs int) []scaling {
	return ofRuns(bed, r, seed, runs, func(p simulated) scaling { return p.scaling })
}

// campaignOf is a campaign of one testbed, of runs drawn from those that were simulated.
func campaignOf(rng *rand.Rand, pool []scaling, runs int) *campaign {
	c := &campaign{testbeds: []string{"a"}, baseline: "a"}
	for i, which := range rng.Perm(len(pool))[:runs] {
		one := &run{runKey: runKey{"a", "ramp", i + 1}, requests: make([]request, 1)} // without any it would be no ramp
		one.ramp = &ramp{run: one, scaling: pool[which]}
		c.sorted = append(c.sorted, one)
	}
	return c
}

// TestCalibrateCapacity measures on simulated runs, analysed as they are in a campaign,
// how often the intervals of the law's parameters hold the truth, and how often a peak is
// stated: of laws, and of a server that has none, since it is simply busy from two users on.
func TestCalibrateCapacity(t *testing.T) {
	pool, campaigns := stattest.Simulations(30, 2000), stattest.Simulations(20, 2000)
	names := []string{"lambda", "sigma", "kappa", "peak_users", "peak_throughput"}
	if stattest.Full() {
		fmt.Printf("calibrate: coverage of the 95 %% intervals of capacity, in %% of %d campaigns of %d simulated runs; off: by how much kappa is, in the mean; stated: with a peak\n", campaigns, pool)
		fmt.Printf("%-22s %-10s %4s %7s %7s %7s %11s %16s %7s %7s\n", "law (sigma, kappa)", "service", "runs", "lambda", "sigma", "kappa", "peak users", "peak throughput", "off", "stated")
	}
	for k, of := range []struct {
		stat.USL
		frozen bool
	}{{USL: stat.USL{Lambda: 4, Sigma: 0.1, Kappa: 0.002}}, {USL: stat.USL{Lambda: 4, Sigma: 0.5, Kappa: 0.01}},
		{stat.USL{Lambda: 4, Sigma: 0.1, Kappa: 0.002}, true}, {stat.USL{Lambda: 4, Sigma: 0.5, Kappa: 0.01}, true}} {
		law := of.USL
		name := fmt.Sprintf("%v, %v", law.Sigma, law.Kappa)
		if of.frozen {
			name += " frozen"
		}
		truth := map[string]float64{"lambda": law.Lambda, "sigma": law.Sigma, "kappa": law.Kappa, "peak_users": law.Delays().Peak(), "peak_throughput": law.Throughput(law.Delays().Peak())}
		for _, shape := range []struct {
			name string
			draw simulate.Noise
		}{{"lognormal", nil}, {"Pareto", simulate.Pareto(2.5)}, {"bimodal", simulate.Bimodal}} {
			if !stattest.Full() && shape.draw != nil {
				continue
			}
			bed, r := simulate.Scaling(law.Lambda, law.Sigma, law.Kappa, shape.draw)
			bed.Frozen = of.frozen
			runs := scaledRuns(bed, r, uint64(20+k), pool)
			for _, n := range []int{3, 5, 10} {
				covered, stated, off := map[string]int{}, map[string]int{}, 0.0
				rng := rand.New(rand.NewPCG(21, uint64(n)))
				for range campaigns {
					for _, f := range capacityOf(campaignOf(rng, runs, n)) {
						if !slices.Contains(names, f.Name) {
							continue
						}
						stated[f.Name]++
						if f.Name == "kappa" {
							off += (float64(f.Value)/law.Kappa - 1) / float64(campaigns)
						}
						if float64(f.Low) <= truth[f.Name] && truth[f.Name] <= float64(f.High) {
							covered[f.Name]++
						}
					}
				}
				share := func(name string) float64 { return 100 * float64(covered[name]) / float64(max(1, stated[name])) }
				if stattest.Full() {
					fmt.Printf("%-22s %-10s %4d %7.1f %7.1f %7.1f %11.1f %16.1f %+6.1f%% %7.1f\n", name, shape.name, n,
						share("lambda"), share("sigma"), share("kappa"), share("peak_users"), share("peak_throughput"), 100*off, 100*float64(stated["peak_users"])/float64(campaigns))
				}
				for _, parameter := range names[:3] {
					if stated[parameter] != campaigns || share(parameter) < 75 && !of.frozen {
						t.Errorf("%s, %s, %d runs: %s stated %d times of %d, covered in %.0f %%", name, shape.name, n, parameter, stated[parameter], campaigns, share(parameter))
					}
				}
				if math.Abs(off) > 0.15 {
					t.Errorf("%s, %s, %d runs: kappa is off by %.0f %%", name, shape.name, n, 100*off)
				}
			}
		}
	}
	calibratePeaks(t, pool, campaigns)
}

// calibratePeaks measures how often a peak is stated of a server that has none.
func calibratePeaks(t *testing.T, pool, campaigns int) {
	bed, r := simulate.Scaling(20, 0, 0, nil)
	bed.Cores = 2
	runs := scaledRuns(bed, r, 30, pool)
	for _, n := range []int{1, 3, 5, 10} {
		stated := 0
		rng := rand.New(rand.NewPCG(31, uint64(n)))
		for range campaigns {
			if slices.ContainsFunc(capacityOf(campaignOf(rng, runs, n)), func(f finding.Finding) bool { return f.Name == "peak_users" }) {
				stated++
			}
		}
		share := 100 * float64(stated) / float64(campaigns)
		if stattest.Full() {
			fmt.Printf("%-22s %-10s %4d %7s %7s %7s %11s %16s %7s %7.1f\n", "two cores, no peak", "lognormal", n, "-", "-", "-", "-", "-", "-", share)
		}
		if share > 30 {
			t.Errorf("%d runs: a peak that is none is stated of %.0f %%", n, share)
		}
	}
}

// capacityOf is what capacity finds over all runs.
func capacityOf(c *campaign) []finding.Finding {
	r := &report{campaign: c, analysis: finding.Capacity}
	capacity(c, r)
	return slices.DeleteFunc(r.sorted(), func(f finding.Finding) bool { return f.Run != 0 || f.X.Present() })
}
