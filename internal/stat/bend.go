package stat

import "math"

// bend returns the index from which on y departs upwards from the straight line that
// it follows before, either rising more steeply or by a step, in the sense of least
// squares (Hudson, Fitting segmented curves whose join points have to be estimated,
// JASA 61, 1966), the sum of the squared residuals, and whether it is gradual. At
// least margin values are left on either side.
func bend(y []float64, margin int) (index int) {
	misfit := math.Inf(1)
	n := float64(len(y))
	middle := (n - 1) / 2
	mean := Mean(y)
	var xx, xy, yy float64
	for i, v := range y {
		x, d := float64(i)-middle, v-mean
		xx, xy, yy = xx+x*x, xy+x*d, yy+d*d
	}
	for k := margin; k <= len(y)-margin; k++ {
		for _, step := range []bool{true, false} {
			// The regressor beside the line: 0 before k.
			var sum, hh, hx, hy float64
			for i := k; i < len(y); i++ {
				h := 1.0
				if !step {
					h = float64(i - k + 1)
				}
				x, d := float64(i)-middle, y[i]-mean
				sum, hh, hx, hy = sum+h, hh+h*h, hx+h*x, hy+h*d
			}
			// What is left of it and of y once the line is taken out.
			left := hh - sum*sum/n - hx*hx/xx
			with := hy - hx*xy/xx
			if left <= 1e-9*hh || with <= 0 {
				continue
			}
			if m := yy - xy*xy/xx - with*with/left; m < misfit {
				index, misfit = k, m
			}
		}
	}
	return index
}
