package document

import (
	"fmt"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"virtcmp/internal/figure"
)

// Material is what Markdown may refer to by name.
type Material struct {
	Figures    map[string]*figure.Figure
	Tables     map[string]*Table
	References map[string]Reference
}

// Builder makes a document from Markdown. Beyond what CommonMark, tables, footnotes
// and heading attributes offer, it reads
//
//	# Title                        the document's title; paragraphs up to the first
//	                               ## are its byline
//	## Heading {#id}               a numbered section; {.unnumbered} without number
//	![Caption](fig:id)             alone in a paragraph: a figure, or tab:id a table
//	![](references)                the bibliography
//	[](fig:id) [](tab:id) [](sec:id)   "Figure 3", and so on, as links
//	[](cite:key,key)               a citation
type Builder struct {
	material Material
	doc      *Document
	errs     []error

	sections        [3]int
	figures, tables int
	notes           int
	cited           []Reference
	numbers         map[string]int // of cited keys
	labels          map[string]label
	refs            []pendingRef
	bibliographies  []*Bibliography
}

type pendingRef struct {
	from string // where it stands, for the complaint
	ref  *Ref
}

// NewBuilder returns a builder of an empty document.
func NewBuilder(m Material) *Builder {
	return &Builder{material: m, doc: &Document{}, numbers: map[string]int{}, labels: map[string]label{}}
}

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Footnote, extension.Typographer),
	goldmark.WithParserOptions(parser.WithHeadingAttribute(), parser.WithAutoHeadingID()),
)

// Add appends the Markdown of a file called name.
func (b *Builder) Add(name string, source []byte) {
	c := converter{Builder: b, name: name, source: source, footnotes: map[int]*extast.Footnote{}}
	root := markdown.Parser().Parse(text.NewReader(source))
	for n := range children(root) {
		if list, ok := n.(*extast.FootnoteList); ok {
			for f := range children(list) {
				if f, ok := f.(*extast.Footnote); ok {
					c.footnotes[f.Index] = f
				}
			}
		}
	}
	for _, block := range c.blocks(root) {
		if p, ok := block.(*Paragraph); ok && len(b.doc.Blocks) == 0 && b.doc.Title != nil {
			b.doc.Byline = append(b.doc.Byline, p)
			continue
		}
		b.doc.Blocks = append(b.doc.Blocks, block)
	}
}

// Err returns the first error of what was added, but for references, which later files may
// still give a target.
func (b *Builder) Err() error {
	if len(b.errs) > 0 {
		return b.errs[0]
	}
	return nil
}

// Document resolves the references and returns the document, or the first error
// of what was added.
func (b *Builder) Document() (*Document, error) {
	for _, p := range b.refs {
		to, ok := b.labels[p.ref.Target]
		if !ok {
			b.errs = append(b.errs, fmt.Errorf("%s: reference to %q, which is not in the paper", p.from, p.ref.Target))
			continue
		}
		if p.ref.Text == nil {
			p.ref.Text, p.ref.Number = []Inline{Text(to.word + to.number)}, to.number
		}
	}
	for _, bibliography := range b.bibliographies {
		bibliography.References = b.cited
	}
	if err := b.Err(); err != nil {
		return nil, err
	}
	return b.doc, nil
}
