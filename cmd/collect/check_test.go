package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"virtcmp/internal/command"
	"virtcmp/internal/testbed/drivers"
)

// TestList has a line for each driver, and the columns stand under each other.
func TestList(t *testing.T) {
	code, stdout, stderr := collect(context.Background(), "-list")
	if code != command.Done || stderr != "" {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	lines := strings.Split(stdout, "\n")
	column := strings.Index(lines[0], "runs here")
	for _, d := range drivers.All {
		i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, d.Name+" ") })
		if i < 0 || !strings.Contains(lines[i], " "+d.Technology+" ") || !strings.Contains(lines[i], " "+d.Class+" ") {
			t.Errorf("%s is not listed", d.Name)
			continue
		}
		switch answer := lines[i][column:]; {
		case answer == "yes":
		case !strings.HasPrefix(answer, "no: "):
			t.Errorf("%s runs here: %s", d.Name, answer)
		}
		if runsAnywhere := d.Name == "static" || d.Name == "process"; runsAnywhere && lines[i][column:] != "yes" {
			t.Errorf("%s", lines[i])
		}
	}
}

// TestListRemedy says what to install where a technology's programs are not found.
func TestListRemedy(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	code, stdout, _ := collect(context.Background(), "-list")
	if code != command.Done || !strings.Contains(stdout, "no: lxc-start not found\n") ||
		!strings.Contains(stdout, "      apt-get install --no-install-recommends lxc\n") {
		t.Errorf("exit code %d: %s", code, stdout)
	}
}

func TestCheck(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // so that the guests of no technology can be made
	for _, tc := range []struct {
		name   string
		config string
		code   int
		want   []string // lines of the report, without repeated blanks; of stderr after "!"
		not    string
	}{
		{"all can run", `
name: mine
baseline: b
testbeds:
  - {name: process}
  - {name: b, driver: static, static: {url: 'http://127.0.0.1', technology: Xen 4.17, class: para-virtualisation, accelerator: xen}}
experiments:
  ramp:      {runs: 2, from: 1, to: 5, over: 10s, hold: 10s}
  select:    {runs: 0}
  insert:    {runs: 0}
  startup:   {runs: 0}
  footprint: {runs: 0}
`, command.Done, []string{
			"campaign mine: 4 trials, about 2m40s",
			"b static Xen 4.17 yes", "process process the embedded demonstration yes",
			"b (baseline) process", "class para-virtualisation none", "accelerator xen none", "stack - =",
			"= as b's; - not set by collect",
		}, "!"},
		{"one can't", `
testbeds: [{name: process}, {name: lxc}, {name: far, driver: static}]
`, command.Failed, []string{
			"lxc lxc LXC no: lxc-start not found", "apt-get install --no-install-recommends lxc",
			"far static an application anywhere no: static.url is not set",
			"collect: 2 of 3 testbeds can't run here: lxc, far",
		}, "optional"},
		{"one need not", `
testbeds: [{name: process}, {name: lxc, optional: true}]
`, command.Done, []string{
			"campaign campaign: 21 trials, about 47m0s",
			"lxc lxc LXC no: lxc-start not found (optional, left out)",
		}, "1 of"},
		{"limits and stacks", `
guests: {app: {memory: 208MiB, swap: 768MiB, cpus: 1}}
testbeds:
  - {name: native}
  - {name: big, driver: lxc, guests: {app: {memory: 1GiB, swap: 768MiB, cpus: 1, cpu_shares: 512}}}
  - {name: nginx, driver: uml, stack: nginx-fpm}
`, command.Failed, []string{
			"native big nginx", "stack apache = nginx-fpm !", "cgroup parent /virtcmp = =", "network 10.77.0.0/24 = =",
			"app memory 208 MiB 1.0 GiB ! =", "app swap 768 MiB = =", "app cpus 1 = =", "app cpu_shares default 512 ! =", "db memory 1.0 GiB = =",
			"= as native's; - not set by collect; ! differs by this configuration, and the paper will warn of it",
		}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := collect(context.Background(), "-check", "-config", write(t, tc.config))
			if code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
			report := strings.Split(stdout+stderr, "\n")
			for i, line := range report {
				report[i] = strings.Join(strings.Fields(line), " ")
			}
			for _, want := range tc.want {
				if !slices.Contains(report, want) {
					t.Errorf("no line %q in\n%s", want, stdout+stderr)
				}
			}
			if tc.not != "" && strings.Contains(stdout+stderr, tc.not) {
				t.Errorf("%q in\n%s", tc.not, stdout+stderr)
			}
		})
	}
}
