package figure

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/jung-kurt/gofpdf"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"virtcmp/internal/figure/pdfcanvas"
)

// dotsPerInch of figures as PNG.
const dotsPerInch = 220

// forms are what a figure can be written as, by file name ending.
var forms = map[string]func(*Figure, io.Writer, time.Time) error{
	"pdf": (*Figure).writePDF,
	"svg": (*Figure).writeSVG,
	"png": (*Figure).writePNG,
}

// Endings are the forms that a figure can be written as.
var Endings = []string{"pdf", "svg", "png"}

// Write writes the figure in the form of that ending; created is a date for the file's
// properties. The same figure gives the same bytes.
func (f *Figure) Write(w io.Writer, ending string, created time.Time) error {
	form, ok := forms[ending]
	if !ok {
		return fmt.Errorf("no figure can be written as %q", ending)
	}
	return form(f, w, created)
}

func (f *Figure) writePDF(w io.Writer, created time.Time) error {
	d := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "pt", Size: gofpdf.SizeType{Wd: f.Width.Points(), Ht: f.Height.Points()}})
	d.SetCatalogSort(true)
	d.SetCreationDate(created)
	d.SetModificationDate(created)
	d.SetAutoPageBreak(false, 0)
	d.SetTitle(f.ID, true)
	d.AddPage()
	fonts := pdfcanvas.NewFonts(d)
	f.Draw(draw.New(pdfcanvas.New(d, fonts, 0, 0, f.Width, f.Height)))
	return fonts.Output(w)
}

func (f *Figure) writeSVG(w io.Writer, _ time.Time) error {
	c := vgsvg.New(f.Width, f.Height)
	f.Draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	// Arial and Helvetica have the same widths, where Liberation is not to be had.
	const family = "font-family:Liberation Sans"
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte(family+";"), []byte(family+",Arial,Helvetica,sans-serif;")))
	return err
}

func (f *Figure) writePNG(w io.Writer, _ time.Time) error {
	c := vgimg.NewWith(vgimg.UseWH(f.Width, f.Height), vgimg.UseDPI(dotsPerInch))
	f.Draw(draw.New(c))
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}
