package result

import (
	"slices"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// Hosts that facts are about.
const (
	Generator = "generator" // the machine that makes the load, and the campaign
	Host      = "host"      // the machine that runs the guests
	App       = "app"       // the application guest
	DB        = "db"        // the database guest
)

// Source is a file that was analysed.
type Source struct {
	File   string
	SHA256 string
	Rows   int
}

// Facts returns every value the fact has for the testbed, sorted; most have one,
// but a fact of each trial, such as its start time, has one for each.
func (s *Set) Facts(testbed, host, name string) []string {
	var values []string
	for _, f := range s.Rows(finding.Environment, testbed, name) {
		if f.Note.Get("host") == host {
			values = append(values, f.Note.Get("value"))
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// Fact returns the fact's first value for the testbed, or "".
func (s *Set) Fact(testbed, host, name string) string {
	if values := s.Facts(testbed, host, name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// OperationFact begins the keys of the facts that say what a testbed can't do.
const OperationFact = "operation_"

// CampaignFacts returns every value the fact has for any testbed, sorted.
func (s *Set) CampaignFacts(host, name string) []string {
	var values []string
	for k, rows := range s.index {
		if k.analysis != finding.Environment || k.name != name {
			continue
		}
		for _, f := range rows {
			if f.Note.Get("host") == host {
				values = append(values, f.Note.Get("value"))
			}
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// CampaignNumber returns the largest number among the values of a fact that ought
// to be the same for every testbed, such as the length of the ramp.
func (s *Set) CampaignNumber(host, name string) (float64, bool) {
	best, found := 0.0, false
	for _, text := range s.CampaignFacts(host, name) {
		if v, err := csvio.ParseFinite(text); err == nil && (!found || v > best) {
			best, found = v, true
		}
	}
	return best, found
}

// Ramp is the load's schedule: From users at the start, To from Over seconds on,
// until End.
type Ramp struct {
	From, To  int
	Over, End float64 // seconds
}

// Ramp returns the schedule the campaign recorded, if it did.
func (s *Set) Ramp() (Ramp, bool) {
	var r Ramp
	known := true
	number := func(name string) float64 {
		v, ok := s.CampaignNumber(Generator, name)
		known = known && ok
		return v
	}
	r.From, r.To = int(number("ramp_from")), int(number("ramp_to"))
	r.Over, r.End = number("ramp_over_seconds"), number("ramp_end_seconds")
	return r, known && r.To >= r.From && r.Over > 0 && r.End > 0
}

// Users returns how many virtual users are active t seconds into the ramp.
func (r Ramp) Users(t float64) int {
	steps := float64(r.To - r.From + 1)
	return min(r.From+int(t*steps/r.Over), r.To)
}

// Start returns when the n-th virtual user starts, the inverse of Users.
func (r Ramp) Start(users float64) float64 {
	return (users - float64(r.From)) * r.Over / float64(r.To-r.From+1)
}

// Duration is how long the ramp lasted in seconds: as the campaign recorded it, or
// else until the last point of any series.
func (s *Set) Duration() float64 {
	if r, ok := s.Ramp(); ok {
		return r.End
	}
	if end, ok := s.CampaignNumber(Generator, "ramp_end_seconds"); ok {
		return end
	}
	last := 0.0
	for k, rows := range s.index {
		if k.analysis == finding.Latency {
			for _, f := range rows {
				if f.X.Present() {
					last = max(last, float64(f.X))
				}
			}
		}
	}
	return last
}

// Warnings returns the validity warnings, for each testbed and for the whole.
func (s *Set) Warnings() Rows {
	var all Rows
	for _, t := range append([]string{""}, s.testbeds...) {
		all = append(all, s.Rows(finding.Validity, t, "warning")...)
	}
	return all
}

// Sources returns the files that were analysed, by name.
func (s *Set) Sources() []Source {
	var all []Source
	for k, rows := range s.index {
		if k.analysis != finding.Environment || k.name != "source" {
			continue
		}
		for _, f := range rows {
			src := Source{File: f.Note.Get("file"), SHA256: f.Note.Get("sha256")}
			if f.Value.Present() {
				src.Rows = int(f.Value)
			}
			all = append(all, src)
		}
	}
	slices.SortFunc(all, compareSources)
	return slices.Compact(all)
}

func compareSources(a, b Source) int {
	return slices.Compare([]string{a.File, a.SHA256, strconv.Itoa(a.Rows)}, []string{b.File, b.SHA256, strconv.Itoa(b.Rows)})
}

// Emulated reports whether the testbed's processor was emulated in software, so that
// its times are the emulator's.
func (s *Set) Emulated(testbed string) bool { return s.Fact(testbed, Host, "accelerator") == "tcg" }

// Demonstration reports whether the campaign measured the embedded stand-in and
// not the real application.
func (s *Set) Demonstration() bool {
	return slices.Contains(s.CampaignFacts(Generator, "demonstration"), "yes")
}
