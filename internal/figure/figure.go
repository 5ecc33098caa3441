// Package figure draws the paper's figures: a file per figure, findings to plots.
package figure

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Widths of figures: of a column and of the whole text.
const (
	ColumnWidth vg.Length = 234
	TextWidth   vg.Length = 486
)

// Figure is a drawing of a fixed size.
type Figure struct {
	ID     string
	Width  vg.Length // ColumnWidth or TextWidth
	Height vg.Length
	Draw   func(draw.Canvas)
}

// Wide reports whether the figure spans both columns.
func (f *Figure) Wide() bool { return f.Width > ColumnWidth }
