package stat

import "math"

// Cusum is Page's cumulative sum test for the share of failures in a sequence of
// trials (Page, Continuous inspection schemes, Biometrika 41, 1954). It sums the
// log-likelihood ratio of a failure share of Bad against one of Good, starting
// again from zero whenever the sum would be negative, and alarms when the sum
// reaches Limit. While the share is Good, false alarms are at least exp(Limit)
// trials apart in the mean (Lorden, Annals of Mathematical Statistics 42, 1971).
type Cusum struct {
	Good, Bad float64 // shares of failures, 0 < Good < Bad < 1
	Limit     float64

	sum, highest   float64 // highest since it last left zero
	failure, other float64 // what an outcome adds, once known
}

// Add takes the outcome of the next trial. began reports that the sum has left zero
// with it, alarm that the sum stands at or above the limit, and over that it has
// come back to zero.
func (c *Cusum) Add(failed bool) (began, alarm, over bool) {
	if c.failure == 0 {
		c.failure, c.other = math.Log(c.Bad/c.Good), math.Log((1-c.Bad)/(1-c.Good))
	}
	before := c.sum
	if failed {
		c.sum += c.failure
	} else {
		c.sum += c.other
	}
	// The cap lets a recovery show after as many successes, however long the failures went on.
	c.sum = min(max(c.sum, 0), 2*c.Limit)
	if began = before == 0 && c.sum > 0; began {
		c.highest = 0
	}
	c.highest = max(c.highest, c.sum)
	return began, c.sum >= c.Limit, before > 0 && c.sum == 0
}

// Peak reports whether the sum is as high as it has been since it last left zero. When
// it was so for the last time before it came back is the likeliest end of the failures.
func (c *Cusum) Peak() bool { return c.sum > 0 && c.sum >= c.highest }
