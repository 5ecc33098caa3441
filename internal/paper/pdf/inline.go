package pdf

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"virtcmp/internal/paper/document"
)

// style is how a stretch of text looks and where it leads.
type style struct {
	face *face
	size float64
	rise float64 // of the baseline, for superscripts
	link string  // a URL, or # and a target within the paper
}

func (s style) width(text string) float64 { return s.face.width(text) * s.size }

// item is an element of a paragraph in the manner of TeX: a box, kern, glue or penalty.
type item struct {
	kind    kind
	width   float64 // of a penalty: of the hyphen it leaves at a line's end
	stretch float64
	shrink  float64
	penalty float64
	flagged bool // a hyphen
	text    string
	style   style
	note    *document.Footnote
}

type kind int

const (
	box  kind = iota
	kern      // moves the box behind it, but not at a line's start
	glue
	penalty
)

// Penalties of a line's end, as in plain TeX where it has them.
const (
	never         = 10000.0
	forced        = -10000.0
	hyphenPenalty = 50.0
	codePenalty   = 120.0  // after a punctuation mark of a path or URL
	tornPenalty   = 2000.0 // within a word that nothing else can break
)

// setter turns inline text into items.
type setter struct {
	faces *faces
	hyph  *Hyphenator
	items []item
	width float64 // of the lines: no box may be wider
}

// look is the dress that nested emphasis adds up to.
type look struct {
	bold, italic, mono bool
	whole              bool // words are not hyphenated
	size, rise         float64
	link               string
}

func (s *setter) style(l look) style {
	f := s.faces.regular
	switch {
	case l.mono:
		f = s.faces.mono
	case l.bold && l.italic:
		f = s.faces.boldItalic
	case l.bold:
		f = s.faces.bold
	case l.italic:
		f = s.faces.italic
	}
	size := l.size
	if l.mono {
		size *= monoScale
	}
	return style{face: f, size: size, rise: l.rise, link: l.link}
}

// monoScale brings the monospaced font to the x-height of the text.
const monoScale = 0.86

func (s *setter) inlines(all []document.Inline, l look) {
	for _, n := range all {
		switch n := n.(type) {
		case document.Text:
			s.text(string(n), l)
		case document.CodeSpan:
			l := l
			l.mono = true
			s.text(string(n), l)
		case *document.Emphasis:
			l := l
			if n.Strong {
				l.bold = true
			} else {
				l.italic = !l.italic
			}
			s.inlines(n.Text, l)
		case *document.Link:
			l := l
			l.link = n.URL
			s.inlines(n.Text, l)
		case *document.Ref:
			l := l
			l.link, l.whole = "#"+n.Target, true
			s.inlines(n.Text, l)
		case *document.Cite:
			s.cite(n, l)
		case *document.Footnote:
			l := l
			l.size, l.rise = l.size*0.68, l.size*0.34
			s.unbroken(fmt.Sprint(n.Number), l)
			s.items[len(s.items)-1].note = n
		case document.Break:
			s.items = append(s.items, item{kind: penalty, penalty: never}, item{kind: glue, stretch: fil}, item{kind: penalty, penalty: forced})
		}
	}
}

// fil is stretch without end, for the last line.
const fil = 1e6

// cite sets "[1, 2]", which holds together.
func (s *setter) cite(n *document.Cite, l look) {
	s.unbroken("[", l)
	for i, r := range n.References {
		if i > 0 {
			s.unbroken(",", l)
			s.tie(l)
		}
		linked := l
		linked.link = "#ref:" + r.Key
		s.unbroken(fmt.Sprint(r.Number), linked)
	}
	s.unbroken("]", l)
}

// text adds words and the spaces between them.
func (s *setter) text(text string, l look) {
	st := s.style(l)
	text = st.face.supported(text)
	for text != "" {
		end := strings.IndexAny(text, " \t\n\u00a0\u202f")
		if end < 0 {
			s.word(text, l)
			return
		}
		s.word(text[:end], l)
		r, size := utf8.DecodeRuneInString(text[end:])
		switch r {
		case '\u00a0':
			s.tie(l)
		case '\u202f': // narrow and unbreakable: part of the word
			s.items = append(s.items, item{kind: penalty, penalty: never}, item{kind: glue, width: st.size / 6, style: st})
		default:
			s.items = append(s.items, s.space(st))
		}
		text = text[end+size:]
	}
}

// space is the glue between words; it gives a little more after a sentence's parts.
func (s *setter) space(st style) item {
	return item{kind: glue, width: st.face.glyph(' ').advance * st.size, stretch: 0.16 * st.size, shrink: 0.075 * st.size, style: st}
}

// tie is a space that no line ends at.
func (s *setter) tie(l look) {
	st := s.style(l)
	sp := s.space(st)
	s.items = append(s.items, item{kind: penalty, penalty: never}, sp)
}

func (s *setter) box(text string, st style) {
	w := st.width(text)
	if s.width > 0 && w > s.width && utf8.RuneCountInString(text) > 1 {
		s.torn(text, st)
		return
	}
	if k := s.kern(text, st); k != 0 {
		s.items = append(s.items, item{kind: kern, width: k})
	}
	s.items = append(s.items, item{kind: box, width: w, text: text, style: st})
}

// kern is how much nearer the text stands to the box that it follows in the same word.
func (s *setter) kern(text string, st style) float64 {
	for i := len(s.items) - 1; i >= 0; i-- {
		switch it := &s.items[i]; {
		case it.kind == glue:
			return 0
		case it.kind == box && it.text != "" && it.style == st:
			last, _ := utf8.DecodeLastRuneInString(it.text)
			first, _ := utf8.DecodeRuneInString(text)
			return st.face.kern(last, first) * st.size
		case it.kind == box:
			return 0
		}
	}
	return 0
}

// torn cuts what is wider than a line into characters.
func (s *setter) torn(text string, st style) {
	for i, r := range text {
		if i > 0 {
			s.items = append(s.items, item{kind: penalty, penalty: tornPenalty, style: st})
		}
		s.items = append(s.items, item{kind: box, width: st.width(string(r)), text: string(r), style: st})
	}
}

func (s *setter) unbroken(text string, l look) { s.box(text, s.style(l)) }

// word adds a word with the places where it may be broken.
func (s *setter) word(word string, l look) {
	if word == "" {
		return
	}
	st := s.style(l)
	if l.mono || strings.Contains(word, "://") {
		s.code(word, st)
		return
	}
	if s.width > 0 && st.width(word) > 2*s.width { // nothing a hyphen would help
		s.torn(word, st)
		return
	}
	hyphen := item{kind: penalty, width: st.width("-"), penalty: hyphenPenalty, flagged: true, style: st}
	runs := letters(word)
	for i, run := range runs {
		parts := []string{run}
		if i%2 == firstLetters(runs) && !l.whole {
			parts = s.hyph.parts(run)
		}
		for j, part := range parts {
			if j > 0 {
				s.items = append(s.items, hyphen)
			}
			if j+1 < len(parts) && s.width > 0 && st.width(part)+hyphen.width > s.width {
				s.torn(part, st) // not even this and a hyphen fit a line
				continue
			}
			s.box(part, st)
		}
		// A written hyphen or dash within a word may end a line.
		if i+1 < len(runs) && i > 0 && (strings.HasSuffix(run, "-") || strings.HasSuffix(run, "–") || strings.HasSuffix(run, "—") || strings.HasSuffix(run, "/")) {
			s.items = append(s.items, item{kind: penalty, penalty: hyphenPenalty, flagged: true, style: st})
		}
	}
}

// firstLetters returns whether the runs of letters are the even (0) or the odd ones.
func firstLetters(runs []string) int {
	if len(letters("a"+runs[0])) == 1 {
		return 0
	}
	return 1
}

// code adds a path, URL or digest, which may be broken after its punctuation marks
// and, being long, anywhere.
func (s *setter) code(word string, st style) {
	const holdsTogether = 24 // characters
	long := utf8.RuneCountInString(word) > holdsTogether
	start := 0
	for i, r := range word {
		end := i + utf8.RuneLen(r)
		mark := strings.ContainsRune("/._-=:,;?&", r)
		if end < len(word) && (mark || long) {
			s.box(word[start:end], st)
			p := codePenalty
			if !mark {
				p = tornPenalty / 2
			}
			s.items = append(s.items, item{kind: penalty, penalty: p, style: st})
			start = end
		}
	}
	s.box(word[start:], st)
}
