package html

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"virtcmp/internal/figure"
	"virtcmp/internal/figure/svgcanvas"
)

// shown is how a named colour of figures looks: in areas and lines, and in letters, where
// it must stand out more.
type shown struct {
	light, lightWords string // lightWords "": as light
	dark, darkWords   string
}

// lookOf gives the colours of figures their looks. What is not listed looks on the page
// as it does in print.
var lookOf = map[string]shown{
	"ink":           {light: "#202020", dark: "#e6e6e3"},
	"gray":          {light: "#6a6a6a", dark: "#a3a7ad"},
	"light-gray":    {light: "#dcdcd8", dark: "#373b40"},
	"ground":        {light: lightGround, dark: darkGround},
	"hardware":      {light: "#c8c8c8", dark: "#4a4f55"},
	"own-kernel":    {light: "#f3c9a5", dark: "#754822"},
	"shared-kernel": {light: "#aecde6", dark: "#28557c"},
	"hypervisor":    {light: "#b5dccb", dark: "#22604a"},
	"program":       {light: "#f7f7f5", dark: "#25292e"},
	"t0":            {light: "#303030", dark: "#ececec"},
	"t1":            {light: "#0072b2", lightWords: "#0067a3", dark: "#4f9fe0"},
	"t2":            {light: "#d55e00", lightWords: "#b04a00", dark: "#ff8c42"},
	"t3":            {light: "#009e73", lightWords: "#00755a", dark: "#38c99c"},
	"t4":            {light: "#cc79a7", lightWords: "#a2417b", dark: "#e896c5"},
	"t5":            {light: "#56b4e9", lightWords: "#1f72a6", dark: "#a3dcff"},
	"t6":            {light: "#e69f00", lightWords: "#8a5f00", dark: "#ffc54d"},
}

// What everything stands on.
const (
	lightGround = "#ffffff"
	darkGround  = "#15181b"
)

// Ends of the scale of figure.Shade. On a dark ground it is the light end that is far
// along.
var (
	lightScale = [2]string{"#f2f6fb", "#08306b"}
	darkScale  = [2]string{"#1f2a36", "#a9d3ff"}
)

// themes returns the style's colours: custom properties for a light and for a dark
// ground, the classes that figures have, and what leaves testbeds out.
func themes(testbeds int) string {
	light, dark := properties(false), properties(true)
	var b strings.Builder
	fmt.Fprintf(&b, ":root{color-scheme:light dark;%s}\n", light)
	fmt.Fprintf(&b, "@media (prefers-color-scheme:dark){:root:not([data-theme=light]){%s}}\n", dark)
	fmt.Fprintf(&b, ":root[data-theme=dark]{color-scheme:dark;%s}\n:root[data-theme=light]{color-scheme:light}\n", dark)
	fmt.Fprintf(&b, "@media print{:root:root:root{color-scheme:light;%s}}\n", light)
	for _, c := range figure.Colors() {
		fmt.Fprintf(&b, ".%s{--c:var(--%s);--w:var(--%s-w)}\n", c.Name, c.Name, c.Name)
	}
	for i := range svgcanvas.ShadeSteps {
		fmt.Fprintf(&b, ".h%d{--c:var(--h%d);--w:var(--h%d-w)}\n", i, i, i)
	}
	for i := range testbeds {
		fmt.Fprintf(&b, ".no%d [data-t=\"%d\"]{display:none}\n", i, i)
	}
	return b.String()
}

// properties are the colours on one ground.
func properties(dark bool) string {
	var b strings.Builder
	for _, c := range figure.Colors() {
		area, words := look(c, dark)
		fmt.Fprintf(&b, "--%s:%s;--%s-w:%s;", c.Name, area, c.Name, words)
	}
	scale := lightScale
	if dark {
		scale = darkScale
	}
	for i := range svgcanvas.ShadeSteps {
		c := mix(parse(scale[0]), parse(scale[1]), (float64(i)+0.5)/svgcanvas.ShadeSteps)
		words := "#000000"
		if contrast(c, parse("#ffffff")) > contrast(c, parse(words)) {
			words = "#ffffff"
		}
		fmt.Fprintf(&b, "--h%d:%s;--h%d-w:%s;", i, css(c), i, words)
	}
	return b.String()
}

// look is how a colour of figures looks in areas and in letters.
func look(c figure.Color, dark bool) (area, words string) {
	s, ok := lookOf[c.Name]
	switch {
	case !ok:
		return css(c.NRGBA), css(c.NRGBA)
	case dark && s.darkWords != "":
		return s.dark, s.darkWords
	case dark:
		return s.dark, s.dark
	case s.lightWords != "":
		return s.light, s.lightWords
	}
	return s.light, s.light
}

func css(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// parse reads what css writes.
func parse(s string) color.NRGBA {
	c := color.NRGBA{A: 0xff}
	if _, err := fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
		panic(err) // the colours stand above
	}
	return c
}

func mix(a, b color.NRGBA, share float64) color.NRGBA {
	m := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return color.NRGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xff}
}

// contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio).
func contrast(a, b color.NRGBA) float64 {
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
