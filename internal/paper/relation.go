package paper

import (
	"fmt"
	"math"
	"strings"

	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
)

// of2014 are the quantities that were published of both LXC and Xen and that do not
// hang on the machine alone.
var of2014 = []string{"requests", "swap-users", "insert-stressed"}

// relations are those quantities of a container relative to a para-virtualised guest,
// as published and as measured here.
func (v *view) relations() []figure.Relation {
	var all []figure.Relation
	for _, id := range of2014 {
		q, err := quantityOf(id)
		if err != nil {
			continue // not reached: the ids stand above
		}
		c, a := v.representative(q, "container", "lxc")
		p, b := v.representative(q, "para-virtualisation", "xen")
		then, ok := v.relation2014(q)
		if c == "" || p == "" || !ok {
			continue
		}
		all = append(all, figure.Relation{Title: q.Title, More: q.More, Then: then, Container: c, Para: p, Now: v.relation(q, c, p, a, b)})
	}
	return all
}

// relation2014 is LXC's relation to Xen as published.
func (v *view) relation2014(q figure.Quantity) (float64, bool) {
	then := v.sources.published
	if f, ok := then.Ratio(q.Analysis, "lxc", q.Name); ok {
		return float64(f.Value), f.Value > 0
	}
	a, ok := then.Rows(q.Analysis, "lxc", q.Name).Absolute().First()
	b, both := then.Rows(q.Analysis, "xen", q.Name).Absolute().First()
	return float64(a.Value / b.Value), ok && both && a.Value > 0 && b.Value > 0
}

// relation is testbed c's ratio to p, whose values over runs are a and b: the analysis'
// own where one of them is the baseline.
func (v *view) relation(q figure.Quantity, c, p string, a, b finding.Finding) finding.Finding {
	switch v.set.Baseline() {
	case p:
		if f, ok := q.Ratio(v.set, c); ok {
			return f
		}
	case c:
		if f, ok := q.Ratio(v.set, p); ok && f.Value > 0 {
			f.Value, f.Low, f.High = 1/f.Value, 1/f.High, 1/f.Low
			return f
		}
	}
	return quotient(a, b)
}

// quotient is the ratio of two testbeds' values, with an interval from those of both
// (Zou and Donner, Construction of confidence limits about effect measures, Statistics
// in Medicine 27, 2008, on the logarithmic scale).
func quotient(a, b finding.Finding) finding.Finding {
	f := finding.Finding{Value: a.Value / b.Value, Low: finding.None, High: finding.None, Unit: finding.Ratio, N: min(a.N, b.N)}
	if !(a.Low > 0 && b.Low > 0 && a.High.Present() && b.High.Present()) {
		return f
	}
	apart := func(x, y finding.Number) float64 { return math.Log(float64(x / y)) }
	f.Low = f.Value * finding.Number(math.Exp(-math.Hypot(apart(a.Value, a.Low), apart(b.High, b.Value))))
	f.High = f.Value * finding.Number(math.Exp(math.Hypot(apart(a.High, a.Value), apart(b.Value, b.Low))))
	return f
}

// likewise says which of the relations point the same way as in 2014.
func (v *view) likewise() (string, error) {
	var same, other, open []string
	for _, id := range of2014 {
		q, err := quantityOf(id)
		if err != nil {
			return "", err
		}
		then, ok := v.relation2014(q)
		now, err := v.pair(id)
		if err != nil {
			return "", err
		}
		switch {
		case !ok || now == nil:
		case !now.More && !now.Less:
			open = append(open, "the "+q.Phrase)
		case now.More == (then > 1):
			same = append(same, "the "+q.Phrase)
		default:
			other = append(other, "the "+q.Phrase)
		}
	}
	var sentences []string
	it := "the relation"
	say := func(words string, quantities []string) {
		if len(quantities) > 0 {
			sentences = append(sentences, capital(fmt.Sprintf(words, it, list(quantities))))
			it = "it"
		}
	}
	say("%s points the same way as in 2014 in %s.", same)
	say("%s points the opposite way to 2014’s in %s.", other)
	say("which way %s points in %s these runs do not tell.", open)
	return strings.Join(sentences, " "), nil
}
