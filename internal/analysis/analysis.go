// Package analysis turns the observations of a campaign into findings.
//
// An Analyzer takes the rows in any order, from any number of files: the findings
// depend on nothing but the set of rows, the baseline and the seed. Every analysis
// has a file of its own and an entry in the table analyses; what they share is the
// campaign (the rows by run), the ramp (a ramp's run made ready), and the quantity
// (a scalar over runs, with its interval and its ratio to the baseline).
package analysis

import (
	"fmt"
	"slices"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

// analysis is one kind of question about a campaign.
type analysis struct {
	name  string
	find  func(*campaign, *report)
	reads map[string][]string // metrics by experiment
}

// analyses holds them all, in the order that their findings stand in.
var analyses = []analysis{
	{finding.Throughput, throughput, map[string][]string{observation.Ramp: {requestDuration, containerCPU}}},
	{finding.Latency, latency, map[string][]string{observation.Ramp: {requestDuration}}},
	{finding.SwapOnset, swapOnset, map[string][]string{observation.Ramp: swapMetrics}},
	{finding.ErrorOnset, errorOnset, map[string][]string{observation.Ramp: {requestDuration}}},
	{finding.Capacity, capacity, map[string][]string{observation.Ramp: {requestDuration}}},
	{finding.OpenLoop, openLoop, map[string][]string{observation.Open: {requestDuration, quantileDuration}}},
	{finding.Select, selects, map[string][]string{observation.Select: {selectDuration}}},
	{finding.Isolation, allIsolation, map[string][]string{observation.Insert: {insertDuration}, observation.Isolation: {selectDuration, insertDuration, requestDuration}}},
	{finding.Startup, startup, map[string][]string{observation.Startup: {startupDuration, imageBuildDuration, imageSize}}},
	{finding.Footprint, footprint, map[string][]string{observation.Footprint: {hostMemory}}},
	{finding.Operation, operation, map[string][]string{observation.Operation: operationMetrics}},
	{finding.Environment, environment, nil},
	{finding.Validity, validity, map[string][]string{observation.Ramp: hostMetrics, observation.Open: hostMetrics, observation.Insert: hostMetrics, observation.Isolation: hostMetrics}},
}

// reads says which metrics some analysis reads, by experiment.
var reads = func() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, a := range analyses {
		for experiment, metrics := range a.reads {
			if all[experiment] == nil {
				all[experiment] = map[string]bool{}
			}
			for _, m := range metrics {
				all[experiment][m] = true
			}
		}
	}
	return all
}()

// Options are what the user decides.
type Options struct {
	// Baseline is the testbed that ratios are taken against. Empty, it is the one
	// recorded as a fact, else "native", else the first by name.
	Baseline string
	// Seed of the permutation tests. The same seed and rows give the same findings.
	Seed uint64
}

// Analyzer gathers observations and finds what they say. Of the rows that an analysis
// reads it keeps the numbers: 24 bytes of a request, 16 of anything else.
type Analyzer struct {
	options  Options
	campaign campaign
	own      *gathering
}

// New returns an Analyzer without observations.
func New(options Options) *Analyzer {
	a := &Analyzer{options: options, campaign: campaign{seed: options.Seed}}
	a.own = a.campaign.gather()
	return a
}

// Observe takes in one observation. It keeps nothing of o itself.
func (a *Analyzer) Observe(o *observation.Observation) { a.own.observe(o) }

// Observers returns n functions that take in observations as Observe does, but side by
// side: each is for one goroutine at a time.
func (a *Analyzer) Observers(n int) []func(*observation.Observation) {
	all := make([]func(*observation.Observation), n)
	for i := range all {
		all[i] = a.campaign.gather().observe
	}
	return all
}

// UnknownBaselineError says that no observation is of the testbed asked for.
type UnknownBaselineError struct {
	Baseline string
	Testbeds []string
}

func (e *UnknownBaselineError) Error() string {
	if len(e.Testbeds) == 0 {
		return fmt.Sprintf("baseline %q: there is no testbed in the observations", e.Baseline)
	}
	return fmt.Sprintf("baseline %q: the testbeds are %s", e.Baseline, strings.Join(e.Testbeds, ", "))
}

// Findings returns what the observations say: a slice for each analysis, in the order of
// finding's vocabulary, and in it the findings by their columns. sources are the files that
// the observations came from. It is to be called once, after the last Observe. Its error
// is an *UnknownBaselineError.
func (a *Analyzer) Findings(sources []csvio.Stat) ([][]finding.Finding, error) {
	c := &a.campaign
	c.settle()
	var err error
	if c.baseline, err = c.chooseBaseline(a.options.Baseline); err != nil {
		return nil, err
	}
	c.sources = slices.Clone(sources)
	found := make([][]finding.Finding, len(analyses))
	one := func(i int) {
		r := &report{campaign: c, analysis: analyses[i].name}
		analyses[i].find(c, r)
		found[i] = r.sorted()
	}
	validity := len(analyses) - 1 // judges the others
	parallel(validity, one)
	c.found = found[:validity]
	one(validity)
	a.campaign = campaign{} // its memory is had again for writing
	return found, nil
}

// chooseBaseline applies the rule of Options.Baseline.
func (c *campaign) chooseBaseline(asked string) (string, error) {
	if asked != "" {
		if !slices.Contains(c.testbeds, asked) {
			return "", &UnknownBaselineError{asked, c.testbeds}
		}
		return asked, nil
	}
	var candidates []string
	for _, testbed := range c.testbeds {
		if name, ok := c.facts.lookup(testbed, generator, "baseline"); ok {
			candidates = append(candidates, name)
		}
	}
	for _, name := range append(candidates, "native") {
		if slices.Contains(c.testbeds, name) {
			return name, nil
		}
	}
	if len(c.testbeds) == 0 {
		return "", nil
	}
	return c.testbeds[0], nil
}
