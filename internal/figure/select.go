package figure

import "virtcmp/internal/finding"

// selectTime is Figure 7 of 2014: one SELECT from the application guest.
func selectTime(d *drawer) *Figure {
	return d.stripFigure(finding.Select, "median", "Median time of one SELECT", lessIsBetter)
}
