package result

import (
	"math"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// Verdict is what a ratio allows to be said.
type Verdict int

const (
	Unsure  Verdict = iota // too few runs to tell
	NotSeen                // no difference could be shown, or none that counts
	More                   // above 1
	Less                   // below 1
)

// Judge returns the analysis' verdict on a comparison. What has none, such as a
// degradation, is judged by its interval.
func Judge(ratio finding.Finding) Verdict {
	switch ratio.Note.Get("verdict") {
	case finding.NoVerdict:
		return Unsure
	case finding.Indistinguishable:
		return NotSeen
	case finding.Better, finding.Worse:
		switch {
		case ratio.Value > 1:
			return More
		case ratio.Value < 1:
			return Less
		}
		return NotSeen
	}
	switch {
	case !ratio.Low.Present() || !ratio.High.Present():
		return Unsure
	case ratio.Low > 1:
		return More
	case ratio.High < 1:
		return Less
	}
	return NotSeen
}

// P returns a comparison's p-value, corrected for the testbeds compared, if it was tested.
func P(ratio finding.Finding) (p float64, ok bool) {
	p, err := csvio.ParseFinite(ratio.Note.Get("p_holm"))
	return p, err == nil && p >= 0 && p <= 1
}

// Floor returns what a comparison had to exceed to count: 0.05 for a ratio of 1.05 or 1/1.05.
func Floor(ratio finding.Finding) (floor float64, ok bool) {
	floor, err := csvio.ParseFinite(ratio.Note.Get("floor"))
	return floor, err == nil && floor >= 0
}

// Twins are two testbeds that are the same technology set up alike.
type Twins struct {
	A, B     string
	Apart    float64 // the most that they differ by in a headline quantity: their ratio less 1
	Analysis string  // of that quantity
	Name     string
}

// Twins returns the campaign's pairs, by name.
func (s *Set) Twins() []Twins {
	var all []Twins
	for _, t := range s.testbeds {
		for _, f := range s.Rows(finding.Validity, t, "a_a") {
			a, b, _ := strings.Cut(f.Note.Get("pair"), ",")
			analysis, name, ok := strings.Cut(f.Note.Get("quantity"), "/")
			if apart := float64(f.Value); ok && b == t && apart >= 0 && !math.IsInf(apart, 0) {
				all = append(all, Twins{a, b, apart, analysis, name})
			}
		}
	}
	return all
}
