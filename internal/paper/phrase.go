package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// Phrases are Markdown: whatever comes from data in them is escaped.

// confidence is how intervals are introduced where they first stand.
const confidence = "95\u00a0% interval "

// list joins phrases: "a, b and c".
func list(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	}
}

// clauses joins clauses that hold commas: "a; b; and c".
func clauses(items []string) string {
	if len(items) == 2 {
		return items[0] + ", and " + items[1]
	}
	if n := len(items); n > 2 {
		return strings.Join(items[:n-1], "; ") + "; and " + items[n-1]
	}
	return list(items)
}

// capital writes the first letter as a capital.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[size:]); size == 0 || r == utf8.RuneError || unicode.IsUpper(next) {
		return s // gVisor is a name
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// name is what readers call the testbed, escaped.
func (v *view) name(testbed string) string { return document.Escape(v.names[testbed]) }

func (v *view) nameList(testbeds []string) string {
	var all []string
	for _, t := range testbeds {
		all = append(all, v.name(t))
	}
	return list(all)
}

// quantityOf finds a quantity by the name that templates use.
func quantityOf(id string) (figure.Quantity, error) {
	for _, q := range quantities() {
		if q.ID == id {
			return q, nil
		}
	}
	return figure.Quantity{}, fmt.Errorf("no quantity %q", id)
}

// comparison is a testbed's ratio to the baseline by one quantity.
type comparison struct {
	testbed string
	ratio   finding.Finding
}

func (v *view) comparisons(q figure.Quantity) []comparison {
	var all []comparison
	for _, t := range v.set.Others() {
		if f, ok := q.Ratio(v.set, t); ok {
			all = append(all, comparison{t, f})
		}
	}
	return all
}

// compare says how the other testbeds do by a quantity. long and short are verb
// phrases with %s for the ratio: "served %s times as many requests as" and "%s times
// as many". The analysis' verdicts decide what is said: only one that is better or
// worse makes a difference. Without any comparison compare returns "".
func (v *view) compare(id, long, short string) (string, error) {
	return v.compareAll(id, long, short, math.MaxInt)
}

// mostInBrief is how many testbeds a summary names with their ratios.
const mostInBrief = 3

// brief is compare for a summary: of many testbeds it gives the least and the largest
// ratio.
func (v *view) brief(id, long, short string) (string, error) {
	return v.compareAll(id, long, short, mostInBrief)
}

// compareAll is compare that gives at most so many ratios of those of which the same is said.
func (v *view) compareAll(id, long, short string, most int) (string, error) {
	q, err := quantityOf(id)
	if err != nil {
		return "", err
	}
	var shown, small, same, readings []comparison
	noise, why, intervals := "", "", false // why readings show nothing, and whether some have intervals
	for _, c := range v.comparisons(q) {
		switch result.Judge(c.ratio) {
		case result.NotSeen:
			if floor, ok := result.Floor(c.ratio); ok && c.ratio.Note.Get("reason") == finding.BelowFloor {
				small, noise = append(small, c), percentOf(floor) // one for all
			} else {
				same = append(same, c)
			}
		case result.Unsure:
			if reason := noVerdict(c.ratio); why == "" || c.ratio.Note.Get("interval") == finding.TooFewRuns {
				why = reason
			}
			intervals = intervals || quantity.NewEstimate(c.ratio).Range() != ""
			readings = append(readings, c)
		default:
			shown = append(shown, c)
		}
	}
	var sentences []string
	say := func(format string, args ...any) { sentences = append(sentences, fmt.Sprintf(format, args...)) }
	baseline := v.name(v.set.Baseline())
	if len(shown) > 0 {
		say("%s.", capital(v.ratios(shown, long, short, most)))
	}
	// Of what is said of some, the others need not be told what it is about.
	switch about := q.Phrase; {
	case len(small) > 0 && len(shown) > 0:
		say("For %s the difference from %s is below the noise floor of %s.", v.withRatios(small, most), baseline, noise)
	case len(small) > 0:
		say("In the %s the difference from %s is below the noise floor of %s for %s.", about, baseline, noise, v.withRatios(small, most))
	}
	switch about := q.Phrase; {
	case len(same) > 0 && len(sentences) > 0:
		say("For %s no difference from %s could be shown.", v.withRatios(same, most), baseline)
	case len(same) > 0:
		say("In the %s no difference from %s could be shown for %s.", about, baseline, v.withRatios(same, most))
	}
	switch text := v.ratios(readings, long, short, most); {
	case len(readings) == 0:
	case v.untested() != "": // which the paper says once
		say("%s.", capital(text))
	case intervals:
		say("%s, %s.", capital(text), why)
	default:
		say("%s (%s).", capital(text), why)
	}
	return strings.Join(sentences, " "), nil
}

// ratios lists comparisons with their evidence: "LXC served 1.4 times as many as native
// Linux (...), and Docker 1.5 times as many (...)". Of more than most it gives the ends.
func (v *view) ratios(of []comparison, long, short string, most int) string {
	between := ""
	if len(of) > most {
		of = slices.SortedStableFunc(slices.Values(of), func(a, b comparison) int { return compareValues(a.ratio, b.ratio) })
		var names []string
		for _, c := range of[1 : len(of)-1] {
			names = append(names, v.name(c.testbed))
		}
		slices.Sort(names)
		between = "; " + list(names) + " lie between"
		of = []comparison{of[0], of[len(of)-1]}
	}
	var all []string
	for i, c := range of {
		e := quantity.NewEstimate(c.ratio)
		words, against, phrase := "", "", short
		if i == 0 {
			words, against, phrase = confidence, " "+v.name(v.set.Baseline()), long
		}
		proof := evidence(c.ratio, e, words)
		if e.One() { // "about as many" rather than "1.0 times as many"
			phrase = strings.Replace(phrase, "%s times", "about", 1)
			proof = strings.TrimSuffix(" (ratio "+e.Value+", "+strings.Trim(proof, " ()"), ", ") + ")"
		} else {
			phrase = fmt.Sprintf(phrase, e.Value)
		}
		all = append(all, v.name(c.testbed)+" "+phrase+against+proof)
	}
	return clauses(all) + between
}

// withRatios lists testbeds with their ratios and intervals, or without if they are more
// than most.
func (v *view) withRatios(of []comparison, most int) string {
	words := confidence
	var all []string
	for _, c := range of {
		name := v.name(c.testbed)
		if e := quantity.NewEstimate(c.ratio); e.Range() != "" && len(of) <= most {
			name += fmt.Sprintf(" (ratio %s, %s%s)", e.Value, words, e.Range())
			words = ""
		}
		all = append(all, name)
	}
	return list(all)
}

// noVerdict says why a comparison is but a reading.
func noVerdict(f finding.Finding) string {
	if f.Low.Present() && f.Note.Get("verdict") == finding.NoVerdict {
		return "from too few runs for a test of significance"
	}
	return noInterval(f)
}

// evidence is a comparison's interval, introduced by those words, and its p-value, in
// parentheses, or nothing.
func evidence(f finding.Finding, e quantity.Estimate, words string) string {
	var all []string
	if span := e.Range(); span != "" {
		all = append(all, words+span)
	}
	if p, ok := result.P(f); ok && result.Judge(f) != result.Unsure {
		all = append(all, pValue(p))
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, ", ") + ")"
}

// pValue writes a p-value as journals have it.
func pValue(p float64) string {
	if p < 0.001 {
		return "p" + nbsp + "<" + nbsp + "0.001"
	}
	return "p" + nbsp + "=" + nbsp + strconv.FormatFloat(p, 'g', 2, 64)
}

// percentOf writes a share such as 0.05 as 5 %, with a decimal where it is small.
func percentOf(share float64) string {
	return quantity.Exact(math.Round(share*1000)/10, finding.Ratio) + nbsp + "%"
}

// floor says what a difference must exceed to count: what a sentence needs after
// "exceeds", or "" if nothing was compared.
func (v *view) floor() string {
	usual := ""
	for _, q := range quantities() {
		for _, c := range v.comparisons(q) {
			if c.ratio.Note.Get("floor_from") == "a-a" {
				return v.measuredFloor()
			}
			if floor, ok := result.Floor(c.ratio); ok {
				usual = percentOf(floor)
			}
		}
	}
	return usual
}

// measuredFloor is floor where the campaign has the same technology twice.
func (v *view) measuredFloor() string {
	var all []string
	for _, t := range v.set.Twins() {
		text := fmt.Sprintf("%s and %s", v.name(t.A), v.name(t.B))
		for _, q := range quantities() {
			if q.Analysis == t.Analysis && q.Name == t.Name {
				text += fmt.Sprintf(" (%s apart in the %s)", percentOf(t.Apart), q.Phrase)
				break
			}
		}
		all = append(all, text)
	}
	return "what the same technology set up twice may differ by, measured on " + list(all)
}

// noInterval says why a comparison is but a reading.
func noInterval(f finding.Finding) string {
	if f.Note.Get("interval") == finding.TooFewRuns {
		return "from too few runs for an interval"
	}
	return "without an interval"
}

// within is an interval in parentheses, introduced by those words, or nothing.
func within(e quantity.Estimate, words string) string {
	if span := e.Range(); span != "" {
		return " (" + words + span + ")"
	}
	return ""
}

// estimate is a finding over all runs as it is written: a request time of which only a
// bound is known as that.
func (v *view) estimate(f finding.Finding, s quantity.Scale) quantity.Estimate {
	least, bounded := v.set.Bound(f)
	switch {
	case !bounded:
		return quantity.EstimateIn(f, s)
	case least != float64(f.Value): // the time limit
		return quantity.Estimate{Value: quantity.Exact(least/s.Factor, finding.Ratio), Symbol: s.Symbol}.AtLeast()
	}
	return quantity.EstimateIn(f, s).AtLeast()
}

// values lists what every testbed has of a quantity: "native Linux 17.2 [16.9, 17.5] ms
// and LXC 18.9 [18.1, 19.7] ms", of many testbeds without the intervals, which a table
// has. Without any it returns "".
func (v *view) values(id string) (string, error) {
	q, err := quantityOf(id)
	if err != nil {
		return "", err
	}
	var all []string
	for _, t := range v.set.Testbeds() {
		f, ok := q.Rows(v.set, t).Absolute().Overall().First()
		if !ok || !f.Value.Present() {
			continue
		}
		e := v.estimate(f, quantity.ScaleOf(float64(f.Value), f.Unit))
		if f.Unit == finding.Requests || f.Unit == finding.Users {
			e.Symbol = ""
		}
		switch n := len(v.set.Testbeds()); {
		case n == 1:
			all = append(all, v.name(t)+" "+e.WithUnit()+within(e, confidence))
		case n <= mostInBrief && e.Range() != "":
			all = append(all, v.name(t)+" "+document.Escape(tabular(e)))
		default:
			all = append(all, v.name(t)+" "+e.WithUnit())
		}
	}
	return list(all), nil
}

// onsets says for every testbed when a regime began: kind is swap, degradation or
// error. verb follows the name: "began to swap".
func (v *view) onsets(kind, verb, never string) (string, error) {
	if _, ok := regimes[kind]; !ok {
		return "", fmt.Errorf("no onset %q", kind)
	}
	of := func(testbed, name string) (finding.Finding, bool) { return v.onset(kind, testbed, name) }
	var began, without, unknown []string
	for _, t := range v.set.Testbeds() {
		at, ok := of(t, "time")
		if !ok {
			if _, none := of(t, "none"); none {
				without = append(without, t)
			} else if until, ok := of(t, "unknown_after"); ok {
				unknown = append(unknown, fmt.Sprintf("%s, whose samples end after %s", v.name(t), quantity.NewEstimate(until).WithUnit()))
			}
			continue
		}
		text := v.name(t)
		if len(began) == 0 {
			text += " " + verb
		}
		e := quantity.NewEstimate(at)
		words := ""
		if len(began) == 0 {
			words = confidence
		}
		text += " after " + e.WithUnit() + within(e, words)
		if users, ok := of(t, "users"); ok {
			u := quantity.NewEstimate(users)
			u.Symbol = ""
			text += " with " + u.Value + " users" + within(u, "")
		}
		if missed := at.Note.Get("without"); missed != "" && missed != "0" {
			text += fmt.Sprintf(", but not in %s of its %s runs", document.Escape(missed), document.Escape(at.Note.Get("runs")))
		}
		if unknown := at.Note.Get("unknown"); unknown != "" {
			text += fmt.Sprintf(", while %s of its %s runs cannot tell", document.Escape(unknown), document.Escape(at.Note.Get("runs")))
		}
		began = append(began, text)
	}
	var sentences []string
	if len(began) > 0 {
		sentences = append(sentences, capital(clauses(began))+".")
	}
	if len(without) > 0 {
		sentences = append(sentences, fmt.Sprintf("%s %s in any run.", capital(v.nameList(without)), never))
	}
	if len(unknown) > 0 {
		sentences = append(sentences, fmt.Sprintf("Nothing can be said of %s.", clauses(unknown)))
	}
	return strings.Join(sentences, " "), nil
}
