// Package workload puts load on a testbed and yields observations: the closed ramp
// of virtual users, the open ramp of arrivals, and the SQL probes.
package workload

import (
	"fmt"
	"time"
)

// Ramp is how the number of virtual users grows: from From at the start to To at
// Over, at equal distances, and then on until Over+Hold.
//
//	users
//	  To ┤          ╭─────
//	     │       ╭──╯
//	     │    ╭──╯
//	From ┼────╯
//	     └────┴──┴──┴────┴ t
//	     0         Over  Over+Hold
//
// With the values of Scheepers (2014, section 4.1), 1 to 100 users over 720 s and
// 80 s more, there are 85 users at 610 s and 91 at 655 s, as printed there.
type Ramp struct {
	From int           `mapstructure:"from"` // users from the start on, at least 1
	To   int           `mapstructure:"to"`   // users at the end
	Over time.Duration `mapstructure:"over"` // how long the number grows
	Hold time.Duration `mapstructure:"hold"` // how long the full number goes on
}

// Start returns when user k, counted from 0, sends its first request: the From
// users of the beginning at 0, and the j-th after them at j x Over/(To-From+1).
func (r Ramp) Start(k int) time.Duration {
	if k < r.From {
		return 0
	}
	return time.Duration(float64(k-r.From+1) * float64(r.Over) / float64(r.To-r.From+1))
}

// Users returns how many users have started at time t.
func (r Ramp) Users(t time.Duration) int {
	if t < 0 {
		return 0
	}
	n := r.From
	for n < r.To && r.Start(n) <= t {
		n++
	}
	return n
}

// End returns when the run ends.
func (r Ramp) End() time.Duration { return r.Over + r.Hold }

// Validate says what is wrong with the ramp.
func (r Ramp) Validate() error {
	switch {
	case r.From < 1:
		return fmt.Errorf("ramp from %d users: needs at least 1", r.From)
	case r.To < r.From:
		return fmt.Errorf("ramp from %d to %d users: it must not fall", r.From, r.To)
	case r.Over < 0 || r.Hold < 0 || r.End() <= 0:
		return fmt.Errorf("ramp over %v, held %v: needs time", r.Over, r.Hold)
	}
	return nil
}
