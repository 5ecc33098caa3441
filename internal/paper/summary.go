package paper

import (
	"fmt"
	"math"
	"strings"

	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// lacking names the testbeds that have nothing of a quantity, or "" if it is none or all.
func (v *view) lacking(id string) (string, error) {
	q, err := quantityOf(id)
	if err != nil {
		return "", err
	}
	var missing []string
	for _, t := range v.set.Testbeds() {
		if len(q.Rows(v.set, t).Absolute()) == 0 {
			missing = append(missing, t)
		}
	}
	if len(missing) == len(v.set.Testbeds()) {
		return "", nil
	}
	return v.nameList(missing), nil
}

// timedOut names the testbeds of whose requests some timed out, or "".
func (v *view) timedOut() string {
	var some []string
	for _, t := range v.set.Testbeds() {
		if f, ok := v.set.Scalar(finding.Latency, t, "p99"); ok && f.Note.Get("timeouts") != "" {
			some = append(some, t)
		}
	}
	return v.nameList(some)
}

// missing lists what no testbed has, or "".
func (v *view) missing() (string, error) {
	var all []string
	for _, p := range parts {
		missing := true
		for _, t := range v.set.Testbeds() {
			ok, err := v.tells(p, t)
			if err != nil {
				return "", err
			}
			missing = missing && !ok
		}
		if v.loop() == "open" && (p.id == "requests" || p.id == "p50") {
			continue // which has both under names of its own
		}
		if missing {
			all = append(all, p.name)
		}
	}
	return list(all), nil
}

// has reports whether any testbed has the quantity.
func (v *view) has(id string) (bool, error) {
	q, err := quantityOf(id)
	if err != nil {
		return false, err
	}
	for _, t := range v.set.Testbeds() {
		if _, ok := q.Rows(v.set, t).Absolute().Overall().First(); ok {
			return true, nil
		}
	}
	return false, nil
}

// tally counts for every other testbed how many of the summary's quantities it does
// better or worse in than the baseline. Where nothing could be judged it is "".
func (v *view) tally() string {
	if v.untested() != "" {
		return ""
	}
	var all, without []string
	introduced := false // what is counted
	for _, t := range v.set.Others() {
		var better, worse, same, unsure int
		for _, q := range figure.Quantities {
			f, ok := q.Ratio(v.set, t)
			if !ok {
				continue
			}
			switch verdict := result.Judge(f); {
			case verdict == result.NotSeen:
				same++
			case verdict == result.Unsure:
				unsure++
			case (verdict == result.More) == q.More:
				better++
			default:
				worse++
			}
		}
		n := better + worse + same + unsure
		if n == 0 {
			continue
		}
		if unsure == n {
			without = append(without, v.name(t))
			continue
		}
		if n == 1 && unsure == 0 {
			how := "was not shown to differ from"
			switch {
			case better == 1:
				how = "did better than"
			case worse == 1:
				how = "did worse than"
			}
			all = append(all, fmt.Sprintf("In the only quantity compared %s %s %s.", v.name(t), how, v.name(v.set.Baseline())))
			continue
		}
		if same == n {
			all = append(all, fmt.Sprintf("In none of the %s quantities compared was %s shown to differ from %s.", numberWord(n), v.name(t), v.name(v.set.Baseline())))
			continue
		}
		text := fmt.Sprintf("Of the %s quantities compared, %s did better than %s in %s and worse in %s", numberWord(n), v.name(t),
			v.name(v.set.Baseline()), cases(better), cases(worse))
		if introduced {
			text = fmt.Sprintf("%s did better in %s of %s and worse in %s", capital(v.name(t)), cases(better), numberWord(n), cases(worse))
		}
		if same > 0 {
			text += fmt.Sprintf("; in %s no difference that counts could be shown", numberWord(same))
		}
		if unsure > 0 {
			text += fmt.Sprintf("; in %s there are too few runs to tell", numberWord(unsure))
		}
		all, introduced = append(all, text+"."), true
	}
	if len(without) > 0 {
		all = append(all, fmt.Sprintf("For %s no comparison rests on enough runs to tell better from worse.", list(without)))
	}
	return strings.Join(all, " ")
}

// farthest names for every other testbed the quantity in which it was shown to differ
// most from the baseline.
func (v *view) farthest() string {
	var all []string
	words := confidence
	for _, t := range v.set.Others() {
		far, title, ratio := 0.0, "", finding.Finding{}
		for _, q := range figure.Quantities {
			f, ok := q.Ratio(v.set, t)
			if verdict := result.Judge(f); !ok || f.Value <= 0 || verdict != result.More && verdict != result.Less {
				continue
			}
			if d := math.Abs(math.Log(float64(f.Value))); d > far {
				far, title, ratio = d, q.Phrase, f
			}
		}
		if title != "" {
			e, interval := quantity.NewEstimate(ratio), ""
			if span := e.Range(); span != "" {
				interval, words = ", "+words+span, ""
			}
			all = append(all, fmt.Sprintf("%s in the %s (%s times%s)", v.name(t), title, e.Value, interval))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf("Farthest from %s was %s.", v.name(v.set.Baseline()), clauses(all))
}

func cases(n int) string {
	if n == 0 {
		return "none"
	}
	return numberWord(n)
}

// pair sets a container against a para-virtualised testbed, as the paper of 2014 did:
// its LXC and its Xen where they were measured and may be compared.
type pair struct {
	Container, Para string
	Quotient        string // container over para-virtualised
	Evidence        string // how sure that is, in parentheses after a space, or ""
	More, Less      bool   // shown to be so for the container
}

func (v *view) pair(id string) (*pair, error) {
	q, err := quantityOf(id)
	if err != nil {
		return nil, err
	}
	c, a := v.representative(q, "container", "lxc")
	p, b := v.representative(q, "para-virtualisation", "xen")
	if c == "" || p == "" {
		return nil, nil
	}
	out := &pair{Container: v.name(c), Para: v.name(p), Quotient: quantity.Number(float64(a.Value / b.Value))}
	switch baseline := v.set.Baseline(); {
	case baseline == c || baseline == p: // compared directly
		f, ok := q.Ratio(v.set, p)
		if baseline == p {
			f, ok = q.Ratio(v.set, c)
		}
		if !ok {
			break
		}
		verdict := result.Judge(f)
		out.More, out.Less = verdict == result.More, verdict == result.Less
		if baseline == c {
			f.Value, f.Low, f.High = 1/f.Value, 1/f.High, 1/f.Low
			out.More, out.Less = out.Less, out.More
		}
		e := quantity.NewEstimate(f)
		out.Quotient, out.Evidence = e.Value, evidence(f, e, confidence)
	default:
		f := quotient(a, b)
		e := quantity.NewEstimate(f)
		out.Quotient, out.Evidence = e.Value, evidence(f, e, confidence)
		if f.Low.Present() && v.untested() == "" {
			out.More, out.Less = f.Low > 1, f.High < 1
		}
	}
	return out, nil
}

// representative returns the testbed of a class that stands for it in a comparison, and
// its value: the one of the technology of 2014, or else the first.
func (v *view) representative(q figure.Quantity, class, technology string) (testbed string, value finding.Finding) {
	for _, t := range v.set.Testbeds() {
		f, ok := q.Rows(v.set, t).Absolute().Overall().First()
		if v.class(t) != class || !ok || f.Value <= 0 || q.Speed && v.set.Emulated(t) {
			continue
		}
		if of2014 := v.sources.technologyOf(v.set, t).ID == technology; testbed == "" || of2014 {
			testbed, value = t, f
		}
	}
	return testbed, value
}
