// Analyze turns observations into findings.
package main

import (
	"context"
	"errors"
	"flag"

	"virtcmp/internal/analysis"
	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

func main() { command.Main(program) }

var program = command.Program{
	Name:    "analyze",
	Summary: "turn the observations of a campaign into findings",
	Args:    "[FILE|DIR ...]",
	Help: `
Example:
  analyze data/campaigns/first | report -o paper.pdf
  collect -config campaign.yaml | analyze -baseline native > findings.csv

Reads observations as collect writes them: files ending in .csv, .csv.gz or .csv.zst,
campaign directories, or standard input where no FILE is named. The order of files
and rows does not matter: shards analyse to the same findings as the whole.

Writes findings as CSV to standard output: every scalar once a run, once over all
runs with a 95 % interval, and once as ratio to the baseline with a bootstrap
interval over runs. Fewer than 3 runs get no interval but a warning.
The baseline is -baseline; else the one that the campaign recorded; else the testbed
called native; else the first by name.`,
	Flags: func(fs *flag.FlagSet) {
		fs.String("baseline", "", "`testbed` that ratios are taken against")
		fs.Uint64("seed", 1, "seed of the bootstrap: the same seed gives the same findings")
	},
	Run: run,
}

func run(ctx context.Context, call *command.Call) error {
	sources, err := csvio.Sources(call.Args, call.Stdin)
	if err != nil {
		return err
	}
	analyzer := analysis.New(analysis.Options{
		Baseline: call.Config.GetString("baseline"),
		Seed:     call.Config.GetUint64("seed"),
	})
	stats, err := observation.Scan(ctx, sources, func(o *observation.Observation) error {
		analyzer.Observe(o)
		return nil
	})
	if err != nil {
		return err
	}
	findings, err := analyzer.Findings(stats)
	var unknown *analysis.UnknownBaselineError
	if errors.As(err, &unknown) {
		return command.Usagef("-%w", unknown)
	}
	if err != nil {
		return err
	}
	out := csvio.NewWriter[finding.Finding](call.Stdout)
	for _, f := range findings {
		if err := out.Write(f); err != nil {
			return err
		}
	}
	return out.Flush()
}
