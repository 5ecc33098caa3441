package pdf

import (
	"fmt"
	"math"

	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifbolditalic"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is a font with its measures, in ems.
type face struct {
	name     string // PostScript name
	truetype []byte
	sfnt     *sfnt.Font
	buf      sfnt.Buffer
	glyphs   map[rune]glyph
	kerns    map[[2]rune]float64
	widths   map[string]float64
}

type glyph struct {
	index   sfnt.GlyphIndex // 0: the font has no such character
	advance float64
}

// faces are the fonts of the text.
type faces struct {
	regular, bold, italic, boldItalic, mono *face
}

func loadFaces() (*faces, error) {
	var f faces
	for _, l := range []struct {
		to       **face
		name     string
		truetype []byte
	}{
		{&f.regular, "LiberationSerif", liberationserifregular.TTF},
		{&f.bold, "LiberationSerif-Bold", liberationserifbold.TTF},
		{&f.italic, "LiberationSerif-Italic", liberationserifitalic.TTF},
		{&f.boldItalic, "LiberationSerif-BoldItalic", liberationserifbolditalic.TTF},
		{&f.mono, "LiberationMono", liberationmonoregular.TTF},
	} {
		parsed, err := sfnt.Parse(l.truetype)
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", l.name, err)
		}
		*l.to = &face{name: l.name, truetype: l.truetype, sfnt: parsed, glyphs: map[rune]glyph{}, kerns: map[[2]rune]float64{}, widths: map[string]float64{}}
	}
	return &f, nil
}

func (f *face) em() fixed.Int26_6 { return fixed.I(int(f.sfnt.UnitsPerEm())) }

func (f *face) ems(v fixed.Int26_6) float64 { return float64(v) / float64(f.em()) }

func (f *face) glyph(r rune) glyph {
	if g, ok := f.glyphs[r]; ok {
		return g
	}
	var g glyph
	index, err := f.sfnt.GlyphIndex(&f.buf, r)
	if err == nil {
		g.index = index
		if adv, err := f.sfnt.GlyphAdvance(&f.buf, index, f.em(), font.HintingNone); err == nil {
			g.advance = f.ems(adv)
		}
	}
	f.glyphs[r] = g
	return g
}

// kern returns how much nearer (below 0) b stands to a than their widths say.
func (f *face) kern(a, b rune) float64 {
	pair := [2]rune{a, b}
	if k, ok := f.kerns[pair]; ok {
		return k
	}
	k := 0.0
	if v, err := f.sfnt.Kern(&f.buf, f.glyph(a).index, f.glyph(b).index, f.em(), font.HintingNone); err == nil {
		k = f.ems(v)
	}
	if math.Abs(k) < 0.005 {
		k = 0 // not worth an operator of its own
	}
	f.kerns[pair] = k
	return k
}

// width returns the width of the text in ems.
func (f *face) width(text string) float64 {
	if w, ok := f.widths[text]; ok {
		return w
	}
	w, last := 0.0, rune(-1)
	for _, r := range text {
		if last >= 0 {
			w += f.kern(last, r)
		}
		w += f.glyph(r).advance
		last = r
	}
	f.widths[text] = w
	return w
}

// supported replaces the characters that the font does not have.
func (f *face) supported(text string) string {
	out := []rune(text)
	for i, r := range out {
		switch {
		case r == '\u00ad' || r == '\u200b': // soft hyphen, zero-width space
			out[i] = -1
		case r == '\t' || r == '\n' || r == '\r':
			out[i] = ' '
		case r < 0x20 || r == 0x7f || r > 0xffff || f.glyph(r).index == 0:
			out[i] = '\ufffd'
			if f.glyph('\ufffd').index == 0 {
				out[i] = '?'
			}
		}
	}
	n := 0
	for _, r := range out {
		if r >= 0 {
			out[n] = r
			n++
		}
	}
	return string(out[:n])
}
