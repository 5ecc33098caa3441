package paper

import (
	"io"

	"virtcmp/internal/command"
	"virtcmp/internal/paper/html"
)

// WriteHTML writes the paper as a web page: one file that needs no other and no network.
func (p *Paper) WriteHTML(w io.Writer) error {
	v := p.view
	o := html.Options{Author: v.options.authors(), Generator: "virtcmp " + command.Version, Keywords: v.keywords(), Created: p.Created}
	for _, t := range v.set.Testbeds() {
		o.Testbeds = append(o.Testbeds, html.Testbed{ID: t, Name: v.names[t]})
	}
	return html.Write(w, p.Document, o)
}
