package paper

import (
	"fmt"
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
// as many". What is said depends on the intervals alone: only one that leaves out 1
// makes a difference. Without any comparison compare returns "".
func (v *view) compare(id, long, short string) (string, error) {
	q, err := quantityOf(id)
	if err != nil {
		return "", err
	}
	var shown, same, readings []string
	why := "" // the readings have no interval
	baseline := v.name(v.set.Baseline())
	for _, c := range v.comparisons(q) {
		e := quantity.NewEstimate(c.ratio)
		name := v.name(c.testbed)
		switch result.Judge(c.ratio) {
		case result.NotSeen:
			if span := e.Range(); span != "" {
				name += fmt.Sprintf(" (ratio %s, %s%s)", e.Value, confidence, span)
			}
			same = append(same, name)
		case result.Unsure:
			if why == "" || c.ratio.Note.Get("interval") == finding.TooFewRuns {
				why = noInterval(c.ratio)
			}
			if len(readings) == 0 {
				readings = append(readings, fmt.Sprintf("%s %s %s", name, fmt.Sprintf(long, e.Value), baseline))
			} else {
				readings = append(readings, name+" "+fmt.Sprintf(short, e.Value))
			}
		default:
			if len(shown) == 0 {
				shown = append(shown, fmt.Sprintf("%s %s %s", name, fmt.Sprintf(long, e.Value), baseline)+within(e, confidence))
			} else {
				shown = append(shown, name+" "+fmt.Sprintf(short, e.Value)+within(e, ""))
			}
		}
	}
	var sentences []string
	if len(shown) > 0 {
		sentences = append(sentences, capital(clauses(shown))+".")
	}
	if len(same) > 0 {
		sentences = append(sentences, fmt.Sprintf("In the %s no difference from %s could be shown for %s.", q.Phrase, baseline, list(same)))
	}
	if len(readings) > 0 {
		sentences = append(sentences, fmt.Sprintf("%s (%s).", capital(clauses(readings)), why))
	}
	return strings.Join(sentences, " "), nil
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

// values lists what every testbed has of a quantity: "native Linux 17.2 ms, LXC 18.9
// ms and ...", of a single testbed with its interval. Without any it returns "".
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
		e := quantity.NewEstimate(f)
		if f.Unit == finding.Requests || f.Unit == finding.Users {
			e.Symbol = ""
		}
		text := v.name(t) + " " + e.WithUnit()
		if len(v.set.Testbeds()) == 1 {
			text += within(e, confidence)
		}
		all = append(all, text)
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
