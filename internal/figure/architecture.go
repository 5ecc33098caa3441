package figure

import (
	"image/color"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// layer is a box across a stack.
type layer struct {
	name  string
	shade color.Color
}

// stackDrawing is a class of technologies as layers from the machine up to the two
// guests.
type stackDrawing struct {
	title    string
	examples string  // on one line or two
	below    []layer // from the hardware up
	guest    []layer // within each guest, from below
	boxed    bool    // the guests have walls
}

var (
	hardware  = layer{"Hardware", color.NRGBA{0xc4, 0xc4, 0xc4, 0xff}}
	ownKernel = color.NRGBA{0xf3, 0xc9, 0xa5, 0xff}
	shared    = color.NRGBA{0xae, 0xcd, 0xe6, 0xff}
	hyper     = color.NRGBA{0xb5, 0xdc, 0xcb, 0xff}
	userSpace = color.NRGBA{0xf7, 0xf7, 0xf7, 0xff}
	program   = layer{"", userSpace}
)

var architectures = []stackDrawing{
	{title: "No isolation", examples: "native Linux", below: []layer{hardware, {"Kernel", shared}}, guest: []layer{program}},
	{title: "Container", examples: "LXC, Docker,\nOpenVZ, Linux-VServer", boxed: true,
		below: []layer{hardware, {"Kernel: namespaces, cgroups", shared}}, guest: []layer{program}},
	{title: "Sandbox", examples: "gVisor", boxed: true,
		below: []layer{hardware, {"Kernel", shared}}, guest: []layer{{"Kernel as\na process", ownKernel}, program}},
	{title: "Para-virtualisation", examples: "Xen, User-Mode Linux", boxed: true,
		below: []layer{hardware, {"Hypervisor or host kernel", hyper}}, guest: []layer{{"Adapted\nkernel", ownKernel}, program}},
	{title: "Full virtualisation", examples: "KVM, QEMU, Firecracker,\nVMware, VirtualBox", boxed: true,
		below: []layer{hardware, {"Hypervisor", hyper}}, guest: []layer{{"Virtual\nhardware", hardware.shade}, {"Unchanged\nkernel", ownKernel}, program}},
}

// architecture shows the classes of technologies as stacks, in place of Figures 1 to
// 3 of 2014. It needs no findings.
func architecture(*drawer) *Figure {
	const height = 131
	return &Figure{Width: TextWidth, Height: height, Draw: func(c draw.Canvas) {
		const gap = 13
		n := vg.Length(len(architectures))
		width := (c.Max.X - c.Min.X - gap*(n-1)) / n
		for i, a := range architectures {
			a.draw(c, c.Min.X+vg.Length(i)*(width+gap), width)
		}
	}}
}

const (
	layerHeight vg.Length = 14.5
	guestHeight vg.Length = 17.5
	layerGap    vg.Length = 2
)

func (a stackDrawing) draw(c draw.Canvas, x, width vg.Length) {
	box := func(l layer, x, y, w, h vg.Length) {
		drawBox(c, x, y, w, h, l.shade, gray)
		st := fitted(letters(tickLetter, ink, text.XCenter, text.YCenter), l.name, w-4)
		c.FillText(st, vg.Point{X: x + w/2, Y: y + h/2}, l.name)
	}
	middle := x + width/2
	c.FillText(letters(tickLetter, gray, text.XCenter, text.YTop), vg.Point{X: middle, Y: c.Min.Y + 16}, a.examples)
	c.FillText(bold(letters(letter, ink, text.XCenter, text.YBottom)), vg.Point{X: middle, Y: c.Min.Y + 17}, a.title)
	y := c.Min.Y + 28
	for _, l := range a.below {
		box(l, x, y, width, layerHeight)
		y += layerHeight + layerGap
	}
	const wall = 2.5
	half := (width - layerGap*2) / 2
	for i, name := range []string{"Web\nserver", "Database"} {
		gx, gy := x+vg.Length(i)*(half+layerGap*2), y+1
		inner, height := half, vg.Length(len(a.guest))*(guestHeight+layerGap)-layerGap
		if a.boxed {
			drawBox(c, gx, gy, half, height+2*wall, nil, ink)
			gx, gy, inner = gx+wall, gy+wall, half-2*wall
		}
		for _, l := range a.guest {
			if l.name == "" {
				l.name = name
			}
			box(l, gx, gy, inner, guestHeight)
			gy += guestHeight + layerGap
		}
	}
}

func drawBox(c draw.Canvas, x, y, w, h vg.Length, fill, edge color.Color) {
	corners := []vg.Point{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + h}, {X: x, Y: y + h}}
	if fill != nil {
		c.FillPolygon(fill, corners)
	}
	c.StrokeLines(draw.LineStyle{Color: edge, Width: axisLine}, append(corners, corners[0], corners[1]))
}
