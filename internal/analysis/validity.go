package analysis

import (
	"slices"
	"strconv"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

// rules are what validity checks; finding's vocabulary lists what they find.
var rules = []func(*campaign, *report){
	fewRuns, trialOrder, notAnalysed,
	generatorLoad, disturbance, otherPrograms, offSchedule, incompleteRuns, failedProbes, duplicateRows, clientOutside,
	littleViolated, lostRows, samplingGaps, clockSteps, poorScaling, openLoads,
	softwareEmulation, demonstration, differences, guestKernels, noise,
	recordedElsewhere, coarseTimes, onlySpectra,
}

// validity warns of what to doubt: a finding for every rule that the data break.
func validity(c *campaign, r *report) {
	for _, rule := range rules {
		rule(c, r)
	}
}

// warn adds a warning about a testbed, or about the campaign if it is "". n is how
// many runs, or rows where it is about rows, it concerns.
func (r *report) warn(testbed, warning string, n int, labels ...string) {
	f := scalar(testbed, "warning", "", 1, n)
	f.Note = csvio.MakeLabels(append([]string{"warning", warning}, labels...)...)
	r.add(f)
}

// broken adds a warning for every testbed with runs of an experiment for which how is
// positive: how many, of how many, which is the worst, and what is to be said of it.
func (c *campaign) broken(r *report, warning, experiment string, how func(*run) (float64, []string)) {
	runs := c.of(experiment)
	amounts, labels := make([]float64, len(runs)), make([][]string, len(runs))
	parallel(len(runs), func(i int) { amounts[i], labels[i] = how(runs[i]) })
	for _, testbed := range c.testbeds {
		all, bad, worst := 0, 0, -1
		for i, run := range runs {
			if run.testbed != testbed {
				continue
			}
			all++
			if amounts[i] > 0 {
				bad++
				if worst < 0 || amounts[i] > amounts[worst] {
					worst = i
				}
			}
		}
		if bad > 0 {
			about := []string{"experiment", experiment, "runs", strconv.Itoa(bad), "of", strconv.Itoa(all), "run", strconv.Itoa(runs[worst].number)}
			r.warn(testbed, warning, bad, append(about, labels[worst]...)...)
		}
	}
}

// enoughRuns is how many runs a claim of significance should rest on (Maricq et al.,
// Taming performance variability, OSDI 2018).
const enoughRuns = 10

// fewRuns warns of experiments with fewer than stat.MinRuns runs, which have no
// interval, and fewer than enoughRuns, which have a rough one. Experiments of a testbed
// with as many runs share a warning.
func fewRuns(c *campaign, r *report) {
	for _, testbed := range c.testbeds {
		experiments := map[int][]string{} // by number of runs
		for _, experiment := range c.experiments() {
			n := 0
			for _, run := range c.of(experiment) {
				if run.testbed == testbed {
					n++
				}
			}
			experiments[n] = append(experiments[n], experiment)
		}
		for n, names := range experiments {
			warning := finding.FewRuns
			switch {
			case n < stat.MinRuns:
				warning = finding.TooFewRuns
			case n >= enoughRuns:
				continue
			}
			r.warn(testbed, warning, n, "runs", strconv.Itoa(n), "experiment", strings.Join(names, ","))
		}
	}
}

// apart is the share of pairs of runs, one of each of two testbeds, in which the same
// testbed came first, from which on the two count as measured one after the other:
// 0.5 is perfectly mixed, and blocks of all testbeds give at most 0.75.
const apart = 0.8

// trialOrder warns of testbeds measured one after the other instead of in turns, which
// share no conditions (Abedi and Brecht, Conducting repeatable experiments in highly
// variable cloud computing environments, ICPE 2017). The worst pair of an experiment is named.
func trialOrder(c *campaign, r *report) {
	for _, experiment := range c.experiments() {
		order, unknown := map[string][]int{}, 0
		for _, run := range c.of(experiment) {
			n, ok := c.facts.order(run.runKey)
			if !ok {
				unknown++
				continue
			}
			order[run.testbed] = append(order[run.testbed], n)
		}
		if unknown > 0 && len(c.testbeds) > 1 {
			r.warn("", finding.OrderUnknown, unknown, "experiment", experiment, "runs", strconv.Itoa(unknown))
		}
		worst, first, then := 0.0, "", ""
		for _, a := range c.testbeds {
			for _, b := range c.testbeds {
				if a == b || len(order[a]) < 2 || len(order[b]) < 2 {
					continue
				}
				if share := before(order[a], order[b]); share > worst {
					worst, first, then = share, a, b
				}
			}
		}
		if worst >= apart {
			r.warn("", finding.NotInterleaved, len(order[first])+len(order[then]), "experiment", experiment, "first", first, "then", then, "share", short(worst))
		}
	}
}

// before returns the share of pairs in which the first is smaller.
func before(a, b []int) float64 {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x < y {
				n++
			}
		}
	}
	return float64(n) / float64(len(a)*len(b))
}

// notAnalysed warns of experiments that no analysis knows.
func notAnalysed(c *campaign, r *report) {
	for experiment, rows := range c.unread {
		r.warn("", finding.NotAnalysed, rows, "experiment", experiment, "rows", strconv.Itoa(rows))
	}
}

// experiments returns those that some run is of, by name.
func (c *campaign) experiments() []string {
	var names []string
	for _, run := range c.sorted {
		names = append(names, run.experiment)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// count returns the number of a testbed's runs, of whatever experiment.
func (c *campaign) count(testbed string) int {
	n := 0
	for _, run := range c.sorted {
		if run.testbed == testbed {
			n++
		}
	}
	return n
}

// short writes a number for a sentence.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
