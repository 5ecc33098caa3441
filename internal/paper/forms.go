package paper

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"virtcmp/internal/command"
	"virtcmp/internal/paper/latex"
	md "virtcmp/internal/paper/markdown"
	"virtcmp/internal/paper/pdf"
)

// File is one of the files that a form of the paper consists of.
type File struct {
	Name  string // with slashes, in the folder of the paper
	Write func(io.Writer) error
	// Mine reports whether a file found under the name may be overwritten. Without it any may.
	Mine func(found []byte) bool
}

// FigureFiles are the figures in a folder, each in the forms of those endings.
func (p *Paper) FigureFiles(folder string, endings ...string) []File {
	var all []File
	for _, f := range p.Figures {
		for _, ending := range endings {
			all = append(all, File{Name: folder + "/" + f.ID + "." + ending, Write: func(w io.Writer) error {
				if err := f.Write(w, ending, p.Created); err != nil {
					return fmt.Errorf("figure %s: %w", f.ID, err)
				}
				return nil
			}})
		}
	}
	return all
}

// LaTeX is the paper as an article, NAME.tex, with its references, NAME.bib, and its
// figures. Those who go on writing keep what they wrote: a file that was changed is not
// overwritten.
func (p *Paper) LaTeX(name, figures string) []File {
	signed := func(write func(io.Writer) error) func(io.Writer) error {
		return func(w io.Writer) error {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				return err
			}
			_, err := w.Write(latex.Sign(b.Bytes()))
			return err
		}
	}
	made := []string{
		p.made("latex"), "",
		"It is yours to go on writing: report does not overwrite a file that was changed.", "",
		"To make a PDF of it: latexmk -pdf " + name,
		"or: pdflatex " + name + " && bibtex " + name + " && pdflatex " + name + " && pdflatex " + name,
		"It takes the packages of Debian's texlive-latex-recommended and texlive-fonts-recommended.",
	}
	return append(p.FigureFiles(figures, "pdf"),
		File{Name: name + ".bib", Mine: latex.Unchanged, Write: signed(func(w io.Writer) error {
			return latex.WriteBibliography(w, p.Document, []string{p.made("latex")})
		})},
		File{Name: name + ".tex", Mine: latex.Unchanged, Write: signed(func(w io.Writer) error {
			return latex.Write(w, p.Document, latex.Options{
				Letter: p.view.options.Paper == pdf.Letter, Author: p.view.options.authors(), Made: made,
				Figures: figures, Bibliography: name, Hyphenation: p.hyphenations(),
			})
		})})
}

// Markdown is the paper as GitHub-flavoured Markdown, NAME.md, with its figures: on white, as
// many a reader has pages in the dark.
func (p *Paper) Markdown(name, figures string) []File {
	all := p.FigureFiles(figures, "svg")
	for i := range all {
		all[i].Write = onWhite(all[i].Write)
	}
	return append(all, File{Name: name + ".md", Write: func(w io.Writer) error {
		return md.Write(w, p.Document, md.Options{Figures: figures, Made: p.made("markdown")})
	}})
}

// onWhite puts a white ground behind an SVG.
func onWhite(write func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		drawing := b.Bytes()
		start := max(bytes.Index(drawing, []byte("<svg")), 0)
		start += bytes.IndexByte(drawing[start:], '>') + 1
		_, err := w.Write(slices.Concat(drawing[:start], []byte("\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"), drawing[start:]))
		return err
	}
}

// made says what wrote the paper, and from what.
func (p *Paper) made(format string) string {
	analyze := p.view.command()
	analyze = strings.TrimRight(analyze[:strings.LastIndexByte(analyze, '|')], " ")
	return fmt.Sprintf("Written by virtcmp %s from %d findings, by: %s | report -format %s", command.Version, p.view.count, analyze, format)
}

// hyphenations are the words that the paper adds to TeX's own.
func (p *Paper) hyphenations() []string {
	words, err := fs.ReadFile(p.view.options.Templates, "hyphenation.txt")
	if err != nil {
		return nil
	}
	return strings.Fields(string(words))
}
