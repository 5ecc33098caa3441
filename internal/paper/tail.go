package paper

import (
	"fmt"
	"math"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// tail says how long the slowest requests took: beyond the 99th percentile, and as far
// out as every testbed's distribution goes.
func (v *view) tail() string {
	const beyond = 0.99
	farthest := math.Inf(1)
	var measured []string
	for _, t := range v.set.Testbeds() {
		if xs := v.set.Rows(finding.Latency, t, "quantile").Absolute().Overall().Xs(); len(xs) > 0 {
			farthest = min(farthest, xs[len(xs)-1])
			measured = append(measured, t)
		}
	}
	if len(measured) == 0 || farthest <= beyond {
		return ""
	}
	var all []string
	for _, t := range measured {
		if f, ok := v.set.Rows(finding.Latency, t, "quantile").Absolute().Overall().At(farthest).First(); ok {
			all = append(all, v.name(t)+" "+quantity.NewEstimate(f).WithUnit())
		}
	}
	return fmt.Sprintf("One request in %s took longer than this: %s.", quantity.Digits(math.Round(1/(1-farthest)), 0), list(all))
}
