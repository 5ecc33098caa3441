package stat_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"virtcmp/internal/stat"
)

// R's glm fits the same model to the same numbers; its nls, which weighs errors otherwise, gives about
// the same law. testdata/usl.R made the reference.
func TestUSLReference(t *testing.T) {
	text, err := os.ReadFile("testdata/usl.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Sets []struct {
			Users, Throughput, Weights, Delays []float64
			LeastSquares                       []float64 `json:"least.squares"`
		}
	}
	if err := json.Unmarshal(text, &reference); err != nil || len(reference.Sets) < 3 {
		t.Fatal(err, reference)
	}
	for i, set := range reference.Sets {
		var data []stat.Load
		most := 0.0
		for k := range set.Users {
			data = append(data, stat.Load{Users: set.Users[k], Throughput: set.Throughput[k], Weight: set.Weights[k]})
			most = max(most, set.Users[k])
		}
		fit, ok := stat.FitUSL(data)
		got := []float64{fit.Free.Alone, fit.Free.Contention, fit.Free.Coherency}
		for k, want := range set.Delays {
			if !ok || !near(got[k], want, 1e-6*math.Abs(want)+1e-12) {
				t.Errorf("set %d: delays %v, R has %v", i, got, set.Delays)
				break
			}
		}
		least := stat.USL{Lambda: set.LeastSquares[0], Sigma: set.LeastSquares[1], Kappa: set.LeastSquares[2]}
		for n := 1.0; n <= most; n++ {
			if a, b := fit.Free.Throughput(n), least.Throughput(n); math.Abs(a/b-1) > 0.2 {
				t.Errorf("set %d: at %v users %v, by least squares %v", i, n, a, b)
			}
		}
	}
}
