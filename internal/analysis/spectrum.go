package analysis

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

// quantileDuration is a quantile of the requests of a run that kept no requests: labels
// quantile=, from 0 to 1, and count=, the requests up to it.
const quantileDuration = "http_request_duration_quantile_seconds"

// spectrum is what is known of such a run: quantiles, in order.
type spectrum struct {
	runKey
	quantiles []point // x: the quantile, y: seconds
	requests  int
}

// spectra returns those of open loops.
func (c *campaign) spectra() []spectrum {
	var all []spectrum
	for _, run := range c.of(observation.Open) {
		s := spectrum{runKey: run.runKey}
		for _, series := range run.all(quantileDuration) {
			quantile, err := csvio.ParseFinite(series.labels.Get("quantile"))
			count, _ := strconv.Atoi(series.labels.Get("count"))
			if err == nil {
				s.quantiles = append(s.quantiles, point{quantile, slices.Max(series.values())})
				s.requests = max(s.requests, count)
			}
		}
		if len(s.quantiles) == 0 || len(run.requests) > 0 {
			continue // requests say more
		}
		slices.SortFunc(s.quantiles, func(a, b point) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
		all = append(all, s)
	}
	return all
}

// at returns the first known quantile from q on, which is that or a little more; NaN
// if there is none.
func (s spectrum) at(q float64) float64 {
	i, _ := slices.BinarySearchFunc(s.quantiles, q, func(p point, q float64) int { return cmp.Compare(p.x, q) })
	if i == len(s.quantiles) {
		return math.NaN()
	}
	return s.quantiles[i].y
}

// distributed returns the spectrum's quantiles as those of a run that kept its requests.
func (s spectrum) distributed() quantiles {
	var q quantiles
	for _, t := range tails {
		v := s.at(t.share)
		if math.IsNaN(v) || t.slower*float64(s.requests) < tailRequests {
			break
		}
		q.known = append(q.known, sample{point{t.share, v}, s.requests})
	}
	return q
}

// spectralLatencies adds what the spectra say.
func spectralLatencies(spectra []spectrum, q *quantities) {
	for _, s := range spectra {
		for _, w := range []struct {
			name string
			at   float64
		}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"max", 1}} {
			if v := s.at(w.at); !math.IsNaN(v) {
				q.plain(w.name, finding.Seconds).set(s.runKey, v, s.requests)
			}
		}
	}
}
