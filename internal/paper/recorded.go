package paper

import (
	"fmt"
	"slices"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/result"
)

// What is known of how testbeds were set up and loaded: the text claims no more.

// foreign reports whether another program recorded the testbed's load.
func (v *view) foreign(testbed string) bool {
	return v.set.Fact(testbed, result.Generator, "source_format") != ""
}

// toolNames are how programs spell themselves.
var toolNames = map[string]string{"jmeter": "JMeter"}

// recordedBy says which testbeds' load other programs recorded, or "".
func (v *view) recordedBy() string {
	var tools []string
	of := map[string][]string{}
	for _, t := range v.set.Testbeds() {
		if !v.foreign(t) {
			continue
		}
		tool := v.set.Fact(t, result.Generator, "source_tool")
		if !slices.Contains(tools, tool) {
			tools = append(tools, tool)
		}
		of[tool] = append(of[tool], t)
	}
	if len(tools) == 0 {
		return ""
	}
	var all []string
	for _, tool := range tools {
		who := "another program"
		if tool != "" {
			who = called(toolNames, tool)
		}
		format := "The load on %s was recorded by %s"
		if len(all) > 0 {
			format = "that on %s by %s"
		}
		all = append(all, fmt.Sprintf(format, v.nameList(of[tool]), who))
	}
	return clauses(all) + "; virtcmp only analysed it."
}

// startedAfresh reports whether virtcmp is known to have started the guests of every
// testbed for each run.
func (v *view) startedAfresh() bool {
	return len(v.set.Testbeds()) > 0 && !slices.ContainsFunc(v.set.Testbeds(), func(t string) bool {
		driver := v.set.Fact(t, result.Host, "driver")
		return driver == "" || driver == "static" || v.foreign(t)
	})
}

// twoGuests reports whether the application is known to have its database in a guest of
// its own.
func (v *view) twoGuests() bool {
	return slices.ContainsFunc(v.set.Names(finding.Environment), func(key string) bool { return len(v.set.CampaignFacts(result.DB, key)) > 0 })
}

// looked reports whether a regime's onset was looked for on any testbed, whatever was found.
func (v *view) looked(kind string) (bool, error) {
	if _, ok := regimes[kind]; !ok {
		return false, fmt.Errorf("no onset %q", kind)
	}
	return slices.ContainsFunc(v.set.Testbeds(), func(t string) bool {
		return slices.ContainsFunc([]string{"time", "none", "unknown_after"}, func(answer string) bool {
			_, ok := v.onset(kind, t, answer)
			return ok
		})
	}), nil
}

// loop is what the load was, "closed" or "open", "both", or "" where there was none: by
// what was found of it, or else by what was recorded.
func (v *view) loop() string {
	closed, open := false, false
	for _, t := range v.set.Testbeds() {
		closed = closed || v.set.Has(finding.Throughput, t) || v.set.Has(finding.Latency, t)
		open = open || v.set.Has(finding.OpenLoop, t)
	}
	switch {
	case closed && open:
		return "both"
	case closed:
		return "closed"
	case open:
		return "open"
	}
	return v.fact(result.Generator, "loop")
}

// questions lists what the campaign asks, for the abstract: of what was measured.
func (v *view) questions() (string, error) {
	var all []string
	for _, q := range []struct {
		ask func() (bool, error)
		say string
	}{
		{func() (bool, error) { return v.loop() != "", nil }, "what is served"},
		{func() (bool, error) { return v.looked("swap") }, "when the application guest begins to swap"},
		{func() (bool, error) { return v.looked("error") }, "when requests begin to fail"},
		{func() (bool, error) { return v.has("insert-stressed") }, "how database queries fare beside a busy processor"},
		{func() (bool, error) { rows, _ := v.set.Matrix(); return len(rows) > 0, nil }, "what a guest suffers from its neighbour"},
		{func() (bool, error) { return v.has("startup") }, "how long " + v.each() + " takes to start"},
		{func() (bool, error) { return v.has("memory") }, "how much memory it keeps"},
	} {
		ok, err := q.ask()
		if err != nil {
			return "", err
		}
		if ok {
			all = append(all, q.say)
		}
	}
	return list(all), nil
}

// each is what sentences call every one of the testbeds.
func (v *view) each() string {
	if len(v.set.Testbeds()) == 1 {
		return "the testbed"
	}
	return "each testbed"
}

// subjects are what the title names of a single testbed.
func (v *view) subjects() string {
	var all []string
	if v.loop() != "" {
		all = append(all, "Throughput")
	}
	if ok, _ := v.looked("swap"); ok {
		all = append(all, "Swapping")
	}
	if rows, _ := v.set.Matrix(); len(rows) > 0 {
		all = append(all, "Isolation")
	} else if ok, _ := v.has("slow-down"); ok {
		all = append(all, "Isolation")
	}
	return document.Escape(list(all))
}
