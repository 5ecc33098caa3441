// Package pdf typesets a document as a two-column PDF: paragraphs broken as a whole,
// figures and tables that float, and pages made up to leave no gaps.
package pdf

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jung-kurt/gofpdf"

	"virtcmp/internal/figure/pdfcanvas"
	"virtcmp/internal/paper/document"
)

// Paper is a format of paper, in points.
type Paper struct{ Width, Height float64 }

// Formats that papers come in.
var (
	A4     = Paper{595.28, 841.89}
	Letter = Paper{612, 792}
)

// Options are what a document does not say itself.
type Options struct {
	Paper      Paper
	Hyphenator *Hyphenator
	Author     string    // for the file's properties
	Subject    string    //
	Keywords   string    //
	Creator    string    //
	Created    time.Time // for the file's properties
}

// Layout is a document laid out on pages.
type Layout struct {
	options  Options
	document *document.Document
	layouter *layouter
	pages    []*page
}

// New lays the document out.
func New(d *document.Document, o Options) (*Layout, error) {
	faces, err := loadFaces()
	if err != nil {
		return nil, err
	}
	if o.Paper == (Paper{}) {
		o.Paper = A4
	}
	l := &layouter{faces: faces, hyph: o.Hyphenator, pageText: o.Paper.textHeight()}
	l.document(d)
	pages := l.makeUp()
	if len(pages) == 0 {
		return nil, fmt.Errorf("typesetting: %s", strings.Join(l.problems, "; "))
	}
	return &Layout{options: o, document: d, layouter: l, pages: pages}, nil
}

const (
	topMargin    = 54.0
	bottomMargin = 64.0
	aboveNumber  = 32.0 // between the text and the baseline of the page's number
)

// textHeight is what the margins leave, in whole lines.
func (p Paper) textHeight() float64 {
	lines := int((p.Height - topMargin - bottomMargin) / textLead)
	return float64(lines) * textLead
}

func (p Paper) left() float64 { return (p.Width - textWidth) / 2 }

// Pages returns the number of pages.
func (l *Layout) Pages() int { return len(l.pages) }

// Problems returns what could not be set well, such as overfull lines.
func (l *Layout) Problems() []string { return l.layouter.problems }

// Write writes the file. The same document gives the same bytes.
func (l *Layout) Write(w io.Writer) error {
	o := l.options
	d := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "pt", Size: gofpdf.SizeType{Wd: o.Paper.Width, Ht: o.Paper.Height}})
	d.SetCatalogSort(true)
	d.SetCreationDate(o.Created)
	d.SetModificationDate(o.Created)
	d.SetAutoPageBreak(false, 0)
	d.SetMargins(0, 0, 0)
	d.SetProducer(o.Creator, true)
	d.SetCreator(o.Creator, true)
	d.SetTitle(pdfcanvas.Printable(document.PlainText(l.document.Title)), true)
	d.SetAuthor(pdfcanvas.Printable(o.Author), true)
	d.SetSubject(pdfcanvas.Printable(o.Subject), true)
	d.SetKeywords(pdfcanvas.Printable(o.Keywords), true)
	d.SetDisplayMode("fullpage", "single")
	p := &painter{pdf: d, fonts: pdfcanvas.NewFonts(d), links: map[string]int{}, targets: map[string]bool{}}
	p.current = style{face: l.layouter.faces.regular, size: textSize}
	for i, pg := range l.pages {
		d.AddPage()
		l.paint(p, pg)
		l.footer(p, i+1)
	}
	p.closeLinks()
	return p.fonts.Output(w)
}

func (l *Layout) footer(p *painter, number int) {
	st := style{face: l.layouter.faces.regular, size: smallSize}
	text := fmt.Sprint(number)
	p.font(st)
	p.pdf.SetTextColor(0, 0, 0)
	p.pdf.Text((l.options.Paper.Width-st.width(text))/2, topMargin+l.layouter.pageText+aboveNumber, text)
}

// paint paints a page's floats, columns and footnotes.
func (l *Layout) paint(p *painter, pg *page) {
	left, y := l.options.Paper.left(), topMargin
	if pg.title != nil {
		pg.title.draw(p, left, y)
		y += pg.title.height
	}
	y = paintStack(p, pg.floats[spanTop], left, y)
	for i, c := range pg.columns {
		x := left + float64(i)*(textWidth-columnWidth)
		s := leftTop + 2*slot(i)
		top := paintStack(p, pg.floats[s], x, y)
		l.paintColumn(p, c, x, top)
		foot := y + pg.height
		if bottom := pg.floats[s+1]; len(bottom) > 0 {
			foot -= stack(bottom)
			paintStack(p, bottom, x, foot+floatGap)
		}
		foot -= notesHeight(c.notes)
		if len(c.notes) > 0 {
			p.rule(x, foot+noteRule-2.5, 48, lightRule)
			foot += noteRule
		}
		for _, n := range c.notes {
			for _, ln := range n.lines {
				p.line(ln, x, foot+n.baseline())
				foot += n.lead
			}
		}
	}
	if bottom := pg.floats[spanBottom]; len(bottom) > 0 {
		paintStack(p, bottom, left, y+pg.height+floatGap)
	}
}

// paintStack paints floats one above the other and returns where the text begins.
func paintStack(p *painter, floats []*float, x, y float64) float64 {
	for i, f := range floats {
		if i > 0 {
			y += floatFloat
		}
		f.draw(p, x, y)
		y += f.height
	}
	if len(floats) > 0 {
		y += floatGap
	}
	return y
}

func (l *Layout) paintColumn(p *painter, c column, x, y float64) {
	y += c.lead
	for i := c.from; i < c.to; i++ {
		piece := &l.layouter.pieces[i]
		if i > c.from {
			y += piece.above(c.stretch)
		}
		if piece.draw != nil {
			piece.draw(p, x, y)
		}
		y += piece.height
	}
}
