package analysis

import (
	"slices"
	"strings"

	"virtcmp/internal/finding"
)

// softwareEmulation warns of times under an emulated processor, which are the emulator's.
func softwareEmulation(c *campaign, r *report) {
	for _, testbed := range c.testbeds {
		if v, _ := c.facts.lookup(testbed, host, "accelerator"); v == "tcg" {
			r.warn(testbed, finding.SoftwareEmulation, c.count(testbed), "accelerator", v)
		}
	}
}

// demonstration warns of the embedded application in place of the real one.
func demonstration(c *campaign, r *report) {
	for _, testbed := range c.testbeds {
		if v, _ := c.facts.lookup(testbed, generator, "demonstration"); v == "yes" {
			r.warn(testbed, finding.Demonstration, c.count(testbed))
		}
	}
}

// differences warns of what should be the same for testbeds that are compared, and is not.
func differences(c *campaign, r *report) {
	for _, row := range c.facts.all() {
		warning := mustAgree(row)
		if warning == "" || row.testbed == c.baseline {
			continue
		}
		if row.key == "image_digest" && !c.sameStack(row.testbed) { // each stack has an image of its own
			continue
		}
		var theirs []string // what the baseline's fact says, in the same experiment
		for says := range c.facts[subject{c.baseline, row.host, row.key}] {
			if says.experiment == row.experiment {
				theirs = append(theirs, says.value)
			}
		}
		if len(theirs) > 0 && !slices.Contains(theirs, row.value) {
			r.warn(row.testbed, warning, len(row.runs), "host", row.host, "key", row.key, "value", row.value, "baseline", c.baseline, "baseline_value", slices.Min(theirs))
		}
	}
}

// guestKernels warns of guests of the same class of isolation with different kernels:
// between classes they differ by nature.
func guestKernels(c *campaign, r *report) {
	of := func(testbed, guest string) string {
		v, _ := c.facts.lookup(testbed, guest, "kernel")
		return v
	}
	first := map[string]string{} // testbed that others of its class are compared with: the baseline if it is one
	for _, testbed := range append([]string{c.baseline}, c.testbeds...) {
		class, ok := c.facts.lookup(testbed, host, "class")
		if !ok {
			continue
		}
		if first[class] == "" {
			first[class] = testbed
		}
		for _, guest := range []string{app, db} { // which nearly always have the same
			theirs, own := of(first[class], guest), of(testbed, guest)
			if testbed != c.baseline && theirs != "" && own != "" && own != theirs {
				r.warn(testbed, finding.DifferentKernels, c.count(testbed), "host", guest, "key", "kernel", "value", own, "baseline", first[class], "baseline_value", theirs, "class", class)
				break
			}
		}
	}
}

const stackFact = "stack"

// sameStack reports whether the testbed's application is served as the baseline's is,
// as far as recorded.
func (c *campaign) sameStack(testbed string) bool {
	theirs, _ := c.facts.lookup(c.baseline, app, stackFact)
	own, _ := c.facts.lookup(testbed, app, stackFact)
	return own == theirs
}

// mustAgree returns what to warn of where a fact differs from the baseline's, or "".
func mustAgree(f fact) string {
	switch f.host {
	case app, db:
		switch {
		case f.key == stackFact:
			return finding.DifferentStacks
		case strings.HasPrefix(f.key, "limit_") || f.key == "cpu_shares":
			return finding.DifferentLimits
		case f.key == "cgroup_parent":
			return finding.DifferentCgroups
		case strings.HasPrefix(f.key, "software_") || f.key == "image_digest" || f.key == "os":
			return finding.DifferentVersions
		}
	case host:
		switch f.key {
		case "kernel", "os", "cpu_model", "cpus", "memory_bytes", "swap_bytes":
			return finding.DifferentHosts
		}
	case generator:
		if strings.HasPrefix(f.key, "ramp_") || f.key == "loop" || f.key == "insert_rows" || strings.HasPrefix(f.key, "isolation_") || f.key == "virtcmp_version" {
			return finding.DifferentLoad
		}
	}
	return ""
}
