package main

import (
	"fmt"
	"io"

	"virtcmp/internal/paper"
)

// check lists what the findings lack for a complete paper, and what to do about it.
func check(out io.Writer, p *paper.Paper) error {
	gaps, err := p.Check()
	if err != nil {
		return err
	}
	if len(gaps) == 0 {
		_, err := fmt.Fprintln(out, "Nothing is missing: the findings suffice for a complete paper.")
		return err
	}
	for i, g := range gaps {
		if _, err := fmt.Fprintf(out, "%d. %s\n   Remedy: %s\n", i+1, g.What, g.Remedy); err != nil {
			return err
		}
	}
	return nil
}
