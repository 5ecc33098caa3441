package html

import (
	"fmt"
	"strings"

	"virtcmp/internal/paper/document"
)

// inlines returns running text as markup.
func (p *page) inlines(all []document.Inline) string {
	var b strings.Builder
	for _, n := range all {
		switch n := n.(type) {
		case document.Text:
			b.WriteString(escape(string(n)))
		case document.CodeSpan:
			b.WriteString("<code>" + breakable(string(n)) + "</code>")
		case *document.Emphasis:
			tag := "em"
			if n.Strong {
				tag = "strong"
			}
			b.WriteString("<" + tag + ">" + p.inlines(n.Text) + "</" + tag + ">")
		case *document.Link:
			if n.Leads() {
				b.WriteString("<a href=\"" + escape(n.URL) + "\" rel=\"noreferrer\">" + p.inlines(n.Text) + "</a>")
			} else {
				b.WriteString(p.inlines(n.Text))
			}
		case *document.Ref:
			b.WriteString(p.link(n.Target, "", p.inlines(n.Text)))
		case *document.Cite:
			var works []string
			for _, r := range n.References {
				works = append(works, p.link("ref:"+r.Key, document.PlainText(r.Text()), fmt.Sprint(r.Number)))
			}
			b.WriteString("<span class=\"cite\">[" + strings.Join(works, ", ") + "]</span>")
		case *document.Footnote:
			p.notes = append(p.notes, n)
			fmt.Fprintf(&b, "<sup><a id=\"noted:%d\" href=\"#note:%d\" role=\"doc-noteref\" aria-label=\"Note %d\">%d</a></sup>", n.Number, n.Number, n.Number, n.Number)
		case document.Break:
			b.WriteString("<br/>\n")
		}
	}
	return b.String()
}

// link leads to what has an id. Words that lead nowhere are no link.
func (p *page) link(target, title, words string) string {
	id, ok := p.targets[target]
	if !ok {
		return words
	}
	if title != "" {
		title = " title=\"" + escape(title) + "\""
	}
	return "<a href=\"#" + id + "\"" + title + ">" + words + "</a>"
}

// breakable lets a path or a digest end a line where its parts end.
func breakable(code string) string {
	var b strings.Builder
	run := 0
	for _, r := range code {
		b.WriteString(escape(string(r)))
		if run++; strings.ContainsRune("/_,;=&?", r) || run%16 == 0 && len(code) > 40 {
			b.WriteString("<wbr/>")
		}
	}
	return b.String()
}

// lines cuts text where it breaks.
func lines(all []document.Inline) [][]document.Inline {
	cut := [][]document.Inline{nil}
	for _, n := range all {
		if _, ok := n.(document.Break); ok {
			cut = append(cut, nil)
		} else {
			cut[len(cut)-1] = append(cut[len(cut)-1], n)
		}
	}
	return cut
}
