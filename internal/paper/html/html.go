// Package html writes a document as a web page: one file that needs nothing else, with
// figures that answer to mouse and keyboard, and that is whole without its script too.
package html

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"

	"virtcmp/internal/figure"
	"virtcmp/internal/figure/svgcanvas"
	"virtcmp/internal/paper/document"
)

// Options are what a document does not say itself.
type Options struct {
	Author    string // for the file's properties
	Generator string
	Keywords  string
	Created   time.Time
	Testbeds  []Testbed // in the order in which figures give them colours
}

// Testbed is a testbed that readers can leave out of the figures.
type Testbed struct {
	ID   string // as figures have it
	Name string // as readers know it
}

// page is a page in the making.
type page struct {
	out      bytes.Buffer
	options  Options
	testbeds map[string]int
	ids      map[document.Block]string // of headings, figures and tables
	targets  map[string]string         // ids by what leads there: "fig:ratios"
	open     []int                     // levels of the sections that are open
	front    bool                      // nothing has a number yet
	nested   int                       // how many lists and quotations are open
	notes    []*document.Footnote
}

// Write writes the document as a page. The same document gives the same bytes.
func Write(w io.Writer, d *document.Document, o Options) error {
	p := &page{options: o, testbeds: map[string]int{}, ids: map[document.Block]string{}, targets: map[string]string{}, front: true}
	for i, t := range o.Testbeds {
		p.testbeds[t.ID] = i
	}
	p.identify(d.Blocks)
	p.head(d)
	p.bar()
	p.print("<main id=\"top\">\n<article>\n<header>\n<h1>")
	for _, line := range lines(d.Title) {
		p.print("<span>%s</span> ", p.inlines(line))
	}
	p.print("</h1>\n")
	for _, b := range d.Byline {
		p.print("<p>%s</p>\n", p.inlines(b.Text))
	}
	p.print("</header>\n")
	p.contents(d)
	p.blocks(d.Blocks)
	p.closeSections(1)
	p.endnotes()
	p.print("</article>\n</main>\n")
	p.print("<div id=\"tip\" hidden=\"\"></div>\n<div id=\"said\" role=\"status\"></div>\n")
	p.print("<script>%s</script>\n</body>\n</html>\n", script)
	_, err := w.Write(p.out.Bytes())
	return err
}

func (p *page) print(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

// escape makes text safe anywhere on the page.
func escape(s string) string { return svgcanvas.Escape(s) }

//go:embed page.css
var layout string

//go:embed page.js
var source string

var script = squeeze(source)

// squeeze drops indentation and the lines that are comments or empty.
func squeeze(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "/*") {
			kept.WriteString(line + "\n")
		}
	}
	return kept.String()
}

// head writes what stands before the body's content.
func (p *page) head(d *document.Document) {
	style := squeeze(themes(len(p.options.Testbeds)) + layout)
	// Nothing is fetched from anywhere, and only this style and this script are heeded.
	policy := "default-src 'none'; style-src " + digest(style) + "; script-src " + digest(script) + "; img-src data:; base-uri 'none'; form-action 'none'"
	title := escape(document.PlainText(d.Title))
	p.print("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
	p.print("<meta http-equiv=\"Content-Security-Policy\" content=\"%s\"/>\n", policy)
	p.print("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>%s</title>\n", title)
	for _, m := range [][2]string{
		{"description", summary(d)}, {"author", p.options.Author}, {"keywords", p.options.Keywords}, {"generator", p.options.Generator},
		{"date", date(p.options.Created)}, {"color-scheme", "light dark"},
	} {
		if m[1] != "" {
			p.print("<meta name=\"%s\" content=\"%s\"/>\n", m[0], escape(m[1]))
		}
	}
	p.print("<link rel=\"icon\" href=\"data:,\"/>\n<style>%s</style>\n</head>\n<body>\n", style)
	p.print("<a class=\"skip\" href=\"#top\">Skip to the text</a>\n")
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// summary is the first of the paper's text, for lists of pages.
func summary(d *document.Document) string {
	const most = 300
	for _, b := range d.Blocks {
		if par, ok := b.(*document.Paragraph); ok {
			text := []rune(strings.Join(strings.Fields(document.PlainText(par.Text)), " "))
			if len(text) > most {
				return string(text[:most-1]) + "…"
			}
			return string(text)
		}
	}
	return ""
}

// bar writes what the script works with; without it the page does without.
func (p *page) bar() {
	p.print("<form id=\"bar\" autocomplete=\"off\" hidden=\"\">\n")
	if len(p.options.Testbeds) > 1 {
		p.print("<fieldset aria-label=\"Testbeds in the figures\">\n<legend>Testbeds in the figures</legend>\n")
		for i, t := range p.options.Testbeds {
			p.print("<label class=\"%s\"><input type=\"checkbox\" checked=\"\" data-toggle=\"%d\"/>%s<span>%s</span></label>\n", figure.TestbedColor(i), i, p.swatch(i), escape(clip(t.Name)))
		}
		p.print("</fieldset>\n")
	}
	p.print("<button type=\"button\" id=\"theme\" aria-pressed=\"false\">Dark</button>\n</form>\n")
}

const longestName = 60 // letters of a name in the bar

func clip(s string) string {
	if r := []rune(s); len(r) > longestName {
		return string(r[:longestName-1]) + "…"
	}
	return s
}

// chapter is a section with those within it.
type chapter struct {
	*document.Heading
	sections []*document.Heading
}

// contents writes the table of contents.
func (p *page) contents(d *document.Document) {
	var all []chapter
	for _, b := range d.Blocks {
		switch h, ok := b.(*document.Heading); {
		case !ok:
		case h.Level == 2 && len(all) > 0:
			last := &all[len(all)-1]
			last.sections = append(last.sections, h)
		case h.Level <= 2:
			all = append(all, chapter{Heading: h})
		}
	}
	if len(all) == 0 {
		return
	}
	entry := func(h *document.Heading) string {
		return "<li><a href=\"#" + p.ids[h] + "\">" + numbered(h.Number, escape(document.PlainText(h.Text))) + "</a>"
	}
	p.print("<nav id=\"contents\" aria-label=\"Contents\">\n<ol>\n")
	for _, c := range all {
		p.print("%s", entry(c.Heading))
		if len(c.sections) > 0 {
			p.print("\n<ol>\n")
			for _, h := range c.sections {
				p.print("%s</li>\n", entry(h))
			}
			p.print("</ol>\n")
		}
		p.print("</li>\n")
	}
	p.print("</ol>\n</nav>\n")
}

// numbered sets a number before words.
func numbered(number, words string) string {
	if number == "" {
		return words
	}
	return "<span class=\"n\">" + escape(number) + "</span> " + words
}
