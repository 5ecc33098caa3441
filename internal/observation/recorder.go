package observation

import (
	"math"
	"sync"

	"virtcmp/internal/csvio"
)

// Row is where observations go: a csvio.Writer, or a test's slice.
type Row interface{ Write(Observation) error }

// Recorder stamps observations with the run they belong to and passes them on, from
// any number of goroutines. The first error stays, and is told to Failed at once.
type Recorder struct {
	Testbed    string
	Run        int
	Experiment string
	Failed     func(error) // may be nil

	mu  sync.Mutex
	to  Row
	err error
}

// NewRecorder returns a Recorder that writes to the given rows.
func NewRecorder(to Row, testbed string, run int, experiment string, failed func(error)) *Recorder {
	return &Recorder{Testbed: testbed, Run: run, Experiment: experiment, Failed: failed, to: to}
}

// Record writes one observation of the recorder's experiment.
func (r *Recorder) Record(seconds float64, metric string, value float64, users Users, code string, labels csvio.Labels) {
	r.write(Observation{
		Testbed: r.Testbed, Run: r.Run, Experiment: r.Experiment,
		Time: round(seconds, 1e6), Metric: metric, Value: round(value, 1e9), Users: users, Code: code, Labels: labels,
	})
}

// Fact writes a row of the environment: host is whose fact it is, more are labels.
func (r *Recorder) Fact(host, key, value string, more ...string) {
	labels := csvio.MakeLabels(append([]string{"host", host, "key", key, "value", value}, more...)...)
	r.write(Observation{
		Testbed: r.Testbed, Run: r.Run, Experiment: Environment,
		Metric: "environment_info", Value: 1, Users: NoUsers, Labels: labels,
	})
}

func (r *Recorder) write(o Observation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return
	}
	if r.err = r.to.Write(o); r.err != nil && r.Failed != nil {
		r.Failed(r.err)
	}
}

// Err returns the first error in writing.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// round keeps clocks from writing digits that they do not have: microseconds of a
// time, nanoseconds of a duration. Whole numbers, such as counters, stay whole.
func round(v, per float64) float64 {
	if math.Abs(v) >= 1<<52/per {
		return v
	}
	return math.Round(v*per) / per
}
