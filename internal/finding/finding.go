// Package finding is the second contract: one result of analysis, as analyze
// writes it and report reads it. vocabulary.go lists what may be found.
package finding

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"virtcmp/internal/csvio"
)

// Finding is one result: a row of findings.csv.
//
// A scalar has no X and stands once for every run (Run set) and once over all runs
// (Run AllRuns); a point of a series has its X. With Baseline set the finding
// compares Testbed with it, and Value is the ratio testbed/baseline.
type Finding struct {
	Analysis string       `csv:"analysis"`
	Testbed  string       `csv:"testbed"`
	Baseline string       `csv:"baseline"`
	Run      Run          `csv:"run"`
	Name     string       `csv:"name"`
	X        Number       `csv:"x"`
	Value    Number       `csv:"value"`
	Low      Number       `csv:"low"`  // 95 % interval
	High     Number       `csv:"high"` //
	Unit     string       `csv:"unit"`
	N        int          `csv:"n"`    // what the value rests on: runs of an over-all scalar, requests of a run's
	Note     csvio.Labels `csv:"note"` // labels; why there is no interval; what kind of value
}

// AllRuns stands in a finding over all runs: an empty field.
const AllRuns Run = 0

// Run is the number of a run, from 1, or AllRuns.
type Run int

// MarshalCSV implements gocsv.TypeMarshaller.
func (r Run) MarshalCSV() (string, error) {
	if r == AllRuns {
		return "", nil
	}
	return strconv.Itoa(int(r)), nil
}

// None is the absent number: an empty field.
var None = Number(math.NaN())

// Number is a float64 that may be absent.
type Number float64

// Present reports whether there is a number.
func (n Number) Present() bool { return !math.IsNaN(float64(n)) }

// digits is how many significant digits of a number are written: more than anything
// measured has, and few enough that the last ones do not depend on the machine.
const digits = 12

// MarshalCSV implements gocsv.TypeMarshaller.
func (n Number) MarshalCSV() (string, error) {
	if math.IsInf(float64(n), 0) {
		return "", fmt.Errorf("finding: %v is not a number that can be written", float64(n))
	}
	if !n.Present() {
		return "", nil
	}
	return strconv.FormatFloat(float64(n), 'g', digits, 64), nil
}

func parseNumber(text string) (Number, error) {
	if text == "" {
		return None, nil
	}
	v, err := csvio.ParseFinite(text)
	return Number(v), err
}

// UnmarshalCSVWithFields implements gocsv.TypeUnmarshalCSVWithFields.
func (f *Finding) UnmarshalCSVWithFields(column, text string) (err error) {
	switch column {
	case "analysis":
		f.Analysis = text
		if text == "" {
			err = errors.New("empty")
		}
	case "testbed":
		f.Testbed = text
	case "baseline":
		f.Baseline = text
	case "run":
		f.Run = AllRuns
		if text != "" {
			var n int
			if n, err = strconv.Atoi(text); err == nil && n < 1 {
				err = fmt.Errorf("%d: runs count from 1", n)
			}
			f.Run = Run(n)
		}
	case "name":
		f.Name = text
		if text == "" {
			err = errors.New("empty")
		}
	case "x":
		f.X, err = parseNumber(text)
	case "value":
		f.Value, err = parseNumber(text)
	case "low":
		f.Low, err = parseNumber(text)
	case "high":
		f.High, err = parseNumber(text)
	case "unit":
		f.Unit = text
	case "n":
		f.N, err = strconv.Atoi(text)
	case "note":
		f.Note = csvio.Labels(text)
	}
	return err
}

// Read returns every finding of the sources.
func Read(ctx context.Context, sources []csvio.Source) ([]Finding, []csvio.Stat, error) {
	var all []Finding
	stats, err := csvio.Scan(ctx, sources, func(f *Finding) error {
		all = append(all, *f)
		return nil
	})
	return all, stats, err
}
