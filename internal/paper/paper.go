// Package paper writes the paper: it fills templates with findings, such that every
// number and the direction of every comparison follows from them, and typesets the
// result.
package paper

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
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
	Title       string   // "": made from the findings
	Author      string   // one, or several in a phrase
	Authors     []Author // in place of Author, where each has an affiliation
	Affiliation string   // of all
	Abstract    string   // in place of the built-in one: a template that gives Markdown
	Templates   fs.FS    // sections (*.md), references.csv, hyphen.tex, hyphenation.txt
	Data        fs.FS    // technologies.csv, rubric.csv, flexibility.csv, published/
	Paper       pdf.Paper
}

// Author is one of several, with an affiliation of their own if not "".
type Author struct{ Name, Affiliation string }

// authors are the names of all.
func (o Options) authors() string {
	if len(o.Authors) == 0 {
		return o.Author
	}
	var all []string
	for _, a := range o.Authors {
		all = append(all, a.Name)
	}
	return list(all)
}

// Paper is a paper ready to be written out.
type Paper struct {
	Document *document.Document
	Figures  []*figure.Figure
	Created  time.Time // when the last measurement began
	view     *view
	layout   func() (*pdf.Layout, error)
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
	p.Figures = figure.All(figure.Input{Set: set, Name: func(t string) string { return v.names[t] }, Relations: v.relations()})
	v.material = document.Material{Figures: map[string]*figure.Figure{}, References: src.references}
	for _, f := range p.Figures {
		v.material.Figures[f.ID] = f
	}
	v.material.Tables = v.tables()
	if p.Document, err = v.document(); err != nil {
		return nil, err
	}
	if p.Document.Title == nil && len(p.Document.Blocks) == 0 {
		return nil, errors.New("templates: the document is empty")
	}
	p.layout = sync.OnceValues(p.typeset)
	return p, nil
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
	return v.execute(path.Base(name), string(raw), v.funcs())
}

func (v *view) execute(name, raw string, funcs template.FuncMap) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(funcs).Parse(raw)
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

// typeset lays the paper out, once, and only if somebody wants the PDF.
func (p *Paper) typeset() (*pdf.Layout, error) {
	o := p.view.options
	hyphenator, err := hyphenator(o.Templates)
	if err != nil {
		return nil, err
	}
	return pdf.New(p.Document, pdf.Options{
		Paper: o.Paper, Hyphenator: hyphenator, Author: o.authors(), Created: p.Created,
		Subject: "Comparison of isolation technologies", Creator: "virtcmp " + command.Version,
		Keywords: strings.Join(append([]string{"virtualisation", "containers", "isolation", "benchmark"}, slices.Sorted(values(p.view.names))...), ", "),
	})
}

// WritePDF writes the paper as a PDF.
func (p *Paper) WritePDF(w io.Writer) error {
	l, err := p.layout()
	if err != nil {
		return err
	}
	return l.Write(w)
}

// Pages returns the number of pages of the PDF.
func (p *Paper) Pages() int {
	if l, err := p.layout(); err == nil {
		return l.Pages()
	}
	return 0
}

// Problems returns what could not be typeset well in the PDF.
func (p *Paper) Problems() []string {
	l, err := p.layout()
	if err != nil {
		return []string{err.Error()}
	}
	return l.Problems()
}
