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

var columns = csvio.Header[Finding]()

// UnmarshalCSV implements gocsv.TypeUnmarshaller; the text is that of a whole row.
func (f *Finding) UnmarshalCSV(row string) error {
	var fields [12]string
	if err := csvio.Split(row, fields[:]); err != nil {
		return err
	}
	if column, err := f.decode(&fields); err != nil {
		return fmt.Errorf("column %s: %w", columns[column], err)
	}
	return nil
}

// decode sets the finding, and returns which field does not decode.
func (f *Finding) decode(fields *[12]string) (column int, err error) {
	for _, column := range [...]int{0, 4} {
		if fields[column] == "" {
			return column, errors.New("empty")
		}
	}
	f.Analysis, f.Testbed, f.Baseline, f.Name = fields[0], fields[1], fields[2], fields[4]
	f.Unit, f.Note = fields[9], csvio.Labels(fields[11])
	if f.Run, err = parseRun(fields[3]); err != nil {
		return 3, err
	}
	for i, number := range [...]*Number{&f.X, &f.Value, &f.Low, &f.High} {
		if *number, err = parseNumber(fields[5+i]); err != nil {
			return 5 + i, err
		}
	}
	f.N, err = strconv.Atoi(fields[10])
	return 10, err
}

func parseRun(text string) (Run, error) {
	if text == "" {
		return AllRuns, nil
	}
	n, err := strconv.Atoi(text)
	if err == nil && n < 1 {
		err = fmt.Errorf("%d: runs count from 1", n)
	}
	return Run(n), err
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
