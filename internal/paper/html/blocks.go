package html

import (
	"fmt"
	"strings"
	"unicode"

	"virtcmp/internal/paper/document"
)

// identify gives an id to whatever can be led to.
func (p *page) identify(blocks []document.Block) {
	for _, b := range blocks {
		switch b := b.(type) {
		case *document.Heading:
			p.ids[b] = p.identity("sec:" + b.ID)
		case *document.Figure:
			p.ids[b] = p.identity("fig:" + b.ID)
		case *document.Table:
			if b.Number > 0 {
				p.ids[b] = p.identity("tab:" + b.ID)
			}
		case *document.Bibliography:
			for _, r := range b.References {
				p.identity("ref:" + r.Key)
			}
		case *document.Quote:
			p.identify(b.Blocks)
		case *document.List:
			for _, item := range b.Items {
				p.identify(item)
			}
		}
	}
}

// identity makes an id of a target, and of one that is there already one of its own.
func (p *page) identity(target string) string {
	id := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) && r < 0x80 || unicode.IsDigit(r) && r < 0x80 || strings.ContainsRune(":-_.", r) {
			return r
		}
		return '-'
	}, target)
	taken := map[string]bool{}
	for _, other := range p.ids {
		taken[other] = true
	}
	for _, other := range p.targets {
		taken[other] = true
	}
	unique := id
	for n := 2; taken[unique]; n++ {
		unique = fmt.Sprintf("%s-%d", id, n)
	}
	if _, ok := p.targets[target]; !ok {
		p.targets[target] = unique
	}
	return unique
}

func (p *page) blocks(all []document.Block) {
	for _, b := range all {
		p.block(b)
	}
}

func (p *page) block(b document.Block) {
	switch b := b.(type) {
	case *document.Heading:
		p.heading(b)
	case *document.Paragraph:
		p.print("<p>%s</p>\n", p.inlines(b.Text))
	case *document.List:
		p.list(b)
	case *document.Quote:
		p.print("<blockquote>\n")
		p.within(b.Blocks)
		p.print("</blockquote>\n")
	case *document.Code:
		var lines []string
		for line := range strings.SplitSeq(b.Text, "\n") {
			lines = append(lines, escape(line))
		}
		p.print("<pre tabindex=\"0\"><code>%s</code></pre>\n", strings.Join(lines, "\n"))
	case *document.Figure:
		p.figure(b)
	case *document.Table:
		p.table(b)
	case *document.Bibliography:
		p.bibliography(b)
	}
}

// within writes blocks of a list or quotation.
func (p *page) within(blocks []document.Block) {
	p.nested++
	p.blocks(blocks)
	p.nested--
}

// heading opens a section, within those of lower levels; within a list or quotation it
// is but a heading.
func (p *page) heading(h *document.Heading) {
	id, level := p.ids[h], min(h.Level+1, 6)
	words := fmt.Sprintf("<h%d id=\"%s\">%s</h%d>\n", level, id, numbered(h.Number, p.inlines(h.Text)), level)
	if p.nested > 0 {
		p.print("%s", words)
		return
	}
	p.closeSections(h.Level)
	p.open = append(p.open, h.Level)
	p.front = p.front && h.Number == ""
	class := ""
	if p.front {
		class = " class=\"front\""
	}
	p.print("<section%s aria-labelledby=\"%s\">\n%s", class, id, words)
}

// closeSections closes the sections of that level and of higher ones.
func (p *page) closeSections(level int) {
	for n := len(p.open); n > 0 && p.open[n-1] >= level; n-- {
		p.open = p.open[:n-1]
		p.print("</section>\n")
	}
}

func (p *page) list(b *document.List) {
	tag, start := "ul", ""
	if b.Ordered {
		tag = "ol"
		if b.Start != 1 {
			start = fmt.Sprintf(" start=\"%d\"", b.Start)
		}
	}
	p.print("<%s%s>\n", tag, start)
	for _, item := range b.Items {
		p.print("<li>")
		if only, ok := single(item); ok {
			p.print("%s", p.inlines(only.Text))
		} else {
			p.print("\n")
			p.within(item)
		}
		p.print("</li>\n")
	}
	p.print("</%s>\n", tag)
}

// single returns the paragraph that is all there is.
func single(blocks []document.Block) (*document.Paragraph, bool) {
	if len(blocks) != 1 {
		return nil, false
	}
	only, ok := blocks[0].(*document.Paragraph)
	return only, ok
}

func (p *page) bibliography(b *document.Bibliography) {
	p.print("<ol class=\"works\">\n")
	for _, r := range b.References {
		p.print("<li id=\"%s\" value=\"%d\">%s</li>\n", p.targets["ref:"+r.Key], r.Number, p.inlines(r.Text()))
	}
	p.print("</ol>\n")
}

// endnotes writes the footnotes, with ways back to where they belong.
func (p *page) endnotes() {
	if len(p.notes) == 0 {
		return
	}
	p.print("<section role=\"doc-endnotes\" aria-labelledby=\"notes\">\n<h2 id=\"notes\">Notes</h2>\n<ol>\n")
	for i := 0; i < len(p.notes); i++ { // notes may have notes
		n := p.notes[i]
		p.print("<li id=\"note:%d\" value=\"%d\">%s <a href=\"#noted:%d\" role=\"doc-backlink\" aria-label=\"Back to the text\">↩</a></li>\n",
			n.Number, n.Number, p.inlines(n.Text), n.Number)
	}
	p.print("</ol>\n</section>\n")
}
