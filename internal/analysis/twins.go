package analysis

import (
	"maps"
	"math"
	"slices"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

// twins are two testbeds of the same technology, set up alike: an A/A pair. What they
// differ by is noise.
type twins struct{ a, b string } // a before b

// findTwins returns the campaign's.
func (c *campaign) findTwins() []twins {
	var all []twins
	for i, a := range c.testbeds {
		for _, b := range c.testbeds[i+1:] {
			if t, ok := c.facts.lookup(a, host, "technology"); ok && t != "" && maps.EqualFunc(c.facts.setUp(a), c.facts.setUp(b), slices.Equal) {
				all = append(all, twins{a, b})
			}
		}
	}
	return all
}

// setUp returns the values of all facts that two testbeds must share to be the same.
func (f facts) setUp(testbed string) map[subject][]string {
	all := map[subject][]string{}
	for about, statements := range f {
		if about.testbed != testbed || strings.HasPrefix(about.key, "operation_") || strings.HasSuffix(about.key, "_arguments") {
			continue // what it can't do, and addresses
		}
		for says := range statements {
			if says.experiment != "" || about.host == generator && mustAgree(fact{subject: about}) == "" {
				continue // of a trial, or of the campaign that it is from
			}
			key := subject{host: about.host, key: about.key}
			all[key] = append(all[key], says.value)
		}
	}
	for _, values := range all {
		slices.Sort(values)
	}
	return all
}

// twinned says that a noise floor is measured from twins.
const twinned = "a-a"

// noiseFloor returns the size of the logarithm of a ratio that two testbeds may have
// without being different, by a quantity with these summaries: the far end of the
// interval of the ratio of twins, of whichever pair has the farthest, or, without
// twins that have an interval, the usual one.
func (c *campaign) noiseFloor(summaries map[string]stat.Summary) (floor float64, from string) {
	from = "default"
	for _, pair := range c.twins {
		if i, ok := summaries[pair.b].Ratio(summaries[pair.a]); ok {
			floor, from = max(floor, -math.Log(i.Low), math.Log(i.High)), twinned
		}
	}
	if from == "default" {
		floor = math.Log1p(usualFloor)
	}
	return floor, from
}

// headlines are the quantities that twins are told to differ by: one of each kind of cost.
var headlines = []struct{ analysis, name string }{
	{finding.Throughput, "successful_requests"}, {finding.Latency, "p50"}, {finding.Select, "median"},
	{finding.Isolation, "unstressed"}, {finding.Startup, "first_page"}, {finding.Footprint, "testbed"},
}

// noise tells by how much twins differ, at most, in the headline quantities, from what
// the analyses before this one found.
func noise(c *campaign, r *report) {
	for _, pair := range c.twins {
		most, of, n := 0.0, "", 0
		for _, h := range headlines {
			a, b := c.overRuns(pair.a, h.analysis, h.name), c.overRuns(pair.b, h.analysis, h.name)
			if !(a > 0 && b > 0) {
				continue
			}
			n++
			if apart := math.Expm1(math.Abs(math.Log(b / a))); apart >= most {
				most, of = apart, h.analysis+"/"+h.name
			}
		}
		if n == 0 {
			continue
		}
		f := scalar(pair.b, "a_a", finding.Ratio, most, n)
		f.Note = csvio.MakeLabels("pair", pair.a+","+pair.b, "quantity", of)
		r.add(f)
	}
}

// overRuns returns what was found for a testbed over all its runs, or NaN.
func (c *campaign) overRuns(testbed, analysis, name string) float64 {
	for _, rows := range c.found {
		for _, f := range rows {
			if f.Analysis == analysis && f.Testbed == testbed && f.Name == name && f.Run == finding.AllRuns && f.Baseline == "" && f.Note.Get("aggressor") == "" {
				return float64(f.Value)
			}
		}
	}
	return math.NaN()
}
