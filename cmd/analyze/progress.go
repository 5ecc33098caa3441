package main

import (
	"fmt"
	"io"
	"time"
)

// progressEvery is how often a long reading reports.
const progressEvery = 2 * time.Second

// progress reports on a reading that takes longer than progressEvery.
type progress struct {
	out   io.Writer
	now   func() time.Time
	start time.Time
	next  time.Time
	rows  int
}

func newProgress(out io.Writer, now func() time.Time) *progress {
	t := now()
	return &progress{out: out, now: now, start: t, next: t.Add(progressEvery)}
}

// add counts rows, and reports from time to time.
func (p *progress) add(rows int) {
	const seldom = 1 << 14 // rows between looks at the clock
	before := p.rows / seldom
	if p.rows += rows; p.rows/seldom == before {
		return
	}
	if t := p.now(); !t.Before(p.next) {
		p.next = t.Add(progressEvery)
		p.report("reading", t)
	}
}

// done reports the end of a reading that was worth a report.
func (p *progress) done() {
	if t := p.now(); t.Sub(p.start) >= progressEvery {
		p.report("analysing", t)
	}
}

func (p *progress) report(what string, t time.Time) {
	seconds := t.Sub(p.start).Seconds()
	fmt.Fprintf(p.out, "analyze: %s: %d rows in %.0f s, %.2f million a second\n", what, p.rows, seconds, float64(p.rows)/seconds/1e6)
}
