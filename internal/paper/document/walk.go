package document

import "iter"

// Inlines yields all running text of the document, in its order: what holds text before
// the text that it holds.
func (d *Document) Inlines() iter.Seq[Inline] {
	return func(yield func(Inline) bool) {
		w := walker{yield}
		if !w.inlines(d.Title) {
			return
		}
		for _, p := range d.Byline {
			if !w.inlines(p.Text) {
				return
			}
		}
		w.blocks(d.Blocks)
	}
}

// Inlines yields all running text of the blocks likewise.
func Inlines(blocks ...Block) iter.Seq[Inline] {
	return func(yield func(Inline) bool) { walker{yield}.blocks(blocks) }
}

type walker struct{ yield func(Inline) bool }

func (w walker) blocks(all []Block) bool {
	for _, b := range all {
		if !w.block(b) {
			return false
		}
	}
	return true
}

func (w walker) block(b Block) bool {
	switch b := b.(type) {
	case *Heading:
		return w.inlines(b.Text)
	case *Paragraph:
		return w.inlines(b.Text)
	case *List:
		for _, item := range b.Items {
			if !w.blocks(item) {
				return false
			}
		}
	case *Quote:
		return w.blocks(b.Blocks)
	case *Figure:
		return w.inlines(b.Caption)
	case *Table:
		return w.inlines(b.Caption) && w.rows(b.Head) && w.rows(b.Body) && w.inlines(b.Notes)
	}
	return true
}

func (w walker) rows(rows []Row) bool {
	for _, r := range rows {
		for _, c := range r.Cells {
			if !w.inlines(c.Text) {
				return false
			}
		}
	}
	return true
}

func (w walker) inlines(all []Inline) bool {
	for _, n := range all {
		if !w.yield(n) {
			return false
		}
		var inner []Inline
		switch n := n.(type) {
		case *Emphasis:
			inner = n.Text
		case *Link:
			inner = n.Text
		case *Ref:
			inner = n.Text
		case *Footnote:
			inner = n.Text
		}
		if !w.inlines(inner) {
			return false
		}
	}
	return true
}
