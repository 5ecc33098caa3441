package figure

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jung-kurt/gofpdf"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"virtcmp/internal/figure/pdfcanvas"
)

// dotsPerInch of figures as PNG.
const dotsPerInch = 220

// formats are the forms a figure can be written in, by file name ending.
var formats = []struct {
	ext   string
	write func(*Figure, io.Writer, time.Time) error
}{
	{"pdf", (*Figure).writePDF},
	{"svg", (*Figure).writeSVG},
	{"png", (*Figure).writePNG},
}

// Export writes the figures as PDF, SVG and PNG into the directory, which it makes
// where it is missing. The same figures give the same bytes.
func Export(dir string, figures []*Figure, created time.Time) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range figures {
		for _, format := range formats {
			if err := f.export(filepath.Join(dir, f.ID+"."+format.ext), format.write, created); err != nil {
				return fmt.Errorf("figure %s: %w", f.ID, err)
			}
		}
	}
	return nil
}

func (f *Figure) export(path string, write func(*Figure, io.Writer, time.Time) error, created time.Time) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(f, file, created); err != nil {
		file.Close()
		return err
	}
	return file.Close()
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
