package simulate_test

import (
	"testing"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/observation"
)

// The simulated ramp is a closed loop on schedule, and the same every time.
func TestRamp(t *testing.T) {
	c := simulate.First(1)
	c.Runs = 1
	rows := c.Rows()
	type user struct{ testbed, label string }
	free := map[user]float64{} // when the user's last request ended
	for _, o := range rows {
		if o.Metric != "http_request_duration_seconds" {
			continue
		}
		if want := c.Ramp.Users(o.Time); int(o.Users) != want {
			t.Fatalf("%d users at %v s, want %d", o.Users, o.Time, want)
		}
		u := user{o.Testbed, string(o.Labels)}
		if o.Time < free[u] {
			t.Fatalf("%v sends at %v s, before its last answer at %v s", u, o.Time, free[u])
		}
		free[u] = o.Time + o.Value
		if end := o.Time + o.Value; end > c.Ramp.End+1e-6 || (o.Code == observation.CodeUnfinished) != (end > c.Ramp.End-1e-6) {
			t.Fatalf("%v ends at %v s as %s", u, end, o.Code)
		}
	}
	if len(free) != len(c.Testbeds)*c.Ramp.To {
		t.Errorf("%d users", len(free))
	}
	for i, o := range c.Rows() {
		if o != rows[i] {
			t.Fatalf("row %d is %v, then %v", i, rows[i], o)
		}
	}
	// The paper's pairs: 85 users at 610 s, 91 at 655 s.
	paper := simulate.Ramp{From: 1, To: 100, Over: 720, End: 800}
	if a, b := paper.Users(610), paper.Users(655); a != 85 || b != 91 {
		t.Errorf("%d users at 610 s, %d at 655 s", a, b)
	}
}
