package campaign_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/viper"

	"virtcmp/internal/campaign"
	"virtcmp/internal/command"
	"virtcmp/internal/observation"
	"virtcmp/internal/testbed"
)

func load(t *testing.T, text string) (campaign.Config, error) {
	t.Helper()
	v := viper.NewWithOptions(viper.KeyDelimiter(command.KeyDelimiter))
	v.SetConfigType("yaml")
	if err := v.ReadConfig(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return campaign.Load(v)
}

func TestDefaultsAreThePapers(t *testing.T) {
	c, err := load(t, "testbeds: [{name: lxc}]")
	if err != nil {
		t.Fatal(err)
	}
	r := c.Experiments.Ramp
	if r.From != 1 || r.To != 100 || r.Over != 720*time.Second || r.End() != 800*time.Second {
		t.Errorf("ramp %+v", r)
	}
	g := c.Testbeds[0].Guests
	if g.App.Memory != 2<<30 || g.DB.Memory != 1<<30 {
		t.Errorf("guests %+v", g)
	}
	if want := []int{0, 1, 2, 4}; !reflect.DeepEqual(c.Experiments.Insert.Stress, want) || c.Experiments.Insert.Rows != 10000 {
		t.Errorf("insert %+v", c.Experiments.Insert)
	}
}

func TestLoad(t *testing.T) {
	c, err := load(t, `
name: mine
stack: nginx-fpm
guests: {app: {memory: 192MiB, cpus: 1}}
testbeds:
  - name: lxc
  - name: big
    driver: lxc
    stack: apache
    guests: {app: {memory: 1GiB}}
  - name: far
    driver: static
    static: {url: http://10.0.0.5, node_exporter: {app: http://10.0.0.5:9100/metrics}}
experiments:
  ramp: {to: 60, over: 2m}
`)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "mine" || c.Experiments.Ramp.To != 60 || c.Experiments.Ramp.Over != 2*time.Minute || c.Experiments.Ramp.From != 1 {
		t.Errorf("%+v", c)
	}
	if got := c.Testbeds[0].Guests.App; got.Memory != 192<<20 || got.CPUs != 1 || got.Swap != 2<<30 {
		t.Errorf("lxc inherits %+v", got)
	}
	if got := c.Testbeds[1].Guests; got.App != (testbed.Limits{Memory: 1 << 30}) || got.DB.Memory != 1<<30 {
		t.Errorf("big has its own limits: %+v", got)
	}
	if got := c.Testbeds[2].Static; got.URL != "http://10.0.0.5" || got.NodeExporter["app"] == "" {
		t.Errorf("static %+v", got)
	}
	if got := []string{c.Testbeds[0].Stack, c.Testbeds[1].Stack}; !reflect.DeepEqual(got, []string{"nginx-fpm", "apache"}) {
		t.Errorf("stacks %v", got)
	}
	c.Choose([]string{"far", "uml"})
	if len(c.Testbeds) != 2 || c.Testbeds[0].Static.URL == "" || c.Testbeds[1].Name != "uml" || c.Testbeds[1].Guests.App.Memory != 192<<20 || c.Testbeds[1].Stack != "nginx-fpm" {
		t.Errorf("chosen %+v", c.Testbeds)
	}
}

func TestLoadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"ramps: {runs: 1}":                                       "ramps",
		"experiments: {ramp: {users: 5}}":                        "users",
		"experiments: {ramp: {from: 0}}":                         "needs at least 1",
		"experiments: {ramp: {over: soon}}":                      "over",
		"guests: {app: {memory: much}}":                          "memory",
		"name: My Campaign":                                      "lower-case",
		"testbeds: [{name: a}, {name: a}]":                       "there twice",
		"testbeds: [{name: ../a}]":                               "lower-case",
		"baseline: xen":                                          "not among the testbeds",
		"experiments: {insert: {stress: []}}":                    "insert",
		"experiments: {open: {runs: 1, from: 0.5}}":              "needs at least 1",
		"experiments: {page: {path: index.php}}":                 "must begin with /",
		"stack: tomcat":                                          `stack: no "tomcat"; there are apache, nginx-fpm`,
		"testbeds: [{name: lxc, stack: nginx}]":                  `testbed "lxc": stack: no "nginx"; there are apache, nginx-fpm`,
		"testbeds: [{name: process, stack: apache}]":             "takes an application as it is",
		"attempts: 0":                                            "attempts",
		"testbeds: [{name: a, static: {urls: http://10.0.0.1}}]": "urls",
	} {
		if _, err := load(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}

func specs(names ...string) []testbed.Spec {
	var s []testbed.Spec
	for _, n := range names {
		s = append(s, testbed.Spec{Name: n})
	}
	return s
}

func TestPlan(t *testing.T) {
	e := campaign.Experiments{}
	e.Ramp.Runs, e.Select.Runs = 4, 2
	beds := specs("a", "b", "c")
	trials := campaign.Plan(e, beds, 7)
	if len(trials) != 3*4+3*2 {
		t.Fatalf("%d trials", len(trials))
	}
	seen := map[string]bool{}
	block := 0
	orders := map[string]bool{}
	var ramps string
	for i, trial := range trials {
		if trial.Order != i+1 || seen[trial.Name()] {
			t.Errorf("trial %d is %+v", i, trial)
		}
		seen[trial.Name()] = true
		if trial.Run < block {
			t.Errorf("%s comes after block %d", trial.Name(), block)
		}
		if trial.Run > block {
			block = trial.Run
			ramps = ""
		}
		if trial.Experiment == observation.Ramp {
			ramps += trial.Testbed
			if len(ramps) == 3 {
				orders[ramps] = true
			}
		}
	}
	if len(orders) < 2 {
		t.Errorf("every block has the same order: %v", orders)
	}
	if !reflect.DeepEqual(trials, campaign.Plan(e, beds, 7)) {
		t.Error("the same seed gives another order")
	}
	if reflect.DeepEqual(trials, campaign.Plan(e, beds, 8)) {
		t.Error("another seed gives the same order")
	}
	if campaign.Plan(campaign.Experiments{}, beds, 7) != nil {
		t.Error("nothing to measure, but trials")
	}
}

func observe(o campaign.Output, trial campaign.Trial) error {
	rows, err := o.Begin(trial)
	if err != nil {
		return err
	}
	if err := rows.Write(observation.Observation{Testbed: trial.Testbed, Run: trial.Run, Experiment: trial.Experiment, Metric: "m", Value: 1}); err != nil {
		return err
	}
	return rows.Commit(campaign.Entry{Experiment: trial.Experiment, Testbed: trial.Testbed, Run: trial.Run, Attempts: 1})
}

func TestArchive(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	first := campaign.Trial{Order: 1, Experiment: "ramp", Testbed: "lxc", Run: 1}
	second := campaign.Trial{Order: 2, Experiment: "ramp", Testbed: "uml", Run: 1}
	a, err := campaign.OpenArchive(dir, []byte("name: x\n"), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := observe(a, first); err != nil {
		t.Fatal(err)
	}
	rows, err := a.Begin(second) // a trial that fails
	if err != nil {
		t.Fatal(err)
	}
	if err := rows.Abort(); err != nil {
		t.Fatal(err)
	}
	if _, err := campaign.OpenArchive(dir, []byte("name: x\n"), true); err == nil || !strings.Contains(err.Error(), "another collect") {
		t.Errorf("two collects at once: %v", err)
	}
	a.Close()

	if _, err := campaign.OpenArchive(dir, []byte("name: x\n"), false); err == nil || !strings.Contains(err.Error(), "-resume") {
		t.Errorf("overwriting: %v", err)
	}
	if _, err := campaign.OpenArchive(dir, []byte("name: y\n"), true); err == nil || !strings.Contains(err.Error(), "differs") {
		t.Errorf("another configuration: %v", err)
	}
	a, err = campaign.OpenArchive(dir, []byte("name: x\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Has(first) || a.Has(second) || len(a.Entries()) != 1 || a.Entries()[0].Rows != 1 {
		t.Errorf("entries %+v", a.Entries())
	}
	if err := observe(a, second); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if left, _ := filepath.Glob(filepath.Join(dir, "observations", "*.partial")); left != nil {
		t.Errorf("left over: %v", left)
	}

	file := filepath.Join(dir, a.Entries()[0].File)
	if err := os.Truncate(file, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := campaign.OpenArchive(dir, []byte("name: x\n"), true); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a damaged file: %v", err)
	}
}

// TestGuests goes on with the same image, and not with another.
func TestGuests(t *testing.T) {
	was := testbed.Manifest{Stack: "apache", Recipe: "r", Digest: "sha256:1", OS: "Debian 12", Packages: map[string]string{"php": "8.2", "apache2": "2.4.61", "mawk": "1"}}
	change := func(how func(*testbed.Manifest)) map[string]testbed.Manifest {
		is := was
		is.Digest, is.Packages = "sha256:2", maps.Clone(was.Packages)
		how(&is)
		return map[string]testbed.Manifest{"apache": is}
	}
	same := map[string]testbed.Manifest{"apache": was}
	for _, tc := range []struct {
		name  string
		now   map[string]testbed.Manifest
		fresh bool // nothing is measured yet
		want  string
	}{
		{name: "the same", now: same},
		{name: "a further stack", now: map[string]testbed.Manifest{"apache": was, "nginx-fpm": {Digest: "sha256:3"}}},
		{name: "no guests of ours", now: nil},
		{name: "packages", now: change(func(m *testbed.Manifest) {
			m.Packages["apache2"], m.Packages["nginx"] = "2.4.62", "1.22"
			delete(m.Packages, "mawk")
		}), want: "apache2 2.4.62 instead of 2.4.61, mawk 1 is gone, nginx 1.22 is new; nothing is lost"},
		{name: "templates", now: change(func(m *testbed.Manifest) { m.Recipe = "s" }), want: "the recipe is another one"},
		{name: "release", now: change(func(m *testbed.Manifest) { m.OS = "Debian 13" }), want: "operating system Debian 13 instead of Debian 12"},
		{name: "built anew", now: change(func(*testbed.Manifest) {}), want: "built anew, of the same packages"},
		{name: "another before anything is measured", now: change(func(m *testbed.Manifest) { m.Recipe = "s" }), fresh: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a")
			a, err := campaign.OpenArchive(dir, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Guests(same); err != nil {
				t.Fatal(err)
			}
			if !tc.fresh {
				if err := observe(a, campaign.Trial{Order: 1, Experiment: "ramp", Testbed: "lxc", Run: 1}); err != nil {
					t.Fatal(err)
				}
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			if a, err = campaign.OpenArchive(dir, nil, true); err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			before, _ := os.ReadFile(filepath.Join(dir, "guests.json"))
			err = a.Guests(tc.now)
			if got := fmt.Sprint(err); tc.want == "" && err != nil || !strings.Contains(got, tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
			if after, _ := os.ReadFile(filepath.Join(dir, "guests.json")); err != nil && !bytes.Equal(before, after) {
				t.Errorf("refused, and yet written: %s", after)
			}
		})
	}
}

func TestIsolation(t *testing.T) {
	const testbed = "testbeds: [{name: lxc, cgroup_depth: 2, guests: {app: {cpuset: '0-1,3', pids: 200}}}]\n"
	c, err := load(t, testbed)
	if err != nil {
		t.Fatal(err)
	}
	i := c.Experiments.Isolation
	if i.Runs != 0 || len(i.Aggressors) != 5 || len(i.Victims) != 3 || i.Stressors != 2 {
		t.Errorf("defaults %+v", i)
	}
	spec := c.Testbeds[0]
	if spec.CgroupDepth == nil || *spec.CgroupDepth != 2 || spec.Guests.App.CPUSet != "0-1,3" || spec.Guests.App.PIDs != 200 {
		t.Errorf("testbed %+v", spec)
	}
	if c.Experiments.Isolation.Runs = 2; len(campaign.Plan(c.Experiments, c.Testbeds, 1)) != 23 {
		t.Errorf("plan %v", campaign.Plan(c.Experiments, c.Testbeds, 1))
	}
	for _, tc := range []struct{ text, want string }{
		{"runs: 1, aggressors: [cpu, spite]", `aggressor "spite"`},
		{"runs: 1, aggressors: [cpu, cpu]", "name each once"},
		{"runs: 1, victims: []", "without any victim"},
		{"runs: 1, stressors: 0", "0 stressors"},
		{"runs: 1, stressors: 65", "65 stressors"},
		{"runs: 1, requests: 0", "0 requests"},
		{"runs: 0, stressors: 0", ""}, // left out, whatever it says
	} {
		_, err := load(t, "testbeds: [{name: lxc}]\nexperiments: {isolation: {"+tc.text+"}}")
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.text, err, tc.want)
		}
	}
	for _, bad := range []string{"{name: lxc, cgroup_depth: 9}", "{name: lxc, cgroup_depth: -1}", "{name: lxc, guests: {app: {cpuset: all}}}", "{name: lxc, guests: {app: {cpuset: '0-'}}}"} {
		if _, err := load(t, "testbeds: ["+bad+"]"); err == nil {
			t.Errorf("%s passes", bad)
		}
	}
}
