package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"virtcmp/internal/finding"
	"virtcmp/internal/result"
)

// warning is a sentence of what to doubt, and the testbeds that it is about.
type warning struct {
	code     string
	testbeds []string // none: the campaign as a whole
	text     string

	experiments string // by their names in the findings
}

// warnings returns the warnings as sentences, those that say the same of several
// testbeds as one.
func (v *view) warnings() []warning {
	var all []warning
	for _, f := range v.set.Warnings() {
		text := v.warningText(f)
		found := false
		for i := range all {
			if all[i].text == text {
				found = true
				if f.Testbed != "" {
					all[i].testbeds = append(all[i].testbeds, f.Testbed)
				}
			}
		}
		if !found {
			w := warning{code: f.Note.Get("warning"), text: text}
			w.experiments = f.Note.Get("experiment")
			if f.Testbed != "" {
				w.testbeds = []string{f.Testbed}
			}
			all = append(all, w)
		}
	}
	// What is about all testbeds stands before what is about some, and what is of one kind together.
	place := map[string]int{}
	for i := range all {
		if n := len(all[i].testbeds); n == len(v.set.Testbeds()) {
			all[i].testbeds = nil
		}
		if _, ok := place[all[i].code]; !ok {
			place[all[i].code] = i
		}
	}
	slices.SortStableFunc(all, func(a, b warning) int {
		return cmp.Or(cmp.Compare(min(len(a.testbeds), 1), min(len(b.testbeds), 1)), cmp.Compare(place[a.code], place[b.code]))
	})
	return all
}

var experimentNames = map[string]string{
	"ramp": "ramp", "open": "open-loop ramp", "select": "SELECT", "insert": "INSERT", "isolation": "isolation", "startup": "start-up", "footprint": "memory",
}

// experimentList writes "ramp,select" as "ramp and SELECT".
func experimentList(names string) string {
	var all []string
	if names == "" {
		return "every experiment"
	}
	for name := range strings.SplitSeq(names, ",") {
		if known, ok := experimentNames[name]; ok {
			name = known
		}
		all = append(all, name)
	}
	return list(all)
}

// testbedName is what readers call a testbed that a label names.
func (v *view) testbedName(testbed string) string {
	if name, ok := v.names[testbed]; ok {
		return name
	}
	return testbed
}

// warningText says what a warning means, in plain text.
func (v *view) warningText(f finding.Finding) string {
	get := func(key string) string { return clip(f.Note.Get(key), 80) }
	// "in 2 of 5 runs", or of one run "in run 3".
	runs := func() string {
		if n, of := get("runs"), get("of"); n != "" && of != "" {
			return fmt.Sprintf("in %s of %s runs", n, of)
		}
		return "in a run"
	}
	experiments := experimentList(get("experiment"))
	differs := func(what string) string {
		return fmt.Sprintf("%s differs from that of %s: %s is %s, there %s.", what, v.testbedName(get("baseline")),
			factLabel(get("host"), get("key")), formatFact(get("key"), get("value")), formatFact(get("key"), get("baseline_value")))
	}
	code := get("warning")
	switch code {
	case finding.TooFewRuns:
		return fmt.Sprintf("%s: %s, too few for an interval; what stands there are readings.", capital(experiments), countRuns(get("runs")))
	case finding.FewRuns:
		return fmt.Sprintf("%s: %s each. Intervals of fewer than ten runs are wide, and rougher than they look.", capital(experiments), countRuns(get("runs")))
	case finding.NotInterleaved:
		return fmt.Sprintf("%s: not measured in turns. Of the pairs of runs of %s and %s, %s had %s first, so that a change of the machine in between would look like a difference.",
			capital(experiments), v.testbedName(get("first")), v.testbedName(get("then")), percent(get("share")), v.testbedName(get("first")))
	case finding.OrderUnknown:
		return fmt.Sprintf("%s: the order of %s was not recorded, so that nobody can tell whether testbeds were measured in turns.", capital(experiments), countRuns(get("runs")))
	case finding.GeneratorSaturated:
		return fmt.Sprintf("The load generator used %s of its processor time for ten seconds %s: there it measured itself.", percent(get("share")), runs())
	case finding.Disturbed:
		return fmt.Sprintf("%s: other machines on the same hardware took up to %s of this one’s processor time %s.", capital(experiments), percent(get("share")), runs())
	case finding.BusyHost:
		return fmt.Sprintf("%s: programs beside the guests and the load generator used up to %s of the machine’s processor time %s.", capital(experiments), percent(get("share")), runs())
	case finding.OffSchedule:
		return fmt.Sprintf("The number of users was off the schedule %s; at worst %s were active when %s were planned.", runs(), get("users"), get("planned"))
	case finding.IncompleteRun:
		switch get("experiment") {
		case "select":
			return fmt.Sprintf("SELECT: fewer queries than planned %s, at worst %s instead of %s.", runs(), get("queries"), get("planned"))
		case "insert":
			return fmt.Sprintf("INSERT: %s no batch beside %s stressors.", runs(), strings.ReplaceAll(get("stress"), ",", ", "))
		case "isolation":
			return fmt.Sprintf("Isolation: %s there are cells missing: %s.", runs(), strings.ReplaceAll(get("cells"), ",", ", "))
		}
		return fmt.Sprintf("The ramp ended early %s, after %s s of %s s at worst.", runs(), get("end"), get("planned"))
	case finding.LittleViolated:
		return fmt.Sprintf("Requests and users do not add up %s: by Little’s law, of each user %s requests were in flight where one was meant. Users paused, rows are missing, or the users were others.", runs(), get("ratio"))
	case finding.LostRows:
		return fmt.Sprintf("The closed loop has holes %s: for %s of the users’ time there is no request, most of it %s s after the start. Rows are missing, the users paused, or the load generator stood still.", runs(), percent(get("share")), get("time"))
	case finding.SamplingGap:
		return fmt.Sprintf("%s: %s there is no sample of the load generator’s counters for up to %s s. It or the machine stood still, its clock was set, or rows are missing.", capital(experiments), runs(), get("gap"))
	case finding.ClockStep:
		return fmt.Sprintf("%s: by the clock, run %s began %s s before the one before it had ended, of %s. The clock was set, or two were measured at once.", capital(experiments), get("run"), get("seconds"), v.testbedName(get("after")))
	case finding.TooFewLevels:
		passed := get("levels")
		if n, err := strconv.Atoi(passed); err == nil {
			passed = cases(n)
		}
		return fmt.Sprintf("%s service degraded or failed before the ramp had passed the six numbers of users that the scalability law needs; at worst it had passed %s.", capital(runs()), passed)
	case finding.KappaUnidentified:
		return "Throughput was not seen to fall with more users before any onset: where it peaks, and whether at all, is unknown."
	case finding.PoorFit:
		return fmt.Sprintf("Throughput does not follow the scalability law: it is %s off, in the mean. The law’s parameters describe it roughly at best.", percent(get("misfit")))
	case finding.LateSends:
		return fmt.Sprintf("Requests of the open loop were sent up to %s s late %s (99th percentile), so that the load was another than intended. Request times hold the delay.", get("lateness"), runs())
	case finding.IntendedUnknown:
		return fmt.Sprintf("Of %s requests of the open loop it is not known when they were to be sent, at worst, %s. Their times count from the real send and may hide how long the system stood still.", get("rows"), runs())
	case finding.DifferentCgroups:
		return differs("The place of control groups, on whose depth processor time depends,")
	case finding.DifferentKernels:
		return differs("The guests’ kernel")
	case finding.RecordedElsewhere:
		by := "another program"
		if tool := get("tool"); tool != "" {
			if name, ok := toolNames[tool]; ok {
				tool = name
			}
			by += ", " + tool
		}
		return fmt.Sprintf("Recorded by %s. How the testbed was set up, whether its guests were started afresh, and how testbeds took turns is not known.", by)
	case finding.CoarseTimes:
		return fmt.Sprintf("Another program recorded when requests ended, to %s s. Within that span they are spread evenly, in the order of its rows.", get("seconds"))
	case finding.OnlyQuantiles:
		return fmt.Sprintf("Of %s there are quantiles only, as another program printed them: which requests failed, and when they were sent, is not known.", countRuns(get("runs")))
	case finding.FailedProbes:
		return fmt.Sprintf("%s: %s measurements failed and are in no number.", capital(experiments), get("rows"))
	case finding.DuplicateRows:
		return fmt.Sprintf("%s rows were read twice %s.", get("rows"), runs())
	case finding.SoftwareEmulation:
		return "The processor was emulated in software. How the testbed behaves is the technology's, how fast it is the emulator's."
	case finding.DifferentLimits:
		return differs("A limit")
	case finding.DifferentVersions:
		return differs("The guests' software")
	case finding.DifferentStacks:
		return differs("What serves the application")
	case finding.DifferentHosts:
		return differs("The machine")
	case finding.DifferentLoad:
		return differs("The load")
	case finding.Demonstration:
		return "The application is a stand-in that the load generator serves itself."
	case finding.ClientOutside:
		return fmt.Sprintf("%s: statements were timed from outside the guest, so that the way into it counts too.", capital(experiments))
	case finding.NotAnalysed:
		return fmt.Sprintf("%s rows of the experiment “%s” were not analysed.", get("rows"), get("experiment"))
	}
	var more []string
	for k, value := range f.Note.All() {
		if k != "warning" {
			more = append(more, clip(k+" "+value, 80))
		}
	}
	text := fmt.Sprintf("The analysis warns of “%s”", code)
	if more = more[:min(len(more), 8)]; len(more) > 0 {
		text += " (" + strings.Join(more, ", ") + ")"
	}
	return text + "."
}

func countRuns(n string) string {
	if n == "1" {
		return "one run"
	}
	return n + " runs"
}

// percent writes a share such as 0.85 as 85 %.
func percent(share string) string {
	var v float64
	if _, err := fmt.Sscan(share, &v); err != nil {
		return share
	}
	return fmt.Sprintf("%.0f%s%%", v*100, nbsp)
}

// guestOrHost names what a fact is about.
func guestOrHost(host string) string {
	switch host {
	case result.App:
		return "application guest"
	case result.DB:
		return "database guest"
	case result.Generator:
		return "load"
	}
	return host
}
