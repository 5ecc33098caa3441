package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"virtcmp/internal/finding"
	"virtcmp/internal/result"
)

// Gap is something that a complete paper has and the findings do not suffice for.
type Gap struct{ What, Remedy string }

// part is something that a complete paper tells of every testbed.
type part struct {
	id, name   string // of the quantity that stands for it, and what text calls it
	experiment string // that measures it
}

// parts are those that the text names where they are missing.
var parts = []part{
	{"requests", "throughput", "ramp"}, {"p50", "request times", "ramp"}, {"swap-users", "the onset of swapping", "counters"},
	{"select", "SELECT", "select"}, {"insert-stressed", "INSERTs under stress", "insert"}, {"startup", "the time to start", "startup"},
	{"memory", "host memory", "footprint"},
}

// measures is what to do for a part that is missing.
var measures = map[string]string{
	"ramp":      "Run the ramp there: ramp: {runs: 5} under experiments in the campaign's file.",
	"counters":  "Have the application guest's swap counters recorded during the ramp: collect does by itself; for driver static name its node_exporter, for other programs' files add the counters' rows.",
	"select":    "Add select: {runs: 5} to the campaign's experiments; for driver static it takes probe or dsn.",
	"insert":    "Add insert: {runs: 5, stress: [0, 1, 2, 4]} to the campaign's experiments; for driver static it takes probe or dsn.",
	"startup":   "Add startup: {runs: 5} to the campaign's experiments; collect has to start the guests itself.",
	"footprint": "Add footprint: {runs: 5} to the campaign's experiments; collect has to start the guests itself.",
	"isolation": "Add isolation: {runs: 5} to the campaign's experiments.",
	"operation": "Add operation: {runs: 5} to the campaign's experiments.",
}

// tells reports whether the findings tell the part of the testbed. An onset that never
// came was looked for.
func (v *view) tells(p part, testbed string) (bool, error) {
	q, err := quantityOf(p.id)
	if err != nil {
		return false, err
	}
	if _, ok := q.Rows(v.set, testbed).Absolute().Overall().First(); ok {
		return true, nil
	}
	if p.id == "swap-users" {
		for _, answer := range []string{"none", "unknown_after"} {
			if _, ok := v.onset("swap", testbed, answer); ok {
				return true, nil
			}
		}
	}
	return false, nil
}

// Check returns what the findings lack for a complete paper, and what to do about it. A
// paper can be made all the same, and names what is missing.
func (p *Paper) Check() ([]Gap, error) {
	v := p.view
	var all []Gap
	add := func(remedy, what string, args ...any) {
		all = append(all, Gap{printable(fmt.Sprintf(what, args...)), remedy})
	}
	v.checkTestbeds(add)
	if err := v.checkParts(add); err != nil {
		return nil, err
	}
	if err := v.checkRuns(add); err != nil {
		return nil, err
	}
	v.checkMatrix(add)
	v.checkVerdicts(add)
	v.checkFacts(add)
	v.checkTechnologies(add)
	if len(v.set.Sources()) == 0 {
		add("Give report the findings as analyze writes them, with the name, rows and SHA-256 of each file.", "No provenance: the findings do not name the raw data that they rest on.")
	}
	v.checkWarnings(add)
	return all, nil
}

type addGap func(remedy, what string, args ...any)

func (v *view) checkTestbeds(add addGap) {
	switch testbeds := v.set.Testbeds(); {
	case len(testbeds) == 0:
		add("Analyse measurements of two testbeds or more.", "No testbed: the findings are of none.")
	case len(testbeds) == 1:
		add("Measure a second testbed, and analyse both at once.", "Nothing to compare: %s is the only testbed.", v.names[testbeds[0]])
	case v.set.Baseline() == "":
		add("analyze -baseline NAME", "No baseline: none of %s is what the others are compared with.", list(v.called(testbeds)))
	}
	if len(v.set.Testbeds()) > 0 && len(v.set.Twins()) == 0 {
		add("Set one technology up twice: testbeds: [{name: lxc}, {name: lxc2, driver: lxc}].", "No pair of like testbeds (A/A): how far like testbeds lie apart here is not known, and the floor of what counts as a difference is the usual one.")
	}
}

// called returns the testbeds' names, without escapes.
func (v *view) called(testbeds []string) []string {
	var names []string
	for _, t := range testbeds {
		names = append(names, v.names[t])
	}
	return names
}

// checkParts looks for experiments that are missing.
func (v *view) checkParts(add addGap) error {
	type lack struct{ experiment, on, what string }
	var lacks []lack
	for _, p := range parts {
		var missing []string
		for _, t := range v.set.Testbeds() {
			ok, err := v.tells(p, t)
			if err != nil {
				return err
			}
			if !ok {
				missing = append(missing, t)
			}
		}
		if missing == nil {
			continue
		}
		on := v.on(missing)
		if n := len(lacks); n > 0 && lacks[n-1].experiment == p.experiment && lacks[n-1].on == on {
			lacks[n-1].what += " and " + p.name
			continue
		}
		lacks = append(lacks, lack{p.experiment, on, p.name})
	}
	for _, l := range lacks {
		add(measures[l.experiment], "Not measured on %s: %s.", l.on, l.what)
	}
	return nil
}

// on names the testbeds that something was not measured on.
func (v *view) on(testbeds []string) string {
	if len(testbeds) == len(v.set.Testbeds()) {
		return "any testbed"
	}
	return list(v.called(testbeds))
}

// leastRuns have an interval.
const leastRuns = 3

// checkRuns looks for experiments with too few runs, and names those together of which the
// same testbeds have the same number.
func (v *view) checkRuns(add addGap) error {
	type few struct {
		experiments []string
		on          string
		runs        int
	}
	var all []few
	var seen []string
	for _, p := range parts {
		if p.experiment == "counters" || slices.Contains(seen, p.experiment) {
			continue
		}
		seen = append(seen, p.experiment)
		q, err := quantityOf(p.id)
		if err != nil {
			return err
		}
		for n := 1; n < leastRuns; n++ {
			var some []string
			for _, t := range v.set.Testbeds() {
				if f, ok := q.Rows(v.set, t).Absolute().Overall().First(); ok && f.N == n {
					some = append(some, t)
				}
			}
			on := list(v.called(some))
			same := slices.IndexFunc(all, func(f few) bool { return f.runs == n && f.on == on })
			switch {
			case some == nil:
			case same >= 0:
				all[same].experiments = append(all[same].experiments, p.experiment)
			default:
				all = append(all, few{[]string{p.experiment}, on, n})
			}
		}
	}
	for _, f := range all {
		var names []string
		for _, e := range f.experiments {
			names = append(names, experimentNames[e])
		}
		add(fmt.Sprintf("runs: 5, or better 10, of %s in the campaign's file; then measure anew.", list(f.experiments)),
			"Too few runs of %s: %s on %s, where intervals take %s.", list(names), countRuns(strconv.Itoa(f.runs)), f.on, numberWord(leastRuns))
	}
	return nil
}

// checkMatrix looks for what tables and figures of their own show.
func (v *view) checkMatrix(add addGap) {
	var neighbours, operation []string
	for _, t := range v.set.Testbeds() {
		if len(v.cells(t)) == 0 {
			neighbours = append(neighbours, t)
		}
		if !v.set.Has(finding.Operation, t) {
			operation = append(operation, t)
		}
	}
	for _, m := range []struct {
		on               []string
		experiment, what string
	}{{neighbours, "isolation", "what neighbours suffer (the matrix of isolation)"}, {operation, "operation", "what operating it takes"}} {
		if m.on != nil {
			add(measures[m.experiment], "Not measured on %s: %s.", v.on(m.on), m.what)
		}
	}
}

// checkVerdicts counts the comparisons that have an interval but no verdict.
func (v *view) checkVerdicts(add addGap) {
	without := 0
	for _, q := range quantities() {
		for _, c := range v.comparisons(q) {
			if c.ratio.Note.Get("verdict") == finding.NoVerdict && c.ratio.Low.Present() {
				without++
			}
		}
	}
	if without > 0 {
		add("Five runs of each testbed, or better ten; more where many testbeds are compared.",
			"No verdict on %d of the comparisons: from so few runs no difference, however large, is significant.", without)
	}
}

// essentials are the facts that the paper's set-up rests on.
var essentials = []struct {
	host string
	keys []string
}{
	{result.Host, []string{"technology", "cpu_model", "cpus", "memory_bytes", "os", "kernel"}},
	{result.App, []string{"os", "kernel", "limit_memory_bytes"}},
	{result.DB, []string{"os", "kernel", "limit_memory_bytes"}},
	{result.Generator, []string{"virtcmp_version", "seed", "start_time", "trial", "loop", "ramp_from", "ramp_to", "ramp_over_seconds", "ramp_end_seconds", "ramp_timeout_seconds"}},
}

func (v *view) checkFacts(add addGap) {
	var order []string
	lacking := map[string][]string{} // testbeds, by the facts that they lack
	for _, t := range v.set.Testbeds() {
		var all []string
		known := false
		for _, e := range essentials {
			var missing []string
			for _, key := range e.keys {
				if v.set.Fact(t, e.host, key) == "" {
					missing = append(missing, key)
				}
			}
			known = known || len(missing) < len(e.keys)
			if missing != nil {
				all = append(all, e.host+" "+strings.Join(missing, ", "))
			}
		}
		what := strings.Join(all, "; ")
		if !known {
			what = "everything"
		}
		if what != "" && lacking[what] == nil {
			order = append(order, what)
		}
		if what != "" {
			lacking[what] = append(lacking[what], t)
		}
	}
	for _, what := range order {
		on := list(v.called(lacking[what]))
		const remedy = "collect records them; what it cannot know of driver static stands in its facts:, and of other programs' files in rows of environment_info (host=, key=, value=)."
		if what == "everything" {
			add(remedy, "No facts of %s: nothing was recorded of the environment.", on)
		} else {
			add(remedy, "Facts missing of %s: %s.", on, what)
		}
	}
}

// checkTechnologies looks for testbeds that the data files know nothing of.
func (v *view) checkTechnologies(add addGap) {
	var unknown, unjudged []string
	for _, t := range v.set.Testbeds() {
		id := v.sources.technologyOf(v.set, t).ID
		if _, ok := v.sources.technology(id); !ok {
			unknown = append(unknown, t)
		} else if !slices.ContainsFunc(v.sources.judgements, func(j judgement) bool { return j.Technology == id }) {
			unjudged = append(unjudged, t)
		}
	}
	if unknown != nil {
		add("Name it in the testbed's part of the campaign's file (technology: and class:), or add it to data/technologies.csv and data/flexibility.csv.",
			"Unknown technology: data/technologies.csv has none for %s.", list(v.called(unknown)))
	}
	if unjudged != nil {
		add("Add it to data/flexibility.csv.", "Not judged: data/flexibility.csv has nothing on the operation of %s.", list(v.called(unjudged)))
	}
}

// alike is the remedy for testbeds that differ in what should not.
const alike = "Set the testbeds up alike and measure anew, or let the paper say so: it is in its table of warnings."

// remedies are what can be done about a warning.
var remedies = map[string]string{
	finding.TooFewRuns:         "Five runs or more, better ten.",
	finding.FewRuns:            "Ten runs or more of each experiment.",
	finding.NotInterleaved:     "Measure all testbeds in one campaign, whose order collect shuffles.",
	finding.OrderUnknown:       "Measure with collect, which records the order, or add rows of trial to the observations' environment_info.",
	finding.GeneratorSaturated: "Fewer users, or a load generator with more processors or on a machine of its own.",
	finding.Disturbed:          "A quieter machine; max_steal in the campaign's file repeats disturbed trials.",
	finding.SoftwareEmulation:  "A machine whose processor virtualises: KVM in place of emulation.",
	finding.ClientOutside:      "Let the SQL probes run in the guest: probe in place of dsn.",
	finding.KappaUnidentified:  "A ramp to more users.",
	finding.TooFewLevels:       "A longer ramp from fewer users, or guests with more memory.",
	finding.Demonstration:      "Measure the real application: sudo make campaign.",
	finding.RecordedElsewhere:  "Measure with collect, or record the facts of the set-up in the observations.",
	finding.DuplicateRows:      "Give analyze each file once.",
	finding.IncompleteRun:      "Repeat the run.",
	finding.SamplingGap:        "Repeat the run on an idle machine.",
	finding.ClockStep:          "Repeat the run, with a clock that nobody sets meanwhile.",
	finding.DifferentLimits:    alike, finding.DifferentCgroups: alike, finding.DifferentKernels: alike, finding.DifferentVersions: alike,
	finding.DifferentStacks: alike, finding.DifferentHosts: alike, finding.DifferentLoad: alike,
}

// checkWarnings numbers the warnings of the analysis. Of the parts' experiments that have too
// few runs it was told before.
func (v *view) checkWarnings(add addGap) {
	n := 0
	for _, w := range v.warnings() {
		if w.code == finding.TooFewRuns && told(w.experiments) {
			continue
		}
		n++
		about := "all testbeds"
		if n := len(w.testbeds); n == 1 || n > 0 && n < len(v.set.Testbeds()) {
			about = list(v.called(w.testbeds))
		}
		remedy := remedies[w.code]
		if remedy == "" {
			remedy = "Repeat the runs concerned, or let the paper say so: it is in its table of warnings."
		}
		add(remedy, "Warning %d, of %s: %s", n, about, w.text)
	}
}

// told reports whether checkRuns looks at all of the experiments.
func told(experiments string) bool {
	for e := range strings.SplitSeq(experiments, ",") {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.experiment == e }) {
			return false
		}
	}
	return true
}

// printable makes a line of text for a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\u00a0' || unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
}
