package figure

import (
	"image/color"
	"math"
)

// Contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio).
func Contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// Readable is the colour of letters on that ground: black or white.
func Readable(ground color.NRGBA) color.NRGBA {
	black := color.NRGBA{A: 0xff}
	if Contrast(ground, white) > Contrast(ground, black) {
		return white
	}
	return black
}
