package analysis

import "slices"

// mostPoints is how many points a thinned series has at most, all runs of a testbed together.
const mostPoints = 4000

// thin returns at most budget of the points, which are in order of x: all of them if
// they are as few, else the first, lowest, highest and last of each of budget/4
// equal spans of x, so that a line through them is drawn, pixel for pixel, as one
// through all (Jugel et al., M4: a visualization-oriented time series data
// aggregation, PVLDB 7, 2014). Every extreme is kept.
// They are in memory of their own.
func thin(points []point, budget int) []point {
	spans := budget / 4
	if len(points) <= budget {
		return slices.Clone(points)
	}
	if spans < 1 {
		return nil
	}
	start := points[0].x
	width := (points[len(points)-1].x - start) / float64(spans)
	kept := make([]point, 0, budget)
	for span, first := 1, 0; first < len(points); span++ {
		low, high, next := first, first, first
		for next < len(points) && (span == spans || points[next].x < start+float64(span)*width) {
			if points[next].y < points[low].y {
				low = next
			}
			if points[next].y > points[high].y {
				high = next
			}
			next++
		}
		if next == first {
			continue // nothing in this span
		}
		last := -1
		for _, i := range [...]int{first, min(low, high), max(low, high), next - 1} {
			if i != last {
				kept = append(kept, points[i])
			}
			last = i
		}
		first = next
	}
	return kept
}

// budget returns how many points of a thinned series one run of a testbed may have.
func (c *campaign) budget(ramps []*ramp, testbed string) int {
	runs := 0
	for _, p := range ramps {
		if p.testbed == testbed {
			runs++
		}
	}
	return mostPoints / max(runs, 1)
}
