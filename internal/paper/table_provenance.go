package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"virtcmp/internal/command"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// mostFiles is how many rows of files the provenance table has.
const mostFiles = 12

// files are raw data files under one name.
type files struct {
	name string
	all  []result.Source
}

// groups returns the files each by itself or, of many, those together whose names begin
// alike: "ramp-*.csv.zst".
func groups(sources []result.Source) []files {
	var all []files
	for _, pattern := range []func(string) string{
		func(name string) string { return name },
		beginning,
		func(string) string { return "*" },
	} {
		all = nil
		place := map[string]int{}
		for _, s := range sources {
			name := pattern(s.File)
			i, ok := place[name]
			if !ok {
				i = len(all)
				place[name] = i
				all = append(all, files{name: name})
			}
			all[i].all = append(all[i].all, s)
		}
		if len(all) <= mostFiles {
			break
		}
	}
	return all
}

// beginning is a file's name, all but its first word and its ending left open.
func beginning(name string) string {
	dir := name[:strings.LastIndexByte(name, '/')+1]
	base := name[len(dir):]
	word, rest, ok := strings.Cut(base, "-")
	if !ok {
		return name
	}
	ending := ""
	if i := strings.IndexByte(rest, '.'); i >= 0 {
		ending = rest[i:]
	}
	return dir + word + "-*" + ending
}

// provenanceTable names the raw data so that they can be recognised, and what they and
// the paper were made by.
func (v *view) provenanceTable() *document.Table {
	sources := v.set.Sources()
	t := &document.Table{
		Wide:    true,
		Columns: []document.Column{{Wrap: true}, {Align: document.Right}, {Align: document.Right}, {Wrap: true}},
		Head:    []document.Row{{Cells: []document.Cell{text("Name"), text("Files"), text("Rows"), text("SHA-256")}}},
	}
	code := func(s string) document.Cell {
		return document.Cell{Text: []document.Inline{document.CodeSpan(s)}}
	}
	row := func(name document.Cell, of []result.Source, rule bool) {
		rows, digest := 0, clip(of[0].SHA256, 64)
		for _, s := range of {
			rows += s.Rows
		}
		if len(of) > 1 {
			digest = listDigest(of)
		}
		t.Body = append(t.Body, document.Row{Rule: rule, Cells: []document.Cell{name, text(quantity.Digits(float64(len(of)), 0)), text(quantity.Digits(float64(rows), 0)), code(digest)}})
	}
	all := groups(sources)
	together := false
	for _, g := range all {
		row(code(clip(g.name, 200)), g.all, false)
		together = together || len(g.all) > 1
	}
	if len(all) > 1 {
		row(text("All"), sources, true)
		together = true
	}
	by := "Paper: virtcmp " + command.Version
	if recorded := strings.Join(v.set.CampaignFacts(result.Generator, "virtcmp_version"), ", "); recorded != "" {
		by += "; measurements: virtcmp " + clip(recorded, 80)
	}
	t.Notes = []document.Inline{document.Text(by + "; made again by "), document.CodeSpan(clip(strings.Join(strings.Fields(v.command()), " "), 400)), document.Text(".")}
	if together {
		t.Notes = append(t.Notes, document.Text(" The digest of several files is that of the list “digest, two spaces, name” of all of them, a line each, by name, as "),
			document.CodeSpan("sha256sum FILE... | sha256sum"), document.Text(" prints it."))
	}
	return t
}

// listDigest is the digest of the files' digests, as sha256sum of sha256sum gives it.
func listDigest(files []result.Source) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s  %s\n", f.SHA256, f.File)
	}
	return hex.EncodeToString(h.Sum(nil))
}
