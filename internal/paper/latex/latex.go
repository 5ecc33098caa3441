// Package latex writes a document as LaTeX for those who go on writing: an article in
// two columns for pdfLaTeX, its references for BibTeX, and figures as PDF beside it.
package latex

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"virtcmp/internal/paper/document"
)

// Options are what a document does not say itself.
type Options struct {
	Letter       bool     // paper of that format, not A4
	Author       string   // for the file's properties
	Figures      string   // folder of the figures, ID.pdf each
	Bibliography string   // name of the .bib file, without that
	Hyphenation  []string // words with their hyphens: "hy-per-vi-sor"
	Made         []string // lines of what made the file, and from what
}

// writer turns a document into LaTeX.
type writer struct {
	options Options
	body    strings.Builder
	chars   charset
	cites   bool // there is a list of references
	indent  string
	depth   int            // of lists and quotations
	lists   map[string]int // depth, by kind
	notes   []*document.Footnote
}

// Write writes the document as a LaTeX file. The same document gives the same bytes.
func Write(out io.Writer, d *document.Document, o Options) error {
	w := &writer{options: o, chars: charset{}, lists: map[string]int{}}
	w.cites = slices.ContainsFunc(d.Blocks, func(b document.Block) bool {
		list, ok := b.(*document.Bibliography)
		return ok && len(list.References) > 0
	})
	if w.cites {
		w.references(d)
	}
	w.document(d)
	title := document.PlainText(d.Title)
	properties := fmt.Sprintf("  pdftitle={%s},\n  pdfauthor={%s},", w.chars.text(title), w.chars.text(o.Author))
	paper, height := "a4paper", "700bp"
	if o.Letter {
		paper, height = "letterpaper", "660bp"
	}
	var head strings.Builder
	comment := func(lines ...string) {
		for _, line := range lines {
			head.WriteString(strings.TrimRight("% "+document.Clean(line), " ") + "\n")
		}
	}
	comment(title, "")
	comment(o.Made...)
	head.WriteString(strings.NewReplacer("PAPER", paper, "HEIGHT", height, "PROPERTIES", properties).Replace(preamble))
	if words := hyphenation(o.Hyphenation); words != "" {
		head.WriteString("\n" + `\hyphenation{` + "\n" + fill(words, "  ") + "\n}\n")
	}
	if lines := w.chars.declarations(); lines != nil {
		head.WriteString("\n% Characters that pdfLaTeX does not know by itself.\n" + strings.Join(lines, "\n") + "\n")
	}
	_, err := fmt.Fprintf(out, "%s\n\\begin{document}\n%s\n\\end{document}\n", head.String(), w.body.String())
	return err
}

// references has the works numbered as the document numbers them, although floats that
// cite some may stand elsewhere in the source, and notes the characters that BibTeX will
// bring in.
func (w *writer) references(d *document.Document) {
	var keys []string
	for _, b := range d.Blocks {
		if list, ok := b.(*document.Bibliography); ok {
			for _, r := range list.References {
				keys = append(keys, label(r.Key))
				w.chars.text(r.Authors + r.Title + r.Venue + r.Details + r.Year)
			}
		}
	}
	w.line("% The order of the references. Without this it is that of the citations in this file.")
	w.paragraph(`\nocite{` + strings.Join(keys, ", ") + "}")
}

// hyphenation keeps the words that are nothing but letters and hyphens.
func hyphenation(words []string) string {
	var all []string
	for _, word := range words {
		if strings.Trim(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz-") == "" {
			all = append(all, word)
		}
	}
	return strings.Join(all, " ")
}

// preamble is set up for the packages of Debian's texlive-latex-recommended and
// texlive-fonts-recommended.
const preamble = `
\documentclass[10pt,twocolumn,PAPER]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\usepackage{mathptmx}
\usepackage[scaled=0.88]{helvet}
\usepackage{courier}
\usepackage[textwidth=486bp,textheight=HEIGHT,columnsep=18bp]{geometry}
\usepackage{microtype}
\usepackage{graphicx}
\usepackage{array}
\usepackage{booktabs}
\usepackage[font=footnotesize,labelfont=bf,labelsep=period,skip=5pt]{caption}
\usepackage[numbers,sort]{natbib}
\usepackage[hidelinks]{hyperref}
\hypersetup{
PROPERTIES
  pdfcreator={virtcmp},
}

\frenchspacing
\emergencystretch=1.5em
\setlength{\tabcolsep}{3pt}
\setlength{\extrarowheight}{1pt}
\setlength{\bibsep}{2pt plus 1pt}
\renewcommand{\bibfont}{\footnotesize}
\setcounter{topnumber}{3}
\setcounter{dbltopnumber}{3}
\renewcommand{\topfraction}{0.9}
\renewcommand{\dbltopfraction}{0.9}
\renewcommand{\bottomfraction}{0.6}
\renewcommand{\textfraction}{0.08}
\renewcommand{\floatpagefraction}{0.7}
\renewcommand{\dblfloatpagefraction}{0.7}

% Columns of tables: a share of \shared, the width that all of them have together, with
% ragged lines (L, C, R), and the same for cells over several (S, M, E), which also take up
% that many times \tabcolsep between.
\newlength{\shared}
\newcommand{\ragged}{\rightskip=0pt plus 2.5em\relax\parindent=0pt\leavevmode\nobreak\hspace{0pt}}
\newcolumntype{L}[1]{>{\ragged}p{#1\shared}}
\newcolumntype{C}[1]{>{\centering\arraybackslash}p{#1\shared}}
\newcolumntype{R}[1]{>{\raggedleft\arraybackslash}p{#1\shared}}
\newcolumntype{S}[2]{>{\ragged}p{\dimexpr#1\shared+\tabcolsep*#2\relax}}
\newcolumntype{M}[2]{>{\centering\arraybackslash}p{\dimexpr#1\shared+\tabcolsep*#2\relax}}
\newcolumntype{E}[2]{>{\raggedleft\arraybackslash}p{\dimexpr#1\shared+\tabcolsep*#2\relax}}

% A table that is wider or taller than it may be is scaled down.
\newsavebox{\fitted}
\newenvironment{fit}{\begin{lrbox}{\fitted}}{\end{lrbox}%
  \ifdim\wd\fitted>\dimexpr\linewidth+0.5pt\relax
    \resizebox{\linewidth}{!}{\usebox{\fitted}}%
  \else\ifdim\dimexpr\ht\fitted+\dp\fitted\relax>0.85\textheight
    \resizebox*{!}{0.85\textheight}{\usebox{\fitted}}%
  \else
    \usebox{\fitted}%
  \fi\fi}

% Something to type. Its lines may be broken.
\newenvironment{code}{\par\smallskip\begingroup\ttfamily\footnotesize\raggedright\noindent\ignorespaces}%
  {\par\endgroup\smallskip}
`
