package result

import "virtcmp/internal/finding"

// Verdict is what a ratio's interval allows to be said.
type Verdict int

const (
	Unsure  Verdict = iota // no interval: too few runs
	NotSeen                // the interval holds 1: no difference could be shown
	More                   // the whole interval lies above 1
	Less                   // the whole interval lies below 1
)

// Judge reads the verdict off a comparison.
func Judge(ratio finding.Finding) Verdict {
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
