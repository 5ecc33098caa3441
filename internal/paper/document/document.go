// Package document is the tree that every form of the paper is made from: blocks
// of text, figures and tables, with numbers given and references resolved.
package document

import (
	"strings"

	"virtcmp/internal/figure"
)

// Document is a whole paper.
type Document struct {
	Title  []Inline
	Byline []*Paragraph // what stands under the title
	Blocks []Block
}

// A Block is a piece of the paper that stands on its own lines.
type Block interface{ block() }

// Heading opens a section (level 1), a subsection (2) or a paragraph of its own (3).
type Heading struct {
	Level  int
	Number string // "3.1"; empty where the heading has none
	ID     string
	Text   []Inline
}

// Paragraph is running text.
type Paragraph struct{ Text []Inline }

// List is a bulleted or numbered list.
type List struct {
	Ordered bool
	Start   int // number of the first item of an ordered list
	Items   [][]Block
}

// Quote is an indented passage.
type Quote struct{ Blocks []Block }

// Code is a passage to be set as it stands.
type Code struct{ Text string }

// Figure is a numbered drawing that floats to where there is room.
type Figure struct {
	ID      string
	Number  int
	Caption []Inline
	Drawing *figure.Figure
}

// Table is a table: with a number it floats, without one it stands in the text.
type Table struct {
	ID      string
	Number  int
	Caption []Inline
	Wide    bool // spans both columns
	Columns []Column
	Head    []Row
	Body    []Row
	Notes   []Inline // under the table
}

// Column says how a table's column is set.
type Column struct {
	Align Align
	// Wrap lets text of the column break over lines; other columns keep each cell
	// on one line.
	Wrap bool
}

// Align is the alignment of a column.
type Align int

// Alignments.
const (
	Left Align = iota
	Right
	Center
)

// Row is a row of a table.
type Row struct {
	Cells []Cell
	Rule  bool // a thin rule above
}

// Cell is a cell of a table. It takes up Span columns, or one where that is 0.
type Cell struct {
	Text []Inline
	Span int
}

// Bibliography is the list of what was cited, in the order of citation.
type Bibliography struct{ References []Reference }

// Reference is a work that can be cited.
type Reference struct {
	Key     string
	Number  int
	Authors string
	Title   string
	Venue   string // where it appeared; set in italics
	Details string // pages, publisher
	Year    string
	URL     string
}

func (*Heading) block()      {}
func (*Paragraph) block()    {}
func (*List) block()         {}
func (*Quote) block()        {}
func (*Code) block()         {}
func (*Figure) block()       {}
func (*Table) block()        {}
func (*Bibliography) block() {}

// An Inline is a piece of running text.
type Inline interface{ inline() }

// Text is plain text.
type Text string

// Emphasis is italic text, or bold where it is Strong.
type Emphasis struct {
	Strong bool
	Text   []Inline
}

// CodeSpan is a name from a program, or something to type.
type CodeSpan string

// Link leads out of the paper.
type Link struct {
	URL  string
	Text []Inline
}

// Ref leads to a heading, figure or table of the paper.
type Ref struct {
	Target string // "fig:throughput"
	Text   []Inline
	Number string // that Text ends with, of what it leads to; empty where Text are other words
}

// Cite points to works in the bibliography.
type Cite struct{ References []Reference }

// Footnote is a note at the foot of the column.
type Footnote struct {
	Number int
	Text   []Inline
}

// Break ends the line.
type Break struct{}

func (Text) inline()      {}
func (*Emphasis) inline() {}
func (CodeSpan) inline()  {}
func (*Link) inline()     {}
func (*Ref) inline()      {}
func (*Cite) inline()     {}
func (*Footnote) inline() {}
func (Break) inline()     {}

// PlainText returns the words of the text without their dress.
func PlainText(text []Inline) string {
	var all string
	for _, n := range text {
		switch n := n.(type) {
		case Text:
			all += string(n)
		case CodeSpan:
			all += string(n)
		case *Emphasis:
			all += PlainText(n.Text)
		case *Link:
			all += PlainText(n.Text)
		case *Ref:
			all += PlainText(n.Text)
		case *Cite: // nor the space before it
			all = strings.TrimRight(all, " "+nbsp)
		case Break:
			all += " "
		}
	}
	return all
}
