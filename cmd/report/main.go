// Command report writes the paper about findings.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"virtcmp/data"
	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper"
	"virtcmp/internal/paper/pdf"
)

func main() { command.Main(program) }

var program = command.Program{
	Name:    "report",
	Summary: "write the paper about findings: typeset as PDF, or to go on with",
	Args:    "[FILE|DIR ...]",
	Help: `Reads findings, as analyze writes them (CSV, plain or compressed; no FILE: standard
input), and writes the paper. Every number in it, and the direction of every
comparison, follows from the findings; what they lack the paper names as missing.
The same findings give the same bytes.

  analyze data/campaigns/first | report -o paper.pdf -figures figures
  report -format pdf,markdown -o paper.pdf findings.csv
  report -format latex -o article findings.csv
  report -templates my-text -title "Our Testbeds" findings.csv
  report -check findings.csv

-format says as what the paper is written; without it the ending of -o does. Of several
each gets the name of -o with its own ending.
  pdf       paper.pdf        typeset in two columns
  latex     paper.tex        for those who go on writing: -o names a directory, or the .tex
            paper.bib        file; of several, it is paper-latex. With figures, as PDF. A
                             .tex or .bib that was changed since is not overwritten.
  markdown  paper.md         GitHub-flavoured, for a README or a wiki; figures, as SVG, are
                             in paper-figures

-figures writes each figure as PDF, SVG and PNG too. A file in the directory of
-templates takes the place of the built-in one of its name; others are added. What
they may use, and -abstract too, is listed in templates/paper/functions.txt.

-check writes no paper. It lists what the findings lack for a complete one, each with
the remedy.

A file of -config can hold what flags say, and authors with their affiliations:
  title: Our Testbeds
  author:
    - {name: A. Author, affiliation: University of Somewhere}
    - {name: B. Writer, affiliation: Institute of Elsewhere}
  abstract: |
    We compare {{names}}. {{compare "requests" "served %s times as many requests as" "%s times as many"}}
  format: pdf,markdown

Exit codes: 0 done, whether or not something is missing; 1 failed (bad findings or
templates, no space); 2 wrong usage.`,
	Flags: func(f *flag.FlagSet) {
		f.String("o", "", "`file` to write the paper to, or directory for LaTeX (default paper.pdf)")
		f.String("format", "", "`formats` of the paper, with commas: "+formatNames()+" (default: by the ending of -o)")
		f.String("figures", "", "`directory` to write the figures to, made if it is missing")
		f.String("templates", "", "`directory` of templates that replace built-in ones")
		f.String("title", "", "`title` of the paper (default: made from the findings)")
		f.String("author", "", "`names` of the authors, under the title")
		f.String("affiliation", "", "their `affiliation`")
		f.String("abstract", "", "`text` of the abstract in Markdown, or @FILE (default: made from the findings)")
		f.String("paper", "a4", "`size` of the pages: a4 or letter")
		f.Bool("check", false, "write no paper, but list what the findings lack for a complete one")
	},
	Run: run,
}

// slow is how long the work may take without a word.
const slow = 2 * time.Second

func run(ctx context.Context, c *command.Call) error {
	targets, err := targets(c.Config.GetString("o"), formatsOf(c.Config))
	if err != nil {
		return err
	}
	options, err := options(c)
	if err != nil {
		return err
	}
	sources, err := csvio.Sources(c.Args, c.Stdin)
	if err != nil {
		return err
	}
	began := time.Now()
	progress := func(format string, args ...any) {
		if time.Since(began) > slow {
			fmt.Fprintf(c.Stderr, "report: "+format+"\n", args...)
		}
	}
	findings, _, err := finding.Read(ctx, sources)
	if err != nil {
		return err
	}
	if len(findings) == 0 {
		return errors.New("no findings: the input has a header and no rows")
	}
	progress("read %d findings", len(findings))
	p, err := paper.New(findings, options)
	if err != nil {
		return err
	}
	if c.Config.GetBool("check") {
		return check(c.Stdout, p)
	}
	var outputs []output
	for _, t := range targets {
		outputs = append(outputs, t.outputs(p)...)
	}
	if dir := c.Config.GetString("figures"); dir != "" {
		outputs = append(outputs, figureOutputs(p, dir)...)
	}
	outputs = unique(outputs)
	progress("writing %d files", len(outputs))
	if err := writeAll(ctx, outputs); err != nil {
		return err
	}
	if slices.ContainsFunc(targets, func(t target) bool { return t.format.name == "pdf" }) {
		for _, problem := range p.Problems() {
			fmt.Fprintf(c.Stderr, "report: typesetting: %s\n", problem)
		}
	}
	progress("done")
	return nil
}

// options are what the configuration says of the paper.
func options(c *command.Call) (o paper.Options, err error) {
	sizes := map[string]pdf.Paper{"a4": pdf.A4, "letter": pdf.Letter}
	size, ok := sizes[c.Config.GetString("paper")]
	if !ok {
		return o, command.Usagef("-paper %q: want a4 or letter", c.Config.GetString("paper"))
	}
	o = paper.Options{Title: c.Config.GetString("title"), Affiliation: c.Config.GetString("affiliation"), Data: data.Files, Paper: size}
	if o.Author, o.Authors, err = authors(c.Config); err != nil {
		return o, err
	}
	if o.Abstract, err = abstract(c.Config.GetString("abstract")); err != nil {
		return o, err
	}
	o.Templates, err = textFolder(c.Config.GetString("templates"))
	return o, err
}
