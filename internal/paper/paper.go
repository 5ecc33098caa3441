// Package paper writes the paper: it fills templates with findings, such that every
// number and the direction of every comparison follows from them, and typesets the
// result.
package paper

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"time"

	"virtcmp/internal/command"
	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/pdf"
	"virtcmp/internal/result"
)

// Options say what findings do not.
type Options struct {
	Title       string // "": made from the findings
	Author      string
	Affiliation string
	Templates   fs.FS // sections (*.md), references.csv, hyphen.tex, hyphenation.txt
	Data        fs.FS // technologies.csv, rubric.csv, flexibility.csv, published/
	Paper       pdf.Paper
}

// Paper is a paper ready to be written out.
type Paper struct {
	Document *document.Document
	Figures  []*figure.Figure
	Created  time.Time // when the last measurement began
	view     *view
	layout   *pdf.Layout
}

// New writes the paper about the findings. What was not measured is said, and is no
// error; an error is a template or data file that is wrong.
func New(findings []finding.Finding, o Options) (*Paper, error) {
	src, err := readSources(o.Data, o.Templates)
	if err != nil {
		return nil, err
	}
	set := result.New(findings)
	v := &view{options: o, set: set, sources: &src, names: src.names(set), count: len(findings)}
	p := &Paper{Created: created(v.times()), view: v}
	p.Figures = figure.All(figure.Input{Set: set, Name: func(t string) string { return v.names[t] }})
	v.material = document.Material{Figures: map[string]*figure.Figure{}, References: src.references}
	for _, f := range p.Figures {
		v.material.Figures[f.ID] = f
	}
	v.material.Tables = v.tables()
	if p.Document, err = v.document(); err != nil {
		return nil, err
	}
	hyphenator, err := hyphenator(o.Templates)
	if err != nil {
		return nil, err
	}
	p.layout, err = pdf.New(p.Document, pdf.Options{
		Paper: o.Paper, Hyphenator: hyphenator, Author: o.Author, Created: p.Created,
		Subject: "Comparison of isolation technologies", Creator: "virtcmp " + command.Version,
		Keywords: v.keywords(),
	})
	return p, err
}

// keywords are what the paper is to be found by.
func (v *view) keywords() string {
	return strings.Join(append([]string{"virtualisation", "containers", "isolation", "benchmark"}, slices.Sorted(values(v.names))...), ", ")
}

func values(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// created is the paper's date: of the last measurement, so that the same findings
// give the same bytes.
func created(times []time.Time) time.Time {
	if len(times) == 0 {
		return time.Date(2014, time.June, 23, 0, 0, 0, 0, time.UTC) // of the paper that is reproduced
	}
	return times[len(times)-1]
}

// document fills the templates and reads them as one document.
func (v *view) document() (*document.Document, error) {
	names, err := fs.Glob(v.options.Templates, "*.md")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("templates: no *.md file")
	}
	slices.Sort(names)
	b := document.NewBuilder(v.material)
	for _, name := range names {
		text, err := v.fill(name)
		if err != nil {
			return nil, err
		}
		b.Add(name, text)
	}
	return b.Document()
}

// fill executes one template.
func (v *view) fill(name string) ([]byte, error) {
	raw, err := fs.ReadFile(v.options.Templates, name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(path.Base(name)).Option("missingkey=error").Funcs(v.funcs()).Parse(string(raw))
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, v.set); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// hyphenator reads TeX's patterns and the words that the paper adds to them.
func hyphenator(templates fs.FS) (*pdf.Hyphenator, error) {
	f, err := templates.Open("hyphen.tex")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := pdf.NewHyphenator(f)
	if err != nil {
		return nil, err
	}
	words, err := fs.ReadFile(templates, "hyphenation.txt")
	if err != nil {
		return nil, err
	}
	h.Except(strings.Fields(string(words))...)
	return h, nil
}

// WritePDF writes the paper as a PDF.
func (p *Paper) WritePDF(w io.Writer) error { return p.layout.Write(w) }

// Pages returns the number of pages of the PDF.
func (p *Paper) Pages() int { return p.layout.Pages() }

// Problems returns what could not be typeset well.
func (p *Paper) Problems() []string { return p.layout.Problems() }
