package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/viper"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/foreign"
	"virtcmp/internal/observation"
)

// scan reads observations from whatever the sources hold.
type scan func(context.Context, []csvio.Source, func(*observation.Observation) error) ([]csvio.Stat, error)

func foreignFlags(fs *flag.FlagSet) {
	fs.String("from", "", "`format` of files that another program wrote: "+strings.Join(foreign.Names(), ", "))
	fs.String("testbed", "", "with -from: `name` of what the files measured")
	fs.String("loop", "", "with -from, where the `loop` is not that of the list above: closed (users wait for answers) or open (a rate)")
	fs.Bool("observations", false, "write the observations as they are read, not the findings")
}

// foreignFormats lists the formats for -h.
func foreignFormats() string {
	var b strings.Builder
	for _, f := range foreign.Formats {
		fmt.Fprintf(&b, "  %-8s%s; %s loop\n", f.Name, f.Files, f.Loop)
	}
	return b.String()
}

// scanner returns how the files are to be read, and whether another program wrote them.
func scanner(config *viper.Viper) (read scan, other bool, err error) {
	from := config.GetString("from")
	if from == "" { // a testbed may be in the environment for collect's sake
		return observation.Scan, false, nil
	}
	reader, err := foreign.NewReader(from, config.GetString("testbed"), config.GetString("loop"))
	if err != nil {
		return nil, true, command.Usagef("-from: %w", err)
	}
	return reader.Scan, true, nil
}

// observations writes what is read.
func observations(ctx context.Context, call *command.Call, read scan, sources []csvio.Source) error {
	progress := newProgress(call.Stderr, time.Now)
	out := csvio.NewWriter[observation.Observation](call.Stdout)
	_, err := read(ctx, sources, func(o *observation.Observation) error {
		progress.add(1)
		return out.Write(*o)
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
