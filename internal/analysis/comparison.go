package analysis

import (
	"math"
	"slices"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

const (
	// significant is the level of the tests.
	significant = 0.05
	// usualFloor is the difference that counts where the campaign does not say how far
	// two testbeds of the same kind differ: that of Firecracker's A/B tests.
	usualFloor = 0.05
)

// comparison is a testbed's ratio to the baseline.
type comparison struct {
	ratio  finding.Finding
	test   stat.Significance
	tested bool

	holm, leastHolm float64 // P and Least, corrected over the testbeds
}

// comparisons returns the ratios of the other testbeds to the baseline, each with its
// interval, test and verdict. What is corrected for is the number of testbeds that are
// tested for this quantity.
func (q *quantity) comparisons(c *campaign, analysis string, summaries map[string]stat.Summary) []finding.Finding {
	base, ok := summaries[c.baseline]
	if !ok || q.absolute || base.Value <= 0 {
		return nil
	}
	var all []*comparison
	for _, testbed := range c.testbeds {
		s, ok := summaries[testbed]
		if !ok || testbed == c.baseline || s.Value < 0 {
			continue // a ratio would mean nothing
		}
		f := q.finding(testbed, s.Value/base.Value, min(s.N, base.N))
		f.Baseline, f.Unit = c.baseline, finding.Ratio
		interval, ok := s.Ratio(base)
		if ok && q.step != nil {
			interval = q.readings(testbed).WidenRatio(interval, q.readings(c.baseline))
		}
		f = q.rooted(bounded(f, interval, ok))
		of := &comparison{ratio: f}
		of.test, of.tested = stat.Permutation(q.sample(testbed), q.sample(c.baseline), c.draws[testbed])
		all = append(all, of)
	}
	correct(all)
	floor, from := c.noiseFloor(summaries)
	if q.root && from == twinned {
		floor /= 2 // the summaries are of the square
	}
	var findings []finding.Finding
	for _, of := range all {
		f := of.ratio
		if of.tested {
			f.Note = join(f.Note, csvio.MakeLabels("p", short(of.test.P), "p_holm", short(of.holm)))
		}
		if preference := finding.PreferenceFor(analysis, q.name); preference != finding.NoPreference {
			verdict, reason := of.verdict(preference, floor)
			f.Note = f.Note.With("verdict", verdict)
			if reason != "" {
				f.Note = f.Note.With("reason", reason)
			}
			f.Note = join(f.Note, csvio.MakeLabels("floor", short(math.Expm1(floor)), "floor_from", from))
		}
		findings = append(findings, f)
	}
	return findings
}

// correct corrects the p-values of those that were tested by Holm's method.
func correct(all []*comparison) {
	family := slices.DeleteFunc(slices.Clone(all), func(of *comparison) bool { return !of.tested })
	p, least := make([]float64, len(family)), make([]float64, len(family))
	for i, of := range family {
		p[i], least[i] = of.test.P, of.test.Least
	}
	p, least = stat.Holm(p), stat.Holm(least)
	for i, of := range family {
		of.holm, of.leastHolm = p[i], least[i]
	}
}

// verdict judges the comparison: a difference must be significant, and its logarithm
// exceed the noise floor (Firecracker's A/B tests have it so). Where no difference,
// however large, could have been significant with so few runs, there is no verdict.
func (of *comparison) verdict(preference finding.Preference, floor float64) (verdict, reason string) {
	difference := math.Log(float64(of.ratio.Value))
	switch {
	case !of.tested || of.leastHolm >= significant:
		return finding.NoVerdict, finding.TooFewRuns
	case of.holm >= significant:
		return finding.Indistinguishable, finding.NotSignificant
	case math.Abs(difference) <= floor:
		return finding.Indistinguishable, finding.BelowFloor
	case (difference > 0) == (preference == finding.MoreIsBetter):
		return finding.Better, ""
	}
	return finding.Worse, ""
}
