// Package campaign compares testbeds as configured: it plans the trials, runs each
// from a fresh start, and keeps what they yield in an archive.
package campaign

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"

	"virtcmp/internal/observation"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/workload"
)

// Config is a campaign's configuration; campaign.yaml holds it.
type Config struct {
	Name        string         `mapstructure:"name"`
	Seed        uint64         `mapstructure:"seed"`      // of the order of trials
	Baseline    string         `mapstructure:"baseline"`  // testbed that ratios are taken against
	Cache       string         `mapstructure:"cache"`     // directory for guest images
	HostSwap    testbed.Size   `mapstructure:"host_swap"` // swap space that the machine shall have
	Attempts    int            `mapstructure:"attempts"`  // at a trial, before it is given up
	MaxSteal    float64        `mapstructure:"max_steal"` // share of CPU time that other machines may take from this one, before a trial is repeated
	Guests      testbed.Guests `mapstructure:"guests"`    // limits of the two guests, the same on each testbed
	Stack       string         `mapstructure:"stack"`     // that serves the application, unless a testbed has its own
	Testbeds    []testbed.Spec `mapstructure:"testbeds"`
	Experiments Experiments    `mapstructure:"experiments"`
}

// Experiments are what is measured. One with no runs is left out.
type Experiments struct {
	Page      Page      `mapstructure:"page"`
	Ramp      Ramp      `mapstructure:"ramp"`
	Open      Open      `mapstructure:"open"`
	Select    Select    `mapstructure:"select"`
	Insert    Insert    `mapstructure:"insert"`
	Isolation Isolation `mapstructure:"isolation"`
	Startup   Startup   `mapstructure:"startup"`
	Footprint Footprint `mapstructure:"footprint"`
	Operation Operation `mapstructure:"operation"`
}

// Page is what users ask for.
type Page struct {
	Path    string        `mapstructure:"path"`
	Expect  string        `mapstructure:"expect"`  // text of a good page
	Timeout time.Duration `mapstructure:"timeout"` // of one request
}

// Ramp configures the closed loop.
type Ramp struct {
	Runs          int `mapstructure:"runs"`
	workload.Ramp `mapstructure:",squash"`
}

// Open configures the open loop.
type Open struct {
	Runs              int `mapstructure:"runs"`
	workload.OpenRamp `mapstructure:",squash"`
}

// Select configures the single queries.
type Select struct {
	Runs    int `mapstructure:"runs"`
	Queries int `mapstructure:"queries"` // a run
}

// Insert configures the batches beside stressors.
type Insert struct {
	Runs   int   `mapstructure:"runs"`
	Rows   int   `mapstructure:"rows"`   // a batch
	Stress []int `mapstructure:"stress"` // numbers of CPU stressors, a batch each
}

// Isolation configures the matrix of aggressors, in the application guest, and victims,
// in the other one.
type Isolation struct {
	Runs       int      `mapstructure:"runs"`
	Aggressors []string `mapstructure:"aggressors"` // classes of stress
	Victims    []string `mapstructure:"victims"`
	Stressors  int      `mapstructure:"stressors"` // of a class at once
	Queries    int      `mapstructure:"queries"`   // a measurement
	Batches    int      `mapstructure:"batches"`   // of INSERTs a measurement
	Rows       int      `mapstructure:"rows"`      // a batch
	Requests   int      `mapstructure:"requests"`  // a measurement
}

func (i Isolation) validate() error {
	var errs []error
	for _, list := range []struct {
		what         string
		named, known []string
	}{{"aggressor", i.Aggressors, workload.Aggressors}, {"victim", i.Victims, workload.Victims}} {
		if len(list.named) == 0 {
			errs = append(errs, fmt.Errorf("isolation without any %s", list.what))
		}
		for n, name := range list.named {
			if !slices.Contains(list.known, name) || slices.Contains(list.named[:n], name) {
				errs = append(errs, fmt.Errorf("isolation: %s %q: name each once, of %s", list.what, name, strings.Join(list.known, ", ")))
			}
		}
	}
	const most = 64 // that a guest starts
	if i.Stressors < 1 || i.Stressors > most {
		errs = append(errs, fmt.Errorf("isolation beside %d stressors: needs 1 to %d", i.Stressors, most))
	}
	if min(i.Queries, i.Batches, i.Rows, i.Requests) < 1 {
		errs = append(errs, fmt.Errorf("isolation of %d queries, %d batches of %d rows and %d requests: needs some of each", i.Queries, i.Batches, i.Rows, i.Requests))
	}
	return errors.Join(errs...)
}

// Startup configures the time to the first good page.
type Startup struct {
	Runs    int           `mapstructure:"runs"`
	Timeout time.Duration `mapstructure:"timeout"` // for the first page, in every experiment
}

// Footprint configures the memory of the idle testbed.
type Footprint struct {
	Runs   int           `mapstructure:"runs"`
	Settle time.Duration `mapstructure:"settle"` // between the first page and the measurement
}

// Operation configures what is done with a running testbed. The page cache of the
// machine is dropped for it: not by default.
type Operation struct {
	Runs int `mapstructure:"runs"`
}

// defaults are the 2014 paper's where it has any (Scheepers 2014, section 4).
var defaults = map[string]any{
	"name":      "campaign",
	"baseline":  "",
	"host_swap": "0B",
	"attempts":  3,
	"max_steal": 0.05,
	"stack":     guest.DefaultStack,

	"guests::app::memory": "2GiB", "guests::app::swap": "2GiB", "guests::app::cpus": 0.0, "guests::app::cpu_shares": 0,
	"guests::db::memory": "1GiB", "guests::db::swap": "1GiB", "guests::db::cpus": 0.0, "guests::db::cpu_shares": 0,

	"experiments::page::path": "/", "experiments::page::expect": "Hello world!", "experiments::page::timeout": "60s",
	"experiments::ramp::runs": 3, "experiments::ramp::from": 1, "experiments::ramp::to": 100,
	"experiments::ramp::over": "720s", "experiments::ramp::hold": "80s",
	"experiments::open::runs": 0, "experiments::open::from": 1.0, "experiments::open::to": 50.0,
	"experiments::open::over": "120s", "experiments::open::max_in_flight": 1000,
	"experiments::select::runs": 5, "experiments::select::queries": 1000,
	"experiments::insert::runs": 5, "experiments::insert::rows": 10000, "experiments::insert::stress": []int{0, 1, 2, 4},
	"experiments::isolation::runs": 0, "experiments::isolation::aggressors": workload.Aggressors, "experiments::isolation::victims": workload.Victims,
	"experiments::isolation::stressors": 2, "experiments::isolation::queries": 200, "experiments::isolation::batches": 5, "experiments::isolation::rows": 200, "experiments::isolation::requests": 100,
	"experiments::startup::runs": 5, "experiments::startup::timeout": "120s",
	"experiments::footprint::runs": 3, "experiments::footprint::settle": "5s",
	"experiments::operation::runs": 0,
}

// Load takes the configuration from v, whose keys that are no configuration but
// flags of the program are named. Keys that mean nothing are errors.
func Load(v *viper.Viper, flags ...string) (Config, error) {
	for key, value := range defaults {
		v.SetDefault(key, value)
	}
	settings := v.AllSettings()
	for _, f := range flags {
		delete(settings, f)
	}
	var c Config
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result: &c, ErrorUnused: true, WeaklyTypedInput: true, // the environment has only strings
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			mapstructure.TextUnmarshallerHookFunc(), mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(",")),
	})
	if err != nil {
		return c, err
	}
	if err := decoder.Decode(settings); err != nil {
		return c, err
	}
	if err := c.validate(); err != nil {
		return c, err
	}
	for i := range c.Testbeds {
		t := &c.Testbeds[i]
		t.Guests = inherit(t.Guests, c.Guests)
		t.Stack = cmp.Or(t.Stack, c.Stack)
	}
	return c, nil
}

// inherit fills a testbed's limits in from the campaign's.
func inherit(own, common testbed.Guests) testbed.Guests {
	if own.App == (testbed.Limits{}) {
		own.App = common.App
	}
	if own.DB == (testbed.Limits{}) {
		own.DB = common.DB
	}
	return own
}

// nameForm keeps names usable in file names, labels and figures.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// foreign are the drivers of applications that collect does not install.
var foreign = []string{"process", "static"}

func (c *Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	stack := func(key, name string) {
		if known := guest.Stacks(); !slices.Contains(known, name) {
			bad("%s: no %q; there are %s", key, name, strings.Join(known, ", "))
		}
	}
	if !nameForm.MatchString(c.Name) {
		bad("name %q: use lower-case letters, digits, dots and dashes", c.Name)
	}
	if c.Attempts < 1 {
		bad("attempts %d: needs at least 1", c.Attempts)
	}
	if c.MaxSteal < 0 || c.MaxSteal > 1 {
		bad("max_steal %v: is a share, from 0 to 1", c.MaxSteal)
	}
	seen := map[string]bool{}
	for _, t := range c.Testbeds {
		switch {
		case !nameForm.MatchString(t.Name):
			bad("testbed name %q: use lower-case letters, digits, dots and dashes", t.Name)
		case seen[t.Name]:
			bad("testbed %q is there twice", t.Name)
		}
		seen[t.Name] = true
		if d := t.CgroupDepth; d != nil && (*d < 0 || *d > testbed.MostCgroupDepth) {
			bad("testbed %q: cgroup_depth %d: from 0 to %d", t.Name, *d, testbed.MostCgroupDepth)
		}
		if t.Stack == "" {
			continue
		}
		if driver := drivers.Name(t); slices.Contains(foreign, driver) {
			bad("testbed %q: stack %s: the %s driver takes an application as it is; a stack is for guests that collect makes", t.Name, t.Stack, driver)
		}
		stack(fmt.Sprintf("testbed %q: stack", t.Name), t.Stack)
	}
	stack("stack", c.Stack)
	if c.Baseline != "" && !seen[c.Baseline] {
		bad("baseline %q is not among the testbeds", c.Baseline)
	}
	e := c.Experiments
	if e.Ramp.Runs > 0 {
		errs = append(errs, e.Ramp.Validate())
	}
	if e.Open.Runs > 0 {
		errs = append(errs, e.Open.Validate())
	}
	if e.Page.Timeout <= 0 || e.Startup.Timeout <= 0 {
		bad("page and startup timeouts must be positive")
	}
	if !strings.HasPrefix(e.Page.Path, "/") {
		bad("page path %q: must begin with /", e.Page.Path)
	}
	if e.Select.Runs > 0 && e.Select.Queries < 1 {
		bad("select with %d queries", e.Select.Queries)
	}
	if e.Insert.Runs > 0 && (e.Insert.Rows < 1 || len(e.Insert.Stress) == 0 || slices.Min(e.Insert.Stress) < 0) {
		bad("insert of %d rows beside %v stressors", e.Insert.Rows, e.Insert.Stress)
	}
	if e.Isolation.Runs > 0 {
		errs = append(errs, e.Isolation.validate())
	}
	return errors.Join(errs...)
}

// Choose keeps the testbeds of that name, in this order. A name that the
// configuration does not have stands for the driver of that name as it is.
func (c *Config) Choose(names []string) {
	var chosen []testbed.Spec
	for _, name := range names {
		i := slices.IndexFunc(c.Testbeds, func(s testbed.Spec) bool { return s.Name == name })
		if i >= 0 {
			chosen = append(chosen, c.Testbeds[i])
		} else {
			chosen = append(chosen, testbed.Spec{Name: name, Guests: c.Guests, Stack: c.Stack})
		}
	}
	c.Testbeds = chosen
	if c.Baseline != "" && !slices.Contains(names, c.Baseline) {
		c.Baseline = ""
	}
}

// runs says how often each experiment is repeated.
func (e Experiments) runs() map[string]int {
	n := map[string]int{
		observation.Ramp: e.Ramp.Runs, observation.Open: e.Open.Runs,
		observation.Select: e.Select.Runs, observation.Insert: e.Insert.Runs, observation.Isolation: e.Isolation.Runs,
		observation.Startup: e.Startup.Runs, observation.Footprint: e.Footprint.Runs,
		observation.Operation: e.Operation.Runs,
	}
	maps.DeleteFunc(n, func(_ string, runs int) bool { return runs <= 0 })
	return n
}
