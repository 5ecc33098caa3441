// Package foreign reads what other load testers have recorded, as observations.
//
// A format is a file of its own and an entry in the table Formats. Each reads requests
// (when sent, how long they took, what became of them, and how many users there were
// where that is recorded) and leaves the rest to the recorder that all of them share.
//
// What a foreign file does not say stays unsaid: there are no counters of swapping, no
// limits, no versions, no order of trials, so the findings that need them are missing
// or warned of. Where a tool's record bends a number, its file's comment tells.
package foreign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// Loops: who decides when a request is sent.
const (
	Closed = "closed" // users, each of whom waits for the answer before: experiment ramp
	Open   = "open"   // a rate, whatever the answers: experiment open
)

// Format is a program whose files can be read.
type Format struct {
	Name  string
	Files string // what they are, for -h
	Loop  string // of its load, unless the user knows better

	read func(*input, *recorder) error
}

// Formats are those that can be read.
var Formats = []Format{
	{"jmeter", "JTL, as CSV with its header or as XML", Closed, jmeter},
	{"vegeta", "results as attack writes them (gob), or encoded as CSV or JSON", Open, vegeta},
	{"k6", "-out csv=FILE or -out json=FILE", Closed, k6},
	{"wrk2", "output with --latency, or a spectrum of HdrHistogram's (.hgrm)", Open, wrk2},
}

// Names returns the formats' names.
func Names() []string {
	var names []string
	for _, f := range Formats {
		names = append(names, f.Name)
	}
	return names
}

// Reader reads files of a format as runs of a testbed.
type Reader struct {
	format  Format
	testbed string
	loop    string
}

// NewReader returns a Reader. An empty loop is the format's own.
func NewReader(format, testbed, loop string) (*Reader, error) {
	i := slices.Index(Names(), format)
	switch {
	case i < 0:
		return nil, fmt.Errorf("format %q: there are %s", format, strings.Join(Names(), ", "))
	case testbed == "":
		return nil, errors.New("files of other programs do not say what they measured: name the testbed")
	case loop != "" && loop != Closed && loop != Open:
		return nil, fmt.Errorf("loop %q: it is %s or %s", loop, Closed, Open)
	case format == "wrk2" && loop == Closed:
		return nil, errors.New("wrk2 sends at a rate: its loop is open")
	}
	r := &Reader{format: Formats[i], testbed: testbed, loop: loop}
	if r.loop == "" {
		r.loop = r.format.Loop
	}
	return r, nil
}

// Scan passes the observations of the sources to fn: the first source is the testbed's
// run 1, the next run 2, and so on. It stops at the first error, which names file and
// line. A Stat counts the observations. Memory does not depend on the sources' size.
func (r *Reader) Scan(ctx context.Context, sources []csvio.Source, fn func(*observation.Observation) error) ([]csvio.Stat, error) {
	stats := make([]csvio.Stat, 0, len(sources))
	for i, source := range sources {
		st, err := r.scan(ctx, source, i+1, fn)
		if err != nil {
			return stats, err
		}
		stats = append(stats, st)
	}
	return stats, nil
}

func (r *Reader) scan(ctx context.Context, source csvio.Source, run int, fn func(*observation.Observation) error) (csvio.Stat, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	text, err := source.Open(ctx)
	if err != nil {
		return csvio.Stat{}, err
	}
	in := newInput(text)
	rec := newRecorder(r, run, fn)
	if err = r.format.read(in, rec); err == nil {
		err = rec.finish()
	}
	switch {
	case rec.Err() != nil: // it is not the file's fault
		return csvio.Stat{}, rec.Err()
	case ctx.Err() != nil:
		return csvio.Stat{}, ctx.Err()
	case err != nil:
		return csvio.Stat{}, fmt.Errorf("%s:%d: %w", source.Name, max(in.line, 1), err)
	}
	return text.Stat(rec.rows), nil
}
