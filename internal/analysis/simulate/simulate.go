// Package simulate makes the observations of campaigns whose truth is known, for
// the tests of the analyses: closed ramps against a queueing model that saturates,
// begins to swap and fails at given numbers of users, and the other experiments
// with given means.
package simulate

import (
	"bytes"
	"math"
	"math/rand/v2"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// Never is the number of users for what does not happen.
const Never = math.MaxInt

// Campaign is what is simulated.
type Campaign struct {
	Seed     uint64
	Baseline string // recorded as a fact; empty: none
	Testbeds []Testbed
	Runs     int
	Ramp     Ramp
	Probes   bool // SELECT, INSERT, startup and footprint too
	Open     Open // an open loop too, if it has a rate
	Blocked  bool // all runs of one testbed, then all of the next

	Truth func(testbed string, run int, onset float64) // where it is set, told of every run's onset of swapping in seconds, or +Inf
}

// Ramp is the schedule of a closed ramp.
type Ramp struct {
	From, To           int
	Over, End, Timeout float64 // seconds
}

// Users returns how many virtual users are active t seconds after the start.
func (r Ramp) Users(t float64) int {
	return min(r.From+int(t*float64(r.To-r.From+1)/r.Over), r.To)
}

// Begin returns when the schedule first has that many users.
func (r Ramp) Begin(users int) float64 {
	return float64(users-r.From) * r.Over / float64(r.To-r.From+1)
}

// Testbed is one testbed's truth.
type Testbed struct {
	Name    string
	Service float64 // mean seconds of one core for a page, unhindered
	Cores   int
	Noise   Noise   // of a request's service time; nil: Lognormal(0.3)
	Spread  float64 // sigma of the runs' lognormal factors
	Wander  float64 // sigma of a slow autocorrelated factor within a run

	Contention float64 // service time grows by this share a user, long before memory runs short
	Drift      float64 // service time has grown by this share by the end of the run, whatever the load

	// With Sigma and Kappa, and no Cores, every user has a core of its own, and so many users
	// slow down what is being served at each moment that throughput follows the Universal
	// Scalability Law. Where it is Frozen, only what is sent at that moment: those who join
	// later slow down nothing that is being served, so that throughput lags behind the law.
	Sigma, Kappa float64
	Frozen       bool

	Stall, StallFor float64 // seconds: in the open loop, nothing is served from then on for so long

	SwapUsers  int     // swapping begins when there are this many users
	Thrash     float64 // service time grows by 1 + (users beyond SwapUsers / Thrash)^Growth; 0: by 12
	Growth     float64 // 0: 1.5
	Step       float64 // service time grows by this share as soon as swapping begins
	ErrorUsers int     // one answer in three is an error from this many users on
	Failures   float64 // share of answers that are errors before
	OwnKernel  bool    // counters from the guest's kernel, not from its cgroup
	Silence    float64 // mean seconds that a guest's kernel says nothing for, from long (six times that) before it swaps; 0: never
	Background float64 // pages a second that are swapped for no reason, on average

	Select, Insert float64         // seconds
	Stress         map[int]float64 // factor on Insert by number of stressors
	FirstPage      float64         // seconds
	ImageSize      float64         // bytes
	Memory         float64         // bytes of the idle testbed

	Facts [][3]string // host, key, value beyond those of every testbed
}

// First returns a campaign in the manner of native, lxc and uml on one small host:
// 1 to 60 users in 120 seconds, five runs each.
func First(seed uint64) Campaign {
	return Campaign{
		Seed: seed, Baseline: "native", Runs: 5, Probes: true,
		Ramp: Ramp{From: 1, To: 60, Over: 120, End: 140, Timeout: 30},
		Testbeds: []Testbed{
			{
				Name: "native", Service: 0.0150, Cores: 2, Spread: 0.02, Wander: 0.04,
				SwapUsers: 44, ErrorUsers: Never,
				Select: 31e-6, Insert: 1.9, Stress: map[int]float64{1: 1.6, 2: 2.5, 4: 3.2},
				FirstPage: 0.6, ImageSize: 657e6, Memory: 233e6,
				Facts: [][3]string{{"host", "technology", "native"}, {"host", "class", "none"}, {"host", "accelerator", "none"}},
			},
			{
				Name: "lxc", Service: 0.0153, Cores: 2, Spread: 0.02, Wander: 0.04,
				SwapUsers: 43, ErrorUsers: 57,
				Select: 33e-6, Insert: 2.0, Stress: map[int]float64{1: 1.7, 2: 2.6, 4: 3.4},
				FirstPage: 1.3, ImageSize: 657e6, Memory: 240e6,
				Facts: [][3]string{{"host", "technology", "lxc"}, {"host", "class", "container"}, {"host", "accelerator", "none"}, {"host", "software_lxc", "5.0.2"}},
			},
			{
				Name: "uml", Service: 0.062, Cores: 1, Spread: 0.03, Wander: 0.05, OwnKernel: true,
				SwapUsers: 33, ErrorUsers: Never,
				Select: 850e-6, Insert: 9.5, Stress: map[int]float64{1: 1.1, 2: 1.6, 4: 2.2},
				FirstPage: 6.5, ImageSize: 1.2e9, Memory: 447e6,
				Facts: [][3]string{{"host", "technology", "uml"}, {"host", "class", "para-virtualisation"}, {"host", "accelerator", "uml"}, {"host", "software_uml", "6.1.0-2um"}},
			},
		},
	}
}

// Scaling returns a testbed whose throughput follows the Universal Scalability Law with
// these parameters and that never swaps, with the ramp that shows it.
func Scaling(lambda, sigma, kappa float64, noise Noise) (Testbed, Ramp) {
	bed := Testbed{
		Name: "a", Service: 1 / lambda, Sigma: sigma, Kappa: kappa, Noise: noise,
		Spread: 0.03, Wander: 0.03, SwapUsers: Never, ErrorUsers: Never,
	}
	return bed, Ramp{From: 1, To: 60, Over: 240, End: 240, Timeout: 30}
}

// Noise draws a positive factor of mean 1.
type Noise func(*rand.Rand) float64

// Lognormal noise.
func Lognormal(sigma float64) Noise {
	return func(r *rand.Rand) float64 { return math.Exp(sigma*r.NormFloat64() - sigma*sigma/2) }
}

// Pareto noise: a heavy tail of the given shape, which must exceed 1.
func Pareto(shape float64) Noise {
	return func(r *rand.Rand) float64 { return (shape - 1) / shape * math.Pow(1-r.Float64(), -1/shape) }
}

// Bimodal noise: one request in four takes twice as long as the others.
func Bimodal(r *rand.Rand) float64 {
	const fast = 1 / 1.25
	if r.IntN(4) == 0 {
		return 2 * fast
	}
	return fast
}

// Each passes the campaign's observations to fn, trial after trial.
func (c Campaign) Each(fn func(observation.Observation)) {
	order := rand.New(rand.NewPCG(c.Seed, 0))
	number := 0
	trial := func(b, run int) {
		number++
		t := trial{
			Campaign: c, bed: c.Testbeds[b], run: run, number: number, emit: fn,
			// A run's randomness is its own, so that fewer testbeds or runs leave the others as they are.
			rng: rand.New(rand.NewPCG(c.Seed, uint64(b)<<32|uint64(run))),
		}
		t.all()
	}
	if c.Blocked {
		for b := range c.Testbeds {
			for run := range c.Runs {
				trial(b, run+1)
			}
		}
		return
	}
	for run := range c.Runs {
		for _, b := range order.Perm(len(c.Testbeds)) {
			trial(b, run+1)
		}
	}
}

// Rows returns the campaign's observations.
func (c Campaign) Rows() []observation.Observation {
	var rows []observation.Observation
	c.Each(func(o observation.Observation) { rows = append(rows, o) })
	return rows
}

// CSV returns the campaign's observations as collect writes them.
func (c Campaign) CSV() []byte {
	var b bytes.Buffer
	w := csvio.NewWriter[observation.Observation](&b)
	c.Each(func(o observation.Observation) { w.Write(o) })
	if err := w.Flush(); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
