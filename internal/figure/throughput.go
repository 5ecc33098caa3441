package figure

import (
	"fmt"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// throughput is Figure 4 of 2014: the requests that succeeded in the whole run.
func throughput(d *drawer) *Figure {
	what := "Successful requests"
	if end := d.Set.Duration(); end > 0 {
		what = fmt.Sprintf("Successful requests in %s", quantity.Exact(end, finding.Seconds))
	}
	return d.stripFigure(finding.Throughput, "successful_requests", what, moreIsBetter)
}
