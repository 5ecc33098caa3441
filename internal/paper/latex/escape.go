package latex

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"virtcmp/internal/paper/document"
)

// special are the characters that mean something to TeX, or that fonts make something
// else of, and what stands for them in text.
var special = map[rune]string{
	'\\': `\textbackslash{}`, '{': `\{`, '}': `\}`, '$': `\$`, '&': `\&`, '#': `\#`, '%': `\%`, '_': `\_`,
	'^': `\textasciicircum{}`, '~': `\textasciitilde{}`, '<': `\textless{}`, '>': `\textgreater{}`, '|': `\textbar{}`,
	'"': `\textquotedbl{}`, '\'': `\textquotesingle{}`, '`': `\textasciigrave{}`,
	'\u00a0': "~", '\u202f': `\,`,
}

// known are the characters beyond ASCII and Latin-1 that pdfLaTeX sets in the encodings
// T1 and TS1 without being told.
const known = "ĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŐőŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽžİıŒœ–—‘’‚“”„†‡•…‰‹›€™"

// declared are others that papers use, and what they are to pdfLaTeX.
var declared = map[rune]string{
	'α': `\ensuremath{\alpha}`, 'β': `\ensuremath{\beta}`, 'γ': `\ensuremath{\gamma}`, 'δ': `\ensuremath{\delta}`, 'ε': `\ensuremath{\varepsilon}`,
	'ζ': `\ensuremath{\zeta}`, 'η': `\ensuremath{\eta}`, 'θ': `\ensuremath{\theta}`, 'κ': `\ensuremath{\kappa}`, 'λ': `\ensuremath{\lambda}`,
	'μ': `\textmu{}`, 'ν': `\ensuremath{\nu}`, 'ξ': `\ensuremath{\xi}`, 'π': `\ensuremath{\pi}`, 'ρ': `\ensuremath{\rho}`, 'σ': `\ensuremath{\sigma}`,
	'τ': `\ensuremath{\tau}`, 'φ': `\ensuremath{\varphi}`, 'χ': `\ensuremath{\chi}`, 'ψ': `\ensuremath{\psi}`, 'ω': `\ensuremath{\omega}`,
	'Δ': `\ensuremath{\Delta}`, 'Σ': `\ensuremath{\Sigma}`, 'Ω': `\ensuremath{\Omega}`, 'Φ': `\ensuremath{\Phi}`, 'Π': `\ensuremath{\Pi}`, 'Θ': `\ensuremath{\Theta}`,
	'−': `\ensuremath{-}`, '≤': `\ensuremath{\leq}`, '≥': `\ensuremath{\geq}`, '≠': `\ensuremath{\neq}`, '≈': `\ensuremath{\approx}`, '∞': `\ensuremath{\infty}`,
	'√': `\ensuremath{\surd}`, '∑': `\ensuremath{\sum}`, '∝': `\ensuremath{\propto}`, '→': `\ensuremath{\rightarrow}`, '←': `\ensuremath{\leftarrow}`, '↔': `\ensuremath{\leftrightarrow}`,
	'⁰': `\textsuperscript{0}`, '⁴': `\textsuperscript{4}`, '⁵': `\textsuperscript{5}`, '⁶': `\textsuperscript{6}`, '⁷': `\textsuperscript{7}`,
	'⁸': `\textsuperscript{8}`, '⁹': `\textsuperscript{9}`, '⁻': `\textsuperscript{\ensuremath{-}}`,
	'₀': `\textsubscript{0}`, '₁': `\textsubscript{1}`, '₂': `\textsubscript{2}`, '₃': `\textsubscript{3}`, '₄': `\textsubscript{4}`,
	'₅': `\textsubscript{5}`, '₆': `\textsubscript{6}`, '₇': `\textsubscript{7}`, '₈': `\textsubscript{8}`, '₉': `\textsubscript{9}`,
	'\u2002': " ", '\u2003': `\quad{}`, '\u2009': `\,`, '\u2010': "-", '\u2011': `\mbox{-}`, '\u2012': `\textendash{}`, '\u2015': `\textemdash{}`, '′': `\ensuremath{'}`,
}

// charset collects the characters that the preamble has to declare.
type charset map[rune]bool

// declarations are the preamble's lines for them. What no font here has becomes a
// question mark.
func (c charset) declarations() []string {
	var all []string
	for _, r := range slices.Sorted(maps.Keys(c)) {
		as, ok := declared[r]
		if !ok {
			as = "?"
		}
		all = append(all, fmt.Sprintf(`\DeclareUnicodeCharacter{%04X}{%s}`, r, as))
	}
	return all
}

// A word of more letters may be broken behind some of its marks, one of yet more behind all,
// and a very long one anywhere.
const (
	longCode  = 12
	longWord  = 24
	endlessly = 48
)

const (
	marks     = "/._-=:,;?&@"
	someMarks = "/=,:"
)

// text returns LaTeX that stands for exactly that text.
func (c charset) text(s string) string { return c.words(s, longWord) }

// code does so for names from programs, which are sooner broken.
func (c charset) code(s string) string { return c.words(s, longCode) }

func (c charset) words(s string, long int) string {
	var b strings.Builder
	for i, word := range strings.Split(document.Clean(s), " ") {
		if i > 0 {
			b.WriteByte(' ')
		}
		c.word(&b, word, long)
	}
	return b.String()
}

// word writes a word: with hints where it may be broken if it is long, and without the
// ligatures that TeX's fonts make of punctuation.
func (c charset) word(b *strings.Builder, word string, long int) {
	n := utf8.RuneCountInString(word)
	behind := someMarks
	if n > longWord {
		behind = marks
	}
	last, since := rune(0), 0
	for _, r := range word {
		switch {
		case n > long && strings.ContainsRune(behind, last) && !strings.ContainsRune(marks, r), n > endlessly && since >= 12:
			b.WriteString(`\allowbreak{}`)
			since = 0
		case r == last && (r == '-' || r == ','):
			b.WriteString("{}")
		}
		c.write(b, r)
		last = r
		since++
	}
}

func (c charset) write(b *strings.Builder, r rune) {
	if as, ok := special[r]; ok {
		b.WriteString(as)
		return
	}
	if r > 0xff && !strings.ContainsRune(known, r) {
		c[r] = true
	}
	b.WriteRune(r)
}

// label makes a name that \label, \ref and BibTeX take of any.
func label(id string) string {
	var b strings.Builder
	for _, r := range id {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune(":-.", r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "-%x-", r)
		}
	}
	return b.String()
}

// address makes an argument of \href of a URL: what TeX or a PDF could trip over is
// percent-encoded.
func address(url string) string {
	var b strings.Builder
	for _, c := range []byte(document.Clean(url)) {
		switch {
		case strings.IndexByte("%#&_", c) >= 0:
			b.WriteString(`\` + string(rune(c)))
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\\{}^\"<>|`$~()'", c) >= 0:
			fmt.Fprintf(&b, `\%%%02X`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// lineLength is how long the source's lines are, where words allow.
const lineLength = 100

// fill breaks a paragraph into lines: where it says so, after sentences, and where
// lines get too long.
func fill(text, indent string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		width, before := 0, ""
		for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == ' ' }) {
			n := utf8.RuneCountInString(word)
			switch {
			case width == 0:
				b.WriteString(indent)
			case width+1+n > lineLength || width > lineLength/3 && endsSentence(before) && startsSentence(word):
				b.WriteString("\n" + indent)
				width = 0
			default:
				b.WriteByte(' ')
				width++
			}
			b.WriteString(word)
			width, before = width+n, word
		}
	}
	return b.String()
}

func endsSentence(word string) bool {
	word = strings.TrimRight(word, ")}”’")
	return len(word) > 3 && strings.ContainsAny(word[len(word)-1:], ".?!") && !strings.HasSuffix(word, "al.")
}

func startsSentence(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r) || r == '\\' || r == '“'
}
