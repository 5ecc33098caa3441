// Command report writes the paper about findings.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"virtcmp/data"
	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper"
	"virtcmp/internal/paper/pdf"
)

func main() { command.Main(program) }

var program = command.Program{
	Name:    "report",
	Summary: "write the paper about findings as a typeset PDF",
	Args:    "[FILE|DIR ...]",
	Help: `Reads findings, as analyze writes them (CSV, plain or compressed; no FILE: standard
input), and writes the paper. Every number in it, and the direction of every
comparison, follows from the findings; what they lack the paper names as missing.
The same findings give the same bytes.

  analyze data/campaigns/first | report -o paper.pdf -figures figures
  report -templates my-text -title "Our Testbeds" findings.csv

-figures writes each figure as PDF, SVG and PNG too. A file in the directory of
-templates takes the place of the built-in one of its name; others are added. What
they may use is listed in templates/paper/functions.txt.

Exit codes: 0 done, 1 failed (bad findings or templates), 2 wrong usage.`,
	Flags: func(f *flag.FlagSet) {
		f.String("o", "paper.pdf", "`file` to write the paper to")
		f.String("figures", "", "`directory` to write the figures to, made if it is missing")
		f.String("templates", "", "`directory` of templates that replace built-in ones")
		f.String("title", "", "`title` of the paper (default: made from the findings)")
		f.String("author", "", "`names` of the authors, under the title")
		f.String("affiliation", "", "their `affiliation`")
		f.String("paper", "a4", "`format` of the pages: a4 or letter")
	},
	Run: run,
}

// slow is how long the work may take without a word.
const slow = 2 * time.Second

func run(ctx context.Context, c *command.Call) error {
	sizes := map[string]pdf.Paper{"a4": pdf.A4, "letter": pdf.Letter}
	size, ok := sizes[c.Config.GetString("paper")]
	if !ok {
		return command.Usagef("-paper %q: want a4 or letter", c.Config.GetString("paper"))
	}
	text, err := textFolder(c.Config.GetString("templates"))
	if err != nil {
		return err
	}
	sources, err := csvio.Sources(c.Args, c.Stdin)
	if err != nil {
		return err
	}
	began := time.Now()
	findings, _, err := finding.Read(ctx, sources)
	if err != nil {
		return err
	}
	if len(findings) == 0 {
		return errors.New("no findings: the input has a header and no rows")
	}
	progress := func(what string) {
		if time.Since(began) > slow {
			fmt.Fprintf(c.Stderr, "report: %s\n", what)
		}
	}
	progress(fmt.Sprintf("read %d findings", len(findings)))
	p, err := paper.New(findings, paper.Options{
		Title:       c.Config.GetString("title"),
		Author:      c.Config.GetString("author"),
		Affiliation: c.Config.GetString("affiliation"),
		Templates:   text,
		Data:        data.Files,
		Paper:       size,
	})
	if err != nil {
		return err
	}
	for _, problem := range p.Problems() {
		fmt.Fprintf(c.Stderr, "report: typesetting: %s\n", problem)
	}
	progress("typeset")
	if dir := c.Config.GetString("figures"); dir != "" {
		if err := figure.Export(dir, p.Figures, p.Created); err != nil {
			return err
		}
		progress("wrote the figures")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return writeWhole(c.Config.GetString("o"), p.WritePDF)
}
