// Analyze turns the observations of a campaign into findings.
package main

import (
	"context"
	"errors"
	"flag"
	"runtime"
	"runtime/debug"
	"time"

	"virtcmp/internal/analysis"
	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

func main() {
	// What analyze keeps is mostly plain numbers, which cost the garbage collector
	// nothing, but it makes much garbage. By its usual rule it would run all the time
	// while there are few rows and double the memory of many. With this ballast, which
	// is never touched and so takes no memory, it runs once in 13 MB of garbage and a
	// twentieth of what is kept.
	ballast := make([]byte, 256<<20)
	defer runtime.KeepAlive(ballast)
	debug.SetGCPercent(5)
	command.Main(program)
}

var program = command.Program{
	Name:    "analyze",
	Summary: "turn the observations of a campaign into findings",
	Args:    "[FILE|DIR ...]",
	Help: `
Examples:
  analyze data/campaigns/first > findings.csv
  collect -config campaign.yaml | analyze -baseline native | report -o paper.pdf

Reads observations as collect writes them: files (plain, gzip or zstd), the .csv,
.csv.gz and .csv.zst files of directories such as a campaign's archive, or standard
input where none is named. Neither the order of rows and files matters nor how a
campaign is cut into files.

Tests that another program has run are read with -from and -testbed: each file is a
run of that testbed, in the order given. Testbeds are compared by way of -observations:
  analyze -from jmeter -testbed xen xen1.jtl xen2.jtl xen3.jtl | report -o xen.pdf
  analyze -from jmeter -testbed xen -observations xen?.jtl > xen.csv
  analyze -from k6 -testbed lxc -observations lxc?.csv > lxc.csv
  analyze -baseline lxc xen.csv lxc.csv | report -o paper.pdf
Formats, each plain, gzip or zstd:
` + foreignFormats() + `
Writes findings as CSV to standard output: a scalar stands once for every run, once
over all runs of a testbed with a 95 % interval, and once as ratio to the baseline with
an interval, a permutation test's p and a verdict: better, worse or indistinguishable.
From fewer than 3 runs there is no interval but a warning. What else is to be doubted is
among the findings of the analysis validity.

The baseline is the testbed named by -baseline; else the one that the campaign
recorded; else native; else the first by name.`,
	Flags: func(fs *flag.FlagSet) {
		fs.String("baseline", "", "`testbed` that ratios are taken against")
		foreignFlags(fs)
		fs.Uint64("seed", 1, "`number` that random permutations start from: the same seed and rows give the same findings")
	},
	Run: run,
}

func run(ctx context.Context, call *command.Call) error {
	scan, foreign, err := scanner(call.Config)
	if err != nil {
		return err
	}
	sources, err := csvio.Sources(call.Args, call.Stdin)
	if err != nil {
		return err
	}
	if call.Config.GetBool("observations") {
		return observations(ctx, call, scan, sources)
	}
	analyzer := analysis.New(analysis.Options{
		Baseline: call.Config.GetString("baseline"),
		Seed:     call.Config.GetUint64("seed"),
	})
	progress := newProgress(call.Stderr, time.Now)
	var stats []csvio.Stat
	if foreign {
		stats, err = scan(ctx, sources, func(o *observation.Observation) error {
			progress.add(1)
			analyzer.Observe(o)
			return nil
		})
	} else {
		stats, err = observation.Share(ctx, sources, analyzer.Observers(runtime.GOMAXPROCS(0)), progress.add)
	}
	if err != nil {
		return err
	}
	progress.done()
	findings, err := analyzer.Findings(stats)
	var unknown *analysis.UnknownBaselineError
	if errors.As(err, &unknown) {
		return command.Usagef("%w", err)
	}
	if err != nil {
		return err
	}
	return csvio.WriteAll(call.Stdout, findings...)
}
