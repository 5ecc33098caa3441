package workload_test

import (
	"testing"
	"time"

	"virtcmp/internal/workload"
)

var paper = workload.Ramp{From: 1, To: 100, Over: 720 * time.Second, Hold: 80 * time.Second}

func TestRampUsers(t *testing.T) {
	for _, tc := range []struct {
		ramp workload.Ramp
		at   float64
		want int
	}{
		{paper, -1, 0},
		{paper, 0, 1},
		{paper, 7.19, 1},
		{paper, 7.2, 2},
		{paper, 610, 85}, // Scheepers (2014), section 4.1
		{paper, 655, 91}, // the same
		{paper, 712.79, 99},
		{paper, 712.8, 100},
		{paper, 800, 100},
		{workload.Ramp{From: 10, To: 10, Hold: time.Second}, 0, 10},
		{workload.Ramp{From: 5, To: 10, Over: 60 * time.Second}, 0, 5},
		{workload.Ramp{From: 5, To: 10, Over: 60 * time.Second}, 10, 6},
		{workload.Ramp{From: 5, To: 10, Over: 60 * time.Second}, 50, 10},
	} {
		if got := tc.ramp.Users(time.Duration(tc.at * float64(time.Second))); got != tc.want {
			t.Errorf("%+v: users(%v s) = %d, want %d", tc.ramp, tc.at, got, tc.want)
		}
	}
}

func TestRampStartIsInverseOfUsers(t *testing.T) {
	for _, r := range []workload.Ramp{paper, {From: 3, To: 60, Over: 120 * time.Second, Hold: time.Second}, {From: 1, To: 7, Over: time.Second}} {
		for k := range r.To {
			if k >= r.From && r.Users(r.Start(k)-1) != k {
				t.Errorf("%+v: before user %d there are %d", r, k, r.Users(r.Start(k)-1))
			}
			if r.Users(r.Start(k)) < k+1 {
				t.Errorf("%+v: user %d is not among those at its start", r, k)
			}
		}
	}
}

func TestRampValidate(t *testing.T) {
	for _, bad := range []workload.Ramp{
		{},
		{From: 0, To: 5, Over: time.Second},
		{From: 5, To: 4, Over: time.Second},
		{From: 1, To: 2},
		{From: 1, To: 2, Over: -time.Second, Hold: 2 * time.Second},
	} {
		if bad.Validate() == nil {
			t.Errorf("%+v passes", bad)
		}
	}
	if err := paper.Validate(); err != nil {
		t.Error(err)
	}
}
