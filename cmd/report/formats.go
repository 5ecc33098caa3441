package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"virtcmp/internal/command"
	"virtcmp/internal/figure"
	"virtcmp/internal/paper"
)

// format is a form that the paper can be written in.
type format struct {
	name   string
	ending string
	// folder is what a name is followed by where the form is a directory rather than a file.
	folder string
	files  func(p *paper.Paper, name string) []paper.File
}

// formats are all forms, in the order in which they are written.
var formats = []format{
	{name: "pdf", ending: ".pdf", files: single(".pdf", (*paper.Paper).WritePDF)},
	{name: "latex", ending: ".tex", folder: "-latex", files: func(p *paper.Paper, name string) []paper.File { return p.LaTeX(name, "figures") }},
	{name: "markdown", ending: ".md", files: func(p *paper.Paper, name string) []paper.File { return p.Markdown(name, name+"-figures") }},
}

// single is a form that is one file.
func single(ending string, write func(*paper.Paper, io.Writer) error) func(*paper.Paper, string) []paper.File {
	return func(p *paper.Paper, name string) []paper.File {
		return []paper.File{{Name: name + ending, Write: func(w io.Writer) error { return write(p, w) }}}
	}
}

// target is a form of the paper and where it goes.
type target struct {
	format
	dir  string // to be made if it is missing, where the form is a directory
	name string // of the paper's file, without its ending
	path string // of the paper's file, where that has another ending; else ""
}

// defaultName is the paper's, where -o does not say.
const defaultName = "paper"

// targets says what to write where, from -o and -format.
func targets(out, names string) ([]target, error) {
	wanted, err := wantedFormats(out, names)
	if err != nil {
		return nil, err
	}
	ending := filepath.Ext(out)
	byEnding := slices.IndexFunc(formats, func(f format) bool { return f.ending == ending })
	base := strings.TrimRight(out, "/")
	switch {
	case out == "":
		base = defaultName
	case byEnding >= 0:
		base = strings.TrimSuffix(out, ending)
		if !slices.ContainsFunc(wanted, func(f format) bool { return f.ending == ending }) {
			return nil, command.Usagef("-o %s has the ending of %s, -format says %s", out, formats[byEnding].name, names)
		}
	}
	var all []target
	for _, f := range wanted {
		t := target{format: f, dir: filepath.Dir(base), name: filepath.Base(base)}
		switch {
		case f.folder == "" && len(wanted) == 1 && out != "" && byEnding < 0:
			t.path = out
		case f.folder == "":
		case len(wanted) > 1 || out == "":
			t.dir, t.name = base+f.folder, defaultName
		case byEnding >= 0: // the file itself was named
			t.folder = ""
		default:
			t.dir, t.name = base, defaultName
		}
		if _, err := os.Stat(t.dir); err != nil && t.folder == "" {
			return nil, err
		}
		if info, err := os.Stat(out); err == nil && info.IsDir() && f.folder == "" {
			return nil, command.Usagef("-o %s is a directory, and %s is a file", out, f.name)
		}
		all = append(all, t)
	}
	return all, nil
}

// wantedFormats are those that -format names, or else what -o looks like.
func wantedFormats(out, names string) ([]format, error) {
	if names == "" {
		if info, err := os.Stat(out); strings.HasSuffix(out, "/") || err == nil && info.IsDir() {
			return []format{formatCalled("latex")}, nil
		}
		for _, f := range formats {
			if filepath.Ext(out) == f.ending {
				return []format{f}, nil
			}
		}
		return formats[:1], nil
	}
	var all []format
	for name := range strings.SplitSeq(names, ",") {
		f := formatCalled(strings.ToLower(strings.TrimSpace(name)))
		if f.files == nil {
			return nil, command.Usagef("-format %q: want %s, or several with commas", name, formatNames())
		}
		if !slices.ContainsFunc(all, func(g format) bool { return g.name == f.name }) {
			all = append(all, f)
		}
	}
	return all, nil
}

func formatCalled(name string) format {
	for _, f := range formats {
		if f.name == name {
			return f
		}
	}
	return format{}
}

func formatNames() string {
	var all []string
	for _, f := range formats {
		all = append(all, f.name)
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// outputs are the files of a target.
func (t target) outputs(p *paper.Paper) []output {
	var all []output
	for _, f := range t.files(p, t.name) {
		o := output{path: filepath.Join(t.dir, filepath.FromSlash(f.Name)), File: f}
		if t.path != "" && f.Name == t.name+t.ending {
			o.path = t.path
		}
		o.makeFolder = t.folder != "" || strings.Contains(f.Name, "/")
		all = append(all, o)
	}
	return all
}

// figureOutputs are the figures, in every form, in a directory.
func figureOutputs(p *paper.Paper, dir string) []output {
	var all []output
	for _, f := range p.FigureFiles(".", figure.Endings...) {
		all = append(all, output{path: filepath.Join(dir, f.Name), makeFolder: true, File: f})
	}
	return all
}

// unique drops what another of the same name writes too, such as figures for two purposes.
func unique(all []output) []output {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(o output) bool {
		was := seen[o.path]
		seen[o.path] = true
		return was
	})
}
