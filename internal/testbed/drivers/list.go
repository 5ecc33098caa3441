package drivers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"virtcmp/internal/testbed"
)

// List writes a table of the drivers: what each runs, and whether it can here.
func List(ctx context.Context, w io.Writer, machine Machine) error {
	table := NewTable(w)
	fmt.Fprintln(table, "driver\ttechnology\tclass\truns here")
	for _, d := range All {
		spec := testbed.Spec{Name: d.Name}
		spec.Static.URL = "http://127.0.0.1" // stands for what the user will describe
		answer, remedy := Answer(d.open(spec, machine).Check(ctx))
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", d.Name, d.Technology, d.Class, answer)
		if remedy != "" {
			fmt.Fprintf(table, "\t\t\t%s\n", remedy)
		}
	}
	return table.Flush()
}

// NewTable returns a writer that aligns columns separated by tabs.
func NewTable(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) }

// Answer says in two lines what a Check found: whether the testbed can run, and if not
// why, and what would help.
func Answer(err error) (answer, remedy string) {
	var u *testbed.Unavailable
	switch {
	case err == nil:
		return "yes", ""
	case errors.As(err, &u):
		return "no: " + u.Reason, u.Remedy
	}
	return "no: " + err.Error(), ""
}
