package paper

import (
	"fmt"
	"math"
	"strings"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
)

// regimes are the onsets that templates know, by their names there: the analysis that
// has them, and what they are told from.
var regimes = map[string]struct{ analysis, source string }{
	"swap":        {finding.SwapOnset, "counters"},
	"degradation": {finding.SwapOnset, "latency"},
	"error":       {finding.ErrorOnset, ""},
}

// onset returns what was found of a regime over all runs of a testbed.
func (v *view) onset(kind, testbed, name string) (finding.Finding, bool) {
	r := regimes[kind]
	return v.set.Rows(r.analysis, testbed, name).Absolute().Overall().Labelled("source", r.source).First()
}

// nothing is the share of an interval's width below which a difference is none.
const nothing = 0.02

// apart writes how far a value lies after zero or before it, with its interval turned
// to the same side: "5.6 users later (4.2 to 7.1 users)".
func apart(f finding.Finding, words string) string {
	if f.Value == 0 || math.Abs(float64(f.Value)) < nothing*float64(f.High-f.Low) {
		f.Value = 0
		same := "at the same time"
		if f.Unit == finding.Users {
			same = "at as many users"
		}
		scale := quantity.ScaleOf(max(float64(-f.Low), float64(f.High)), f.Unit)
		return same + within(quantity.EstimateIn(f, scale), words)
	}
	direction := "later"
	if f.Value < 0 {
		direction = "earlier"
		f.Value, f.Low, f.High = -f.Value, -f.High, -f.Low
	}
	e := quantity.NewEstimate(f)
	return e.WithUnit() + " " + direction + within(e, words)
}

// later says by how many users the others' onsets come after the baseline's: as an
// estimate with its interval, which claims nothing. What is a bound the other way is
// left out.
func (v *view) later(kind string) (string, error) {
	if _, ok := regimes[kind]; !ok {
		return "", fmt.Errorf("no onset %q", kind)
	}
	var all []string
	for _, t := range v.set.Others() {
		f, ok := v.onset(kind, t, "users_more")
		if !ok || !f.Value.Present() {
			continue
		}
		bound := f.Note.Get("bound")
		switch {
		case bound == "least" && f.Value > 0 || bound == "most" && f.Value < 0:
			bound = "at least "
		case bound != "":
			continue
		}
		words := ""
		if len(all) == 0 {
			words = confidence
		}
		text := bound + apart(f, words)
		if !f.Low.Present() && v.untested() == "" {
			text += fmt.Sprintf(" (%s)", noInterval(f))
		}
		text += " on " + v.name(t)
		all = append(all, text)
	}
	if len(all) == 0 {
		return "", nil
	}
	return fmt.Sprintf("Compared with %s, that was %s.", v.name(v.set.Baseline()), clauses(all)), nil
}

// agreement says whether what counters and what request times tell is the same.
func (v *view) agreement() string {
	var yes, no, some []string
	for _, t := range v.set.Testbeds() {
		f, ok := v.set.Rows(finding.SwapOnset, t, "agreement").Absolute().Overall().First()
		if !ok {
			continue
		}
		name := v.name(t)
		switch f.Note.Get("agree") {
		case "yes":
			yes = append(yes, name)
		case "no":
			if f.Note.Get("interval") == "bound" {
				no = append(no, name+" (only one of them tells of an onset)")
				continue
			}
			no = append(no, fmt.Sprintf("%s (request times tell it %s)", name, apart(f, "")))
		default:
			some = append(some, fmt.Sprintf("%s in %s of %s runs", name, document.Escape(f.Note.Get("agreeing")), document.Escape(f.Note.Get("runs"))))
		}
	}
	var parts []string
	if len(yes) > 0 {
		parts = append(parts, "agree for "+list(yes))
	}
	if len(some) > 0 {
		parts = append(parts, "agree for "+list(some))
	}
	if len(no) > 0 {
		parts = append(parts, "do not agree for "+list(no))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Counters and request times " + clauses(parts) + "."
}

// aftermath says what was served once requests failed, and whether that passed.
func (v *view) aftermath() string {
	var kept, over, never []string
	for _, t := range v.set.Testbeds() {
		if f, ok := v.onset("error", t, "goodput_kept"); ok {
			kept = append(kept, fmt.Sprintf("%s %s", v.name(t), percentEstimate(f)))
		}
		if f, ok := v.onset("error", t, "recovery"); ok {
			text := v.name(t) + " after " + quantity.NewEstimate(f).WithUnit()
			if missed := f.Note.Get("without"); missed != "" && missed != "0" {
				text += fmt.Sprintf(", but not in %s of %s runs that failed", document.Escape(missed), document.Escape(f.Note.Get("runs")))
			}
			over = append(over, text)
		} else if _, ok := v.onset("error", t, "no_recovery"); ok {
			never = append(never, v.name(t))
		}
	}
	var sentences []string
	if len(kept) > 0 {
		sentences = append(sentences, fmt.Sprintf("From then on successful requests came at this share of their rate before: %s.", list(kept)))
	}
	if len(over) > 0 {
		sentences = append(sentences, fmt.Sprintf("Failures ended on %s.", clauses(over)))
	}
	if len(never) > 0 {
		sentences = append(sentences, fmt.Sprintf("On %s failures went on until the end of every run that had any.", list(never)))
	}
	return strings.Join(sentences, " ")
}

// percentEstimate writes a ratio as a percentage with its interval.
func percentEstimate(f finding.Finding) string {
	whole := func(n finding.Number) string { return fmt.Sprintf("%.0f", math.Round(100*float64(n))) }
	text := whole(f.Value) + nbsp + "%"
	if f.Low.Present() && f.High.Present() {
		text += fmt.Sprintf(" [%s, %s]", whole(f.Low), whole(f.High))
	}
	return text
}
