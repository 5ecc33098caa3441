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
	digits, before := leadingDigits(0, text)
	behind, rest := 0, text[before:]
	if rest != "" && rest[0] == '.' {
		digits, behind = leadingDigits(digits, rest[1:])
		rest = rest[1+behind:]
	}
	count := before + behind
	return float64(digits) / powersOfTen[behind], rest == "" && count > 0 && count <= most
}

// leadingDigits returns the number that goes on with the digits that text begins with, and how many those are.
func leadingDigits(number int, text string) (with, count int) {
	for count < len(text) {
		digit := text[count] - '0'
		if digit > 9 {
			break
		}
		number = 10*number + int(digit)
		count++
	}
	return number, count
}

var powersOfTen = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16}
