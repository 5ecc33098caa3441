package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"virtcmp/internal/command"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// view is what templates see of the findings.
type view struct {
	options  Options
	set      *result.Set
	sources  *sources
	names    map[string]string
	material document.Material
	count    int // findings
}

// funcs are the functions of the templates. Strings they return are Markdown.
func (v *view) funcs() template.FuncMap {
	return template.FuncMap{
		// The paper.
		"title":       v.title,
		"author":      func() string { return document.Escape(v.options.Author) },
		"authors":     v.authors,
		"affiliation": func() string { return document.Escape(v.options.Affiliation) },
		"abstract":    v.abstract,
		"version":     func() string { return command.Version },
		"command":     v.command,
		"unplaced":    v.unplaced,
		"figure":      func(id string) bool { return v.material.Figures[id] != nil },
		"table":       func(id string) bool { return v.material.Tables[id] != nil },
		"capital":     capital,

		// The campaign.
		"names":           func() string { return cmp.Or(v.nameList(v.set.Testbeds()), "no testbed") },
		"baseline":        func() string { return v.name(v.set.Baseline()) },
		"others":          func() string { return v.nameList(v.set.Others()) },
		"several":         func() bool { return len(v.set.Others()) > 0 },
		"plural":          func() bool { return len(v.set.Testbeds()) > 1 },
		"demonstration":   v.set.Demonstration,
		"application":     v.application,
		"software":        v.software,
		"fact":            v.fact,
		"same":            v.same,
		"ramp":            v.ramp,
		"loop":            v.loop,
		"timeout":         v.timeout,
		"looked":          v.looked,
		"questions":       v.questions,
		"recordedBy":      v.recordedBy,
		"startedAfresh":   v.startedAfresh,
		"ratiosBeside":    v.ratiosBeside,
		"crowded":         func() bool { return len(v.set.Testbeds()) > mostBeside },
		"few":             func() bool { return len(v.set.Testbeds()) <= mostInBrief },
		"twoGuests":       v.twoGuests,
		"duration":        v.duration,
		"early":           v.early,
		"measured":        v.measured,
		"repetitions":     v.repetitions,
		"enoughRuns":      func() bool { return len(v.warned(finding.TooFewRuns)) == 0 },
		"interleaved":     v.interleaved,
		"warned":          func(code string) bool { return len(v.warned(code)) > 0 },
		"sharedMachine":   v.sharedMachine,
		"stressors":       v.stressors,
		"stressLevels":    v.stressLevels,
		"emulated":        v.emulated,
		"nested":          v.nested,
		"uses":            v.uses,
		"recordedVersion": func() string { return v.fact(result.Generator, "virtcmp_version") },
		"findingsCount":   func() string { return quantity.Digits(float64(v.count), 0) },

		// What was found.
		"has":         v.has,
		"values":      v.values,
		"compare":     v.compare,
		"brief":       v.brief,
		"untested":    v.untested,
		"floor":       v.floor,
		"onsets":      v.onsets,
		"later":       v.later,
		"agreement":   v.agreement,
		"aftermath":   v.aftermath,
		"lacking":     v.lacking,
		"timedOut":    v.timedOut,
		"missing":     v.missing,
		"pair":        v.pair,
		"neighbours":  v.neighbours,
		"suffering":   v.sufferings,
		"suffersMore": v.suffersMore,
		"cellCaption": v.cellCaption,
		"tally":       v.tally,
		"farthest":    v.farthest,
		"caption":     v.caption,
		"shown":       v.shown,
		"published":   v.published,
		"likewise":    v.likewise,
		"tail":        v.tail,
	}
}

func (v *view) title() string {
	if title := document.Escape(v.options.Title); title != "" {
		return title
	}
	var title string
	switch others := v.set.Others(); {
	case len(others) > 0:
		title = fmt.Sprintf("%s against %s:\\\nOne Web Application, %s Testbeds Compared",
			v.titleList(others), v.titleList([]string{v.set.Baseline()}), capital(numberWord(len(others)+1)))
	case len(v.set.Testbeds()) > 0:
		title = fmt.Sprintf("One Web Application on %s", v.titleList(v.set.Testbeds()))
		if subjects := v.subjects(); subjects != "" {
			title += ":\\\n" + subjects
		}
	default:
		title = "A Comparison of Isolation Technologies Without Measurements"
	}
	if v.set.Demonstration() {
		title = "A Demonstration: " + title
	}
	return title
}

// mostOfOne is how many testbeds of one technology a title names each.
const mostOfOne = 2

// titleList lists testbeds with capitals, many of one technology as that.
func (v *view) titleList(testbeds []string) string {
	of := map[string]int{}
	for _, t := range testbeds {
		of[v.sources.technologyOf(v.set, t).ID]++
	}
	var all []string
	for _, t := range testbeds {
		name := capital(v.name(t))
		if known := v.sources.technologyOf(v.set, t); of[known.ID] > mostOfOne {
			other := ""
			if base := v.set.Baseline(); !slices.Contains(testbeds, base) && v.sources.technologyOf(v.set, base).ID == known.ID {
				other = "Other "
			}
			name = fmt.Sprintf("%s in %s %sSet-ups", document.Escape(capital(known.Name)), capital(numberWord(of[known.ID])), other)
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return list(all)
}

var numberWords = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// numberWord writes a small number as a word.
func numberWord(n int) string {
	if n >= 0 && n < len(numberWords) {
		return numberWords[n]
	}
	return strconv.Itoa(n)
}

// application is what the testbeds run.
func (v *view) application() string {
	switch {
	case v.set.Demonstration():
		return "a small blog over an embedded database"
	case len(v.set.CampaignFacts(result.App, "software_wordpress")) > 0:
		return "WordPress on " + v.servers() + " and PHP"
	}
	return ""
}

// servers are the web servers that the testbeds run: one, or one or the other.
func (v *view) servers() string {
	nginx := len(v.set.CampaignFacts(result.App, "software_nginx")) > 0
	switch apache := len(v.set.CampaignFacts(result.App, "software_apache2")) > 0; {
	case nginx && apache:
		return "Apache or nginx"
	case nginx:
		return "nginx"
	}
	return "Apache"
}

// software is a sentence of what the guests run, where all run the same.
func (v *view) software() string {
	var all []string
	for _, p := range []struct{ host, key, name string }{
		{result.App, "software_apache2", "Apache"}, {result.App, "software_nginx", "nginx"}, {result.App, "software_php", "PHP"},
		{result.App, "software_wordpress", "WordPress"}, {result.DB, "software_mariadb", "MariaDB"},
	} {
		if !v.same(p.host, p.key) {
			continue
		}
		if version := upstream(v.set.CampaignFacts(p.host, p.key)[0]); version != "" {
			all = append(all, p.name+nbsp+version)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "The guests run " + list(all) + "."
}

const nbsp = "\u00a0"

// published returns what was published of analysis/name, or of a fact host/key, for
// the testbed. The unit of users is left to the text.
func (v *view) published(path, testbed string) (string, error) {
	analysis, name, _ := strings.Cut(path, "/")
	switch analysis {
	case result.Generator, result.Host, result.App, result.DB:
		if value := v.sources.published.Fact(testbed, analysis, name); value != "" {
			return document.Escape(formatFact(name, value)), nil
		}
	default:
		if f, ok := v.sources.published.Rows(analysis, testbed, name).First(); ok {
			unit := f.Unit
			if unit == finding.Users {
				unit = finding.Ratio // has no symbol
			}
			return document.Escape(quantity.Exact(float64(f.Value), unit)), nil
		}
	}
	return "", fmt.Errorf("nothing published of %s on %s", path, testbed)
}
