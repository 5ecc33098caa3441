package stat_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"virtcmp/internal/stat"
)

func TestSequence(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	x := make([]float64, 5000)
	for i := range x {
		x[i] = math.Exp(0.5 * rng.NormFloat64())
	}
	s, ok := stat.NewSequence(x)
	if !ok {
		t.Fatal("5,000 values are too few")
	}
	// Of independent values, the mean's interval is Student's.
	mean, ok := s.Mean()
	student, _ := stat.Summarise(stat.Runs{Num: x}).Mean()
	if ratio := math.Log(mean.High/mean.Low) / math.Log(student.High/student.Low); !ok || ratio < 0.8 || ratio > 1.25 {
		t.Errorf("%v, %v; Student's %v", mean, ok, student)
	}
	median, ok := s.Quantile(0.5)
	if middle := stat.Quantiles(append([]float64(nil), x...), 0.5)[0]; !ok || median.Low >= middle || median.High <= middle || median.High/median.Low > 1.1 {
		t.Errorf("median %v in %v, %v", middle, median, ok)
	}
	if _, ok := s.Quantile(0.99999); ok {
		t.Error("the end of the tail has an interval")
	}
	if _, ok := stat.NewSequence(x[:199]); ok {
		t.Error("199 values are enough")
	}
	level := 0.0
	for i := range x {
		level = 0.99*level + rng.NormFloat64()
		x[i] = math.Exp(0.1 * level)
	}
	if _, ok := stat.NewSequence(x[:1000]); ok {
		t.Error("a few slow waves are enough")
	}
	same := make([]float64, 200)
	for i := range same {
		same[i] = 3
	}
	s, _ = stat.NewSequence(same)
	if i, ok := s.Mean(); ok {
		t.Errorf("values that do not differ have the interval %v", i)
	}
	if i, ok := s.Quantile(0.5); ok {
		t.Errorf("values that do not differ have a median in %v", i)
	}
}
