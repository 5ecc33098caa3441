package paper

import (
	"fmt"
	"strconv"

	"virtcmp/internal/result"
)

// level is the level of significance that the analysis tests at.
const level = 0.05

// untested says why no comparison of the campaign could be judged, and how many runs would
// be enough. It is "" if one could be, or if nothing was compared.
func (v *view) untested() string {
	runs, family := 0, 0 // the most that any comparison rests on, and the most testbeds corrected for
	for _, q := range quantities() {
		tested := 0
		for _, t := range v.set.Others() {
			ratio, ok := q.Rows(v.set, t).Compared(v.set.Baseline()).Overall().First()
			if !ok || !ratio.Value.Present() {
				continue
			}
			if result.Judge(ratio) != result.Unsure {
				return ""
			}
			runs, tested = max(runs, ratio.N), tested+1
		}
		family = max(family, tested)
	}
	if family == 0 {
		return ""
	}
	each, give := capital(numberWord(runs))+" runs of each testbed", "give"
	if runs == 1 {
		each, give = "One run of each testbed", "gives"
	}
	const readings = "The ratios here are therefore readings, and none is claimed as a difference."
	enough := enoughFor(family)
	least := leastP(runs, family)
	switch {
	case runs < 3:
		return fmt.Sprintf("%s %s neither an interval nor a test. %s %s runs of each would allow both.", each, give, readings, capital(numberWord(enough)))
	case least < level: // their notes say otherwise for a reason of their own
		return "No comparison rests on enough runs for a test. " + readings
	}
	corrected := ""
	if family > 1 {
		corrected = fmt.Sprintf(", corrected for %s comparisons,", numberWord(family))
	}
	return fmt.Sprintf("%s give intervals but are too few for a test: however far two testbeds lie apart, p%s cannot be less than %s. %s %s runs of each would be enough.",
		each, corrected, strconv.FormatFloat(least, 'g', 2, 64), readings, capital(numberWord(enough)))
}

// leastP is the least p-value of the two-sided permutation test of two testbeds of so many
// runs each, by Holm's method corrected for a family of such tests: one of the ways to
// part the runs in two, and its mirror image, are as extreme as can be.
func leastP(runs, family int) float64 {
	ways := 1.0 // to choose half of the runs
	for i := range runs {
		ways = ways * float64(2*runs-i) / float64(i+1)
	}
	return min(1, 2*float64(family)/ways)
}

// enoughFor is how many runs of each testbed can show a difference.
func enoughFor(family int) int {
	runs := 3
	for leastP(runs, family) >= level {
		runs++
	}
	return runs
}
