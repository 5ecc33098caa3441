package csvio

import (
	"fmt"
	"math"
	"strconv"
)

// ParseFinite parses a number that is neither infinite nor NaN.
func ParseFinite(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsInf(v, 0) || math.IsNaN(v)) {
		err = fmt.Errorf("%q: not a finite number", text)
	}
	return v, err
}
