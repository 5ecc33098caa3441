package document

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// converter turns one file's syntax tree into blocks.
type converter struct {
	*Builder
	name      string
	source    []byte
	footnotes map[int]*extast.Footnote
}

func (c *converter) errorf(n ast.Node, format string, args ...any) {
	where := c.name
	if line := lineOf(n, c.source); line > 0 {
		where += ":" + strconv.Itoa(line)
	}
	c.errs = append(c.errs, fmt.Errorf("%s: "+format, append([]any{where}, args...)...))
}

// lineOf returns the line a node stands on, from 1, or 0 where it has none.
func lineOf(n ast.Node, source []byte) int {
	for ; n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			return bytes.Count(source[:n.Lines().At(0).Start], []byte("\n")) + 1
		}
	}
	return 0
}

func children(n ast.Node) func(func(ast.Node) bool) {
	return func(yield func(ast.Node) bool) {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if !yield(c) {
				return
			}
		}
	}
}

func (c *converter) blocks(parent ast.Node) []Block {
	var all []Block
	for n := range children(parent) {
		if b := c.block(n); b != nil {
			all = append(all, b)
		}
	}
	return all
}

func (c *converter) block(n ast.Node) Block {
	switch n := n.(type) {
	case *ast.Heading:
		return c.heading(n)
	case *ast.Paragraph:
		if image, ok := n.FirstChild().(*ast.Image); ok && n.ChildCount() == 1 {
			return c.float(image)
		}
		return &Paragraph{Text: c.inlines(n)}
	case *ast.TextBlock:
		return &Paragraph{Text: c.inlines(n)}
	case *ast.List:
		list := &List{Ordered: n.IsOrdered(), Start: n.Start}
		for item := range children(n) {
			list.Items = append(list.Items, c.blocks(item))
		}
		return list
	case *ast.Blockquote:
		return &Quote{Blocks: c.blocks(n)}
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return &Code{Text: strings.TrimRight(string(n.Lines().Value(c.source)), "\n")}
	case *extast.Table:
		return c.table(n)
	case *extast.FootnoteList: // set where they are referred to
	default:
		c.errorf(n, "%s cannot be set in the paper", n.Kind())
	}
	return nil
}

func (c *converter) heading(n *ast.Heading) Block {
	words := c.inlines(n)
	if n.Level == 1 {
		if c.doc.Title != nil {
			c.errorf(n, "a second title (the first: %q)", PlainText(c.doc.Title))
		}
		c.doc.Title = words
		return nil
	}
	h := &Heading{Level: n.Level - 1, Text: words}
	if id, ok := n.AttributeString("id"); ok {
		h.ID = attribute(id)
	}
	class, _ := n.AttributeString("class")
	if h.Level <= 2 && !slices.Contains(strings.Fields(attribute(class)), "unnumbered") {
		c.sections[h.Level-1]++
		clear(c.sections[h.Level:])
		for i := range h.Level {
			h.Number += "." + strconv.Itoa(c.sections[i])
		}
		h.Number = h.Number[1:]
		c.label(n, "sec:"+h.ID, numbered("Section", h.Number))
	} else {
		c.label(n, "sec:"+h.ID, label{word: "“" + PlainText(words) + "”"})
	}
	return h
}

const nbsp = "\u00a0"

func attribute(v any) string {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case string:
		return v
	}
	return ""
}

func (c *converter) label(n ast.Node, target string, l label) {
	if _, ok := c.labels[target]; ok {
		c.errorf(n, "%q is there twice", target)
	}
	c.labels[target] = l
}

// float turns an image alone in its paragraph into what it names.
func (c *converter) float(n *ast.Image) Block {
	target := string(n.Destination)
	if target == "references" {
		b := &Bibliography{}
		c.bibliographies = append(c.bibliographies, b)
		return b
	}
	caption := c.inlines(n)
	switch kind, id, _ := strings.Cut(target, ":"); kind {
	case "fig":
		if drawing := c.material.Figures[id]; drawing != nil {
			c.figures++
			c.label(n, target, numbered("Figure", strconv.Itoa(c.figures)))
			return &Figure{ID: id, Number: c.figures, Caption: caption, Drawing: drawing}
		}
		c.errorf(n, "no figure %q; there are %s", id, names(c.material.Figures))
	case "tab":
		if found := c.material.Tables[id]; found != nil {
			c.tables++
			c.label(n, target, numbered("Table", strconv.Itoa(c.tables)))
			t := *found
			t.ID, t.Number, t.Caption = id, c.tables, caption
			for _, row := range slices.Concat(t.Head, t.Body) {
				for _, cell := range row.Cells {
					c.citeAll(n, cell.Text)
				}
			}
			c.citeAll(n, t.Notes)
			return &t
		}
		c.errorf(n, "no table %q; there are %s", id, names(c.material.Tables))
	default:
		c.errorf(n, "image %q: only fig:, tab: and references can be set", target)
	}
	return nil
}

func names[T any](m map[string]T) string {
	return cmp.Or(strings.Join(slices.Sorted(maps.Keys(m)), ", "), "none")
}

func (c *converter) table(n *extast.Table) Block {
	t := &Table{}
	for _, a := range n.Alignments {
		col := Column{Wrap: true}
		switch a {
		case extast.AlignRight:
			col = Column{Align: Right}
		case extast.AlignCenter:
			col = Column{Align: Center}
		}
		t.Columns = append(t.Columns, col)
	}
	for r := range children(n) {
		var row Row
		for cell := range children(r) {
			row.Cells = append(row.Cells, Cell{Text: c.inlines(cell)})
		}
		if _, ok := r.(*extast.TableHeader); ok {
			t.Head = append(t.Head, row)
		} else {
			t.Body = append(t.Body, row)
		}
	}
	return t
}

func (c *converter) inlines(parent ast.Node) []Inline {
	var all []Inline
	add := func(n Inline) {
		if t, ok := n.(Text); ok && len(all) > 0 { // join neighbours
			if last, ok := all[len(all)-1].(Text); ok {
				all[len(all)-1] = last + t
				return
			}
		}
		all = append(all, n)
	}
	for n := range children(parent) {
		switch n := n.(type) {
		case *ast.Text:
			if n.IsRaw() {
				add(Text(n.Segment.Value(c.source)))
			} else {
				add(Text(unescape(n.Segment.Value(c.source))))
			}
			switch {
			case n.HardLineBreak():
				add(Break{})
			case n.SoftLineBreak():
				add(Text(" "))
			}
		case *ast.String:
			add(Text(html.UnescapeString(string(n.Value))))
		case *ast.Emphasis:
			add(&Emphasis{Strong: n.Level == 2, Text: c.inlines(n)})
		case *ast.CodeSpan:
			var code strings.Builder
			for t := range children(n) {
				if t, ok := t.(*ast.Text); ok {
					code.Write(t.Segment.Value(c.source))
				}
			}
			add(CodeSpan(strings.ReplaceAll(code.String(), "\n", " ")))
		case *ast.Link:
			add(c.link(n))
		case *ast.AutoLink:
			url := string(n.URL(c.source))
			add(&Link{URL: url, Text: []Inline{Text(url)}})
		case *extast.FootnoteLink:
			if f := c.footnotes[n.Index]; f != nil {
				c.notes++
				note := &Footnote{Number: c.notes}
				for p := range children(f) {
					note.Text = append(note.Text, c.inlines(p)...)
				}
				add(note)
			}
		case *extast.FootnoteBacklink:
		default:
			c.errorf(n, "%s cannot be set in the paper", n.Kind())
		}
	}
	return all
}

func (c *converter) link(n *ast.Link) Inline {
	target := string(n.Destination)
	words := c.inlines(n)
	switch kind, rest, _ := strings.Cut(target, ":"); kind {
	case "cite":
		cite := &Cite{}
		for key := range strings.SplitSeq(rest, ",") {
			cite.References = append(cite.References, Reference{Key: strings.TrimSpace(key)})
		}
		c.cite(n, cite)
		return cite
	case "fig", "tab", "sec":
		r := &Ref{Target: target, Text: words}
		c.refs = append(c.refs, pendingRef{c.name, r})
		return r
	}
	return &Link{URL: target, Text: words}
}

// cite looks up the works that are cited by key and numbers them in the order of
// their first citation.
func (c *converter) cite(n ast.Node, cite *Cite) {
	for i, r := range cite.References {
		known, ok := c.material.References[r.Key]
		if !ok {
			c.errorf(n, "citation of %q, which is not among the references", r.Key)
			continue
		}
		if c.numbers[known.Key] == 0 {
			known.Number = len(c.cited) + 1
			c.numbers[known.Key] = known.Number
			c.cited = append(c.cited, known)
		}
		known.Number = c.numbers[known.Key]
		cite.References[i] = known
	}
	slices.SortFunc(cite.References, func(a, b Reference) int { return cmp.Compare(a.Number, b.Number) })
}

// citeAll does so for the citations in text that was not Markdown.
func (c *converter) citeAll(n ast.Node, text []Inline) {
	for _, in := range text {
		switch in := in.(type) {
		case *Cite:
			c.cite(n, in)
		case *Emphasis:
			c.citeAll(n, in.Text)
		}
	}
}
