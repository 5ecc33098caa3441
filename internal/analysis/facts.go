package analysis

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// Hosts that facts and counters speak of.
const (
	generator = "generator" // sends the load
	host      = "host"      // runs the guests
	app       = "app"       // guest: the application
	db        = "db"        // guest: its database
)

// facts holds what is known of the testbeds, and in which runs it was recorded.
type facts map[subject]map[statement]map[int]bool

// subject is what a fact is about.
type subject struct{ testbed, host, key string }

// statement is what a fact says.
type statement struct {
	value      string
	experiment string       // of a fact that each trial has its own of
	more       csvio.Labels // further labels, as they came
}

const environmentInfo = "environment_info"

func (f facts) observe(o *observation.Observation) {
	if o.Metric != environmentInfo {
		return
	}
	about, says := subject{testbed: o.Testbed}, statement{}
	for k, v := range o.Labels.All() {
		switch k {
		case "host":
			about.host = v
		case "key":
			about.key = v
		case "value":
			says.value = v
		case "experiment":
			says.experiment = v
		default:
			says.more = says.more.With(k, v)
		}
	}
	if about.key == "" {
		return
	}
	if f[about] == nil {
		clone(&about.testbed, &about.host, &about.key)
		f[about] = map[statement]map[int]bool{}
	}
	if f[about][says] == nil {
		clone(&says.value, &says.experiment, (*string)(&says.more))
		f[about][says] = map[int]bool{}
	}
	f[about][says][o.Run] = true
}

// add adds what others are known.
func (f facts) add(others facts) {
	for about, statements := range others {
		if f[about] == nil {
			f[about] = map[statement]map[int]bool{}
		}
		for says, runs := range statements {
			if f[about][says] == nil {
				f[about][says] = map[int]bool{}
			}
			maps.Copy(f[about][says], runs)
		}
	}
}

// fact is a subject and one statement about it.
type fact struct {
	subject
	statement
	runs map[int]bool // that it was recorded in
}

// all returns the facts in order.
func (f facts) all() []fact {
	var all []fact
	for about, statements := range f {
		for says, runs := range statements {
			all = append(all, fact{about, says, runs})
		}
	}
	slices.SortFunc(all, func(a, b fact) int {
		return cmp.Or(cmp.Compare(a.testbed, b.testbed), cmp.Compare(a.host, b.host), cmp.Compare(a.key, b.key),
			cmp.Compare(a.value, b.value), cmp.Compare(a.experiment, b.experiment), cmp.Compare(a.more, b.more))
	})
	return all
}

// lookup returns what a testbed's fact says, and whether there is such a fact. Where
// runs disagree, most runs decide, then the value that comes first.
func (f facts) lookup(testbed, host, key string) (value string, ok bool) {
	runs := map[string]int{}
	for says, in := range f[subject{testbed, host, key}] {
		runs[says.value] += len(in)
	}
	for _, v := range slices.Sorted(maps.Keys(runs)) {
		if !ok || runs[v] > runs[value] {
			value, ok = v, true
		}
	}
	return value, ok
}

// number returns the value of a testbed's numerical fact.
func (f facts) number(testbed, host, key string) (float64, bool) {
	text, ok := f.lookup(testbed, host, key)
	if !ok {
		return 0, false
	}
	v, err := csvio.ParseFinite(text)
	return v, err == nil
}

// trial returns the generator's fact about the trial that a run is of.
func (f facts) trial(key string, r runKey) (string, bool) {
	var found []string
	for says, runs := range f[subject{r.testbed, generator, key}] {
		if says.experiment == r.experiment && runs[r.number] {
			found = append(found, says.value)
		}
	}
	if len(found) == 0 {
		return "", false
	}
	return slices.Min(found), true
}

// order returns the trial's number in the campaign.
func (f facts) order(r runKey) (int, bool) {
	text, _ := f.trial("trial", r)
	n, err := strconv.Atoi(text)
	return n, err == nil
}
