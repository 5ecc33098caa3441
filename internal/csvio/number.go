package csvio

import (
	"fmt"
	"math"
	"strconv"
)

// ParseFinite parses a number that is neither infinite nor NaN.
func ParseFinite(text string) (float64, error) {
	if v, ok := parseDecimal(text); ok {
		return v, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsInf(v, 0) || math.IsNaN(v)) {
		err = fmt.Errorf("%q: not a finite number", text)
	}
	return v, err
}

// parseDecimal parses what nearly every number of a contract looks like, digits with at
// most one point, in a third of strconv's time. Of up to 15 digits the result is the
// nearest float64, since both the digits and the power of ten are exact (Clinger, How
// to read floating point numbers accurately, PLDI 1990). ok is false for anything else.
func parseDecimal(text string) (v float64, ok bool) {
	const most = 15
	if len(text) > most+1 {
		return 0, false
	}
	digits, count, behind := 0, 0, 0
	point := false
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			digits = 10*digits + int(c-'0')
			count++
			if point {
				behind++
			}
		case c == '.' && !point:
			point = true
		default:
			return 0, false
		}
	}
	return float64(digits) / powersOfTen[behind], count > 0 && count <= most
}

var powersOfTen = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16}
