package pdfcanvas

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jung-kurt/gofpdf"
	"gonum.org/v1/plot/font"
)

// gofpdf calls an embedded font utf8 and its family in lower case. PDF (ISO 32000,
// 9.9.2) wants six capitals and a plus sign before a subset's PostScript name, so
// Output puts that of the same length in its place.
const (
	familyPrefix = "vc+"
	nameInFile   = "utf8" + familyPrefix
	subsetTag    = "VIRTCP+"
)

// Fonts embeds fonts in a document, each once, cut down to what is used.
type Fonts struct {
	pdf      *gofpdf.Fpdf
	families map[string]string // of a PostScript name
}

// NewFonts returns the fonts of a document that has none yet.
func NewFonts(pdf *gofpdf.Fpdf) *Fonts { return &Fonts{pdf: pdf, families: map[string]string{}} }

// Add embeds the TrueType font of that PostScript name, if it is not yet, and
// returns the family to select it by, with no style.
func (f *Fonts) Add(name string, truetype []byte) (family string) {
	if family, ok := f.families[name]; ok {
		return family
	}
	family = familyPrefix + strings.ToLower(name)
	f.families[name] = family
	f.pdf.AddUTF8FontFromBytes(family, "", truetype)
	return family
}

// Face is Add for a face of gonum/plot.
func (f *Fonts) Face(face font.Face) (family string) {
	if family, ok := f.families[face.Name()]; ok {
		return family
	}
	var truetype bytes.Buffer
	if _, err := face.Face.WriteSourceTo(nil, &truetype); err != nil {
		f.pdf.SetError(err)
	}
	return f.Add(face.Name(), truetype.Bytes())
}

// Output ends the document and writes it.
func (f *Fonts) Output(w io.Writer) error {
	var b bytes.Buffer
	if err := f.pdf.Output(&b); err != nil {
		return err
	}
	file := b.Bytes()
	longestFirst := slices.SortedFunc(maps.Keys(f.families), func(a, b string) int { // …-Bold begins …-BoldItalic
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	for _, name := range longestFirst {
		file = bytes.ReplaceAll(file, []byte("/"+nameInFile+strings.ToLower(name)), []byte("/"+subsetTag+name))
	}
	_, err := w.Write(file)
	return err
}

// Printable replaces what gofpdf cannot encode: beyond the basic plane, and control
// characters.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 || r == 0x7f:
			return ' '
		case r > 0xffff:
			return '\ufffd'
		}
		return r
	}, text)
}
