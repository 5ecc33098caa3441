package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/golden"
	"virtcmp/internal/result/resulttest"
)

// complete is a campaign that lacks nothing: with many runs, neighbours, and the same
// technology twice.
func complete() []finding.Finding {
	c := resulttest.First()
	c.Runs, c.Matrix = 10, true
	return append(c.Findings(), finding.Finding{Analysis: finding.Validity, Testbed: "uml", Name: "a_a", X: finding.None, Value: 0.02, Low: finding.None, High: finding.None,
		Unit: finding.Ratio, N: 6, Note: csvio.MakeLabels("pair", "native,uml", "quantity", "latency/p50")})
}

func TestCheck(t *testing.T) {
	of := func(change func(*resulttest.Campaign)) []finding.Finding {
		c := resulttest.First()
		c.Testbeds = slices.Clone(c.Testbeds)
		change(&c)
		return c.Findings()
	}
	without := func(testbed string, analyses ...string) []finding.Finding {
		return slices.DeleteFunc(resulttest.First().Findings(), func(f finding.Finding) bool { return f.Testbed == testbed && slices.Contains(analyses, f.Analysis) })
	}
	unknown := of(func(c *resulttest.Campaign) {
		c.Testbeds[2].Name, c.Testbeds[2].Technology = "zone\x1b[2J", "SmartOS zones"
	})
	for name, findings := range map[string][]finding.Finding{
		"complete":           complete(),
		"first":              resulttest.First().Findings(),
		"one-testbed":        of(func(c *resulttest.Campaign) { c.Testbeds, c.Baseline = c.Testbeds[1:2], "" }),
		"no-baseline":        slices.DeleteFunc(of(func(c *resulttest.Campaign) { c.Baseline = "" }), func(f finding.Finding) bool { return f.Baseline != "" || f.Name == "baseline" }),
		"no-sql":             of(func(c *resulttest.Campaign) { c.Without = []string{finding.Select, finding.Isolation} }),
		"no-ramp-on-one":     without("lxc", finding.Throughput, finding.Latency, finding.SwapOnset, finding.ErrorOnset, finding.Startup),
		"no-counters":        of(func(c *resulttest.Campaign) { c.Without = []string{finding.SwapOnset, finding.ErrorOnset} }),
		"one-run":            of(func(c *resulttest.Campaign) { c.Runs = 1 }),
		"no-facts":           of(func(c *resulttest.Campaign) { c.Without = []string{finding.Environment} }),
		"unknown-technology": unknown,
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			code, stdout, stderr := execute(t, asCSV(t, findings), "-check")
			if code != command.Done || stderr != "" {
				t.Fatalf("exit %d, %s", code, stderr)
			}
			if left := tree(t, "."); left != nil {
				t.Errorf("wrote %v", left)
			}
			if strings.ContainsAny(stdout, "\x1b\x00") {
				t.Errorf("control characters in %q", stdout)
			}
			golden.Compare(t, filepath.Join(here, "testdata", "check-"+name+".golden"), stdout)
		})
	}
}

// here is the directory of the tests.
var here = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()

// Broken input is no incomplete input.
func TestCheckBroken(t *testing.T) {
	good := findingsCSV(t)
	dir := t.TempDir()
	torn := filepath.Join(dir, "torn.csv")
	if err := os.WriteFile(torn, []byte(good[:len(good)-20]), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(good, "\n")
	for _, tc := range []struct {
		stdin string
		args  []string
		says  string
	}{
		{"", nil, "-: empty: no header row"},
		{strings.SplitAfter(good, "\n")[0], nil, "no findings"},
		{"", []string{torn}, torn},
		{"", []string{torn}, "torn row"},
		{strings.Replace(good, "\nthroughput,", "\n,", 1), nil, "-:"},
	} {
		code, stdout, stderr := execute(t, tc.stdin, append([]string{"-check"}, tc.args...)...)
		if code != command.Failed || stdout != "" || !strings.Contains(stderr, tc.says) {
			t.Errorf("exit %d, %q, %q, want %q (%d lines)", code, stdout, stderr, tc.says, lines)
		}
	}
}
