package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// rampView is the load's schedule as templates see it.
type rampView struct {
	From, To  int
	Over, End string
}

func (v *view) ramp() *rampView {
	r, ok := v.set.Ramp()
	if !ok {
		return nil
	}
	return &rampView{r.From, r.To, quantity.Exact(r.Over, finding.Seconds), quantity.Exact(r.End, finding.Seconds)}
}

func (v *view) timeout() string { return v.fact(result.Generator, "ramp_timeout_seconds") }

func (v *view) duration() string {
	end := v.set.Duration()
	switch _, planned := v.set.CampaignNumber(result.Generator, "ramp_end_seconds"); {
	case planned:
		return quantity.Exact(end, finding.Seconds)
	case end > 0:
		return quantity.Format(end, finding.Seconds)
	}
	return ""
}

func (v *view) early() string {
	end := figure.EarlyShare * v.set.Duration()
	if _, planned := v.set.CampaignNumber(result.Generator, "ramp_end_seconds"); !planned {
		return "the first " + quantity.Format(end, finding.Seconds)
	}
	return "the first " + quantity.Exact(end, finding.Seconds)
}

// times returns when trials started, in order.
func (v *view) times() []time.Time {
	var all []time.Time
	for _, text := range v.set.CampaignFacts(result.Generator, "start_time") {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			all = append(all, t.UTC())
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// measured says when: "on 2 January 2026", "from 30 January to 2 February 2026".
func (v *view) measured() string {
	all := v.times()
	if len(all) == 0 {
		return ""
	}
	const day = "2\u00a0January 2006"
	first, last := all[0], all[len(all)-1]
	switch end := last.Format(day); {
	case first.Format(day) == end:
		return "on " + end
	case first.Format("January 2006") == last.Format("January 2006"):
		return "from " + first.Format("2") + " to " + end
	case first.Year() == last.Year():
		return "from " + first.Format("2\u00a0January") + " to " + end
	default:
		return "from " + first.Format(day) + " to " + end
	}
}

// runs returns the fewest and the most runs that testbeds have of a quantity, 0 where
// none has it.
func (v *view) runs(q figure.Quantity) (fewest, most int) {
	for _, t := range v.set.Testbeds() {
		rows := q.Rows(v.set, t).Absolute()
		n := len(rows.EachRun())
		if n == 0 {
			if f, ok := rows.Overall().First(); ok {
				n = f.N
			}
		}
		if n == 0 {
			continue
		}
		if fewest == 0 || n < fewest {
			fewest = n
		}
		most = max(most, n)
	}
	return fewest, most
}

func times(fewest, most int) string {
	if fewest == most {
		if most == 1 {
			return "once"
		}
		return numberWord(most) + " times"
	}
	return numberWord(fewest) + " to " + numberWord(most) + " times"
}

// repetitions is a sentence of how often the experiments were run.
func (v *view) repetitions() (string, error) {
	on := ""
	if len(v.set.Testbeds()) > 1 {
		on = " on every testbed"
	}
	var parts, all []string
	for _, e := range []struct{ id, name string }{{"requests", "the ramp"}, {"open-p50", "the open loop"}, {"select", "the SELECT probe"}, {"insert", "the INSERT probe"}} {
		q, err := quantityOf(e.id)
		if err != nil {
			return "", err
		}
		fewest, most := v.runs(q)
		if most == 0 {
			continue
		}
		all = append(all, times(fewest, most))
		if len(parts) == 0 {
			parts = append(parts, fmt.Sprintf("%s was run %s%s", e.name, times(fewest, most), on))
		} else {
			parts = append(parts, e.name+" "+times(fewest, most))
		}
	}
	switch {
	case len(parts) == 0:
		return "", nil
	case len(slices.Compact(all)) == 1 && len(parts) > 1:
		return "Each experiment was run " + all[0] + on + ".", nil
	}
	return capital(list(parts)) + ".", nil
}

// caption says how many runs a figure rests on: "n = 5 runs". id is its quantity's, or
// ratios for all of the summary, or costs for those of that figure.
func (v *view) caption(id string) (string, error) {
	var of []figure.Quantity
	switch id {
	case "ratios":
		of = figure.Quantities
	case "costs":
		for _, k := range figure.Costs {
			q, err := quantityOf(k.ID)
			if err != nil {
				return "", err
			}
			of = append(of, q)
		}
	default:
		q, err := quantityOf(id)
		if err != nil {
			return "", err
		}
		of = []figure.Quantity{q}
	}
	fewest, most := 0, 0
	for _, q := range of {
		f, m := v.runs(q)
		if f > 0 && (fewest == 0 || f < fewest) {
			fewest = f
		}
		most = max(most, m)
	}
	return runCount(fewest, most, slices.ContainsFunc(of, v.hasInterval)), nil
}

// runCount writes "n = 5 runs", or "" where there are none.
func runCount(fewest, most int, interval bool) string {
	n := strconv.Itoa(most)
	switch {
	case most == 0:
		return ""
	case fewest < most:
		n = fmt.Sprintf("%d to %d", fewest, most)
	}
	text := fmt.Sprintf("n%s=%s%s runs", nbsp, nbsp, n)
	if most == 1 {
		text = strings.TrimSuffix(text, "s")
	}
	if !interval {
		text += ", too few for an interval"
	}
	return text
}

// hasInterval reports whether any testbed has an interval of the quantity.
func (v *view) hasInterval(q figure.Quantity) bool {
	return slices.ContainsFunc(v.set.Testbeds(), func(t string) bool {
		f, ok := q.Rows(v.set, t).Absolute().Overall().First()
		return ok && f.Low.Present()
	})
}

// shown names the runs that figures of single runs show, and of how many they are one.
func (v *view) shown() (string, error) {
	var all []string
	for _, t := range v.set.Testbeds() {
		if run := v.set.Representative(t); run != finding.AllRuns {
			all = append(all, fmt.Sprintf("run%s%d on %s", nbsp, run, v.name(t)))
		}
	}
	q, err := quantityOf("requests")
	if err != nil {
		return "", err
	}
	fewest, most := v.runs(q)
	if most == 0 {
		return list(all), nil
	}
	return list(all) + ", of " + runCount(fewest, most, true) + " each", nil
}

// interleaved reports whether the order of trials is known and mixed.
func (v *view) interleaved() bool {
	return len(v.set.Others()) > 0 && len(v.set.CampaignFacts(result.Generator, "trial")) > len(v.set.Testbeds()) &&
		len(v.warned(finding.NotInterleaved)) == 0 && len(v.warned(finding.OrderUnknown)) == 0
}

// warned returns the warnings of that code.
func (v *view) warned(code string) result.Rows { return v.set.Warnings().Labelled("warning", code) }

// stressors is the number of stressors that isolation is judged at.
func (v *view) stressors() string {
	if most, ok := figure.MostStressors(v.set); ok {
		return quantity.Digits(most, 0)
	}
	return ""
}

func (v *view) stressLevels() string {
	if !v.same(result.Generator, "insert_stressors") {
		return ""
	}
	var all []string
	for level := range strings.SplitSeq(v.set.CampaignFacts(result.Generator, "insert_stressors")[0], ",") {
		all = append(all, document.Escape(level))
	}
	return list(all)
}

// emulated names the testbeds whose processor is emulated.
func (v *view) emulated() string {
	var all []string
	for _, t := range v.set.Testbeds() {
		if v.set.Emulated(t) {
			all = append(all, t)
		}
	}
	return v.nameList(all)
}

// nested names the testbeds whose hypervisor ran inside an emulated machine itself.
func (v *view) nested() string {
	var all []string
	for _, t := range v.set.Testbeds() {
		if v.set.Fact(t, result.Host, "nested") == "yes" {
			all = append(all, t)
		}
	}
	return v.nameList(all)
}

// sharedMachine reports whether the load generator is known to run on the machine that
// runs the guests.
func (v *view) sharedMachine() bool {
	for _, t := range v.set.Testbeds() {
		for _, key := range []string{"kernel", "cpu_model", "memory_bytes"} {
			if value := v.set.Fact(t, result.Generator, key); value == "" || value != v.set.Fact(t, result.Host, key) {
				return false
			}
		}
	}
	return true
}

// uses reports whether a testbed is of the technology.
func (v *view) uses(technology string) bool {
	return slices.ContainsFunc(v.set.Testbeds(), func(t string) bool { return v.sources.technologyOf(v.set, t).ID == technology })
}

func (v *view) class(testbed string) string { return v.sources.class(v.set, testbed) }
