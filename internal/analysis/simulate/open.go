package simulate

import (
	"container/heap"
	"math"
	"strconv"

	"virtcmp/internal/observation"
)

// Open is the schedule of an open loop: the rate of arrivals grows from From to To
// requests a second within Over seconds, where the run ends.
type Open struct {
	From, To, Over float64
	InFlight       int // requests at most; beyond, sending is late
}

// Intended returns when request n, from 0, is due: where the integral of the rate reaches n.
func (o Open) Intended(n int) float64 {
	grows := (o.To - o.From) / o.Over
	return 2 * float64(n) / (o.From + math.Sqrt(o.From*o.From+2*grows*float64(n)))
}

// ends is a heap of when requests in flight end.
type ends []float64

func (e ends) Len() int           { return len(e) }
func (e ends) Less(i, j int) bool { return e[i] < e[j] }
func (e ends) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *ends) Push(x any)        { *e = append(*e, x.(float64)) }
func (e *ends) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}

// open runs the open loop: requests are due whatever became of earlier ones, wait to be
// sent while too many are in flight, and for a first-come-first-served core, all of
// which stand still from Stall on for StallFor seconds.
func (t *trial) open() {
	noise := t.bed.Noise
	if noise == nil {
		noise = Lognormal(0.3)
	}
	factor := math.Exp(t.bed.Spread * t.rng.NormFloat64())
	free := make([]float64, t.bed.Cores)
	var flying ends
	for n := 0; ; n++ {
		due := t.Open.Intended(n)
		sent := due
		if len(flying) >= t.Open.InFlight {
			sent = max(due, heap.Pop(&flying).(float64))
		}
		if due >= t.Open.Over || sent >= t.Open.Over {
			return
		}
		core := 0
		for i := range free {
			if free[i] < free[core] {
				core = i
			}
		}
		start := max(sent, free[core])
		if start >= t.bed.Stall && start < t.bed.Stall+t.bed.StallFor {
			start = t.bed.Stall + t.bed.StallFor
		}
		done := start + t.bed.Service*factor*noise(t.rng)
		free[core] = done
		heap.Push(&flying, done)
		code := "200"
		if done > t.Open.Over {
			code, done = observation.CodeUnfinished, t.Open.Over
		}
		lateness := math.Round((sent-due)*1e6) / 1e6
		t.add(observation.Open, "http_request_duration_seconds", sent, math.Round((done-sent)*1e9)/1e9, observation.NoUsers, code,
			"lateness", strconv.FormatFloat(lateness, 'f', 6, 64))
	}
}
