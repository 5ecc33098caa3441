package analysis

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// fact is something known of a testbed.
type fact struct {
	testbed, host, key, value string
	experiment                string       // of a fact that each trial has its own of
	more                      csvio.Labels // further labels, as they came
}

// facts holds the runs that each fact was recorded in.
type facts map[fact]map[int]bool

const environmentInfo = "environment_info"

func (f facts) observe(o *observation.Observation) {
	if o.Metric != environmentInfo {
		return
	}
	row := fact{testbed: o.Testbed}
	for k, v := range o.Labels.All() {
		switch k {
		case "host":
			row.host = v
		case "key":
			row.key = v
		case "value":
			row.value = v
		case "experiment":
			row.experiment = v
		default:
			row.more = row.more.With(k, v)
		}
	}
	if row.key == "" {
		return
	}
	runs, ok := f[row]
	if !ok {
		runs = map[int]bool{}
		f[row.clone()] = runs
	}
	runs[o.Run] = true
}

// clone cuts the fact loose from the rows that it came in.
func (f fact) clone() fact {
	for _, s := range []*string{&f.testbed, &f.host, &f.key, &f.value, &f.experiment, (*string)(&f.more)} {
		*s = strings.Clone(*s)
	}
	return f
}

// all returns the facts in order.
func (f facts) all() []fact {
	return slices.SortedFunc(maps.Keys(f), func(a, b fact) int {
		return cmp.Or(cmp.Compare(a.testbed, b.testbed), cmp.Compare(a.host, b.host), cmp.Compare(a.key, b.key),
			cmp.Compare(a.value, b.value), cmp.Compare(a.experiment, b.experiment), cmp.Compare(a.more, b.more))
	})
}

// lookup returns what a testbed's fact says, and whether there is such a fact. Where
// runs disagree, most runs decide, then the value that comes first.
func (f facts) lookup(testbed, host, key string) (value string, ok bool) {
	most := 0
	for row, runs := range f {
		if row.testbed == testbed && row.host == host && row.key == key && (len(runs) > most || len(runs) == most && row.value < value) {
			value, most = row.value, len(runs)
		}
	}
	return value, most > 0
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

// trial returns the value of a fact that each trial has its own of.
func (f facts) trial(key string, r runKey) (string, bool) {
	for row, runs := range f {
		if row.key == key && row.testbed == r.testbed && row.experiment == r.experiment && runs[r.number] {
			return row.value, true
		}
	}
	return "", false
}

// order returns the trial's number in the campaign.
func (f facts) order(r runKey) (int, bool) {
	text, ok := f.trial("trial", r)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
