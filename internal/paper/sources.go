package paper

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/result"
)

// technology is a row of technologies.csv.
type technology struct {
	ID        string `csv:"technology"` // as a testbed's technology fact has it
	Name      string `csv:"name"`
	Class     string `csv:"class"`
	Table2014 string `csv:"table2014"` // its column in Table 1 of 2014, where that can be read
	Source    string `csv:"source"`    // a reference's key
}

// criterion is a row of rubric.csv.
type criterion struct {
	ID      string         `csv:"criterion"`
	Title   string         `csv:"title"`
	Finding string         `csv:"finding"` // analysis/name that the rating is measured by, or ""
	Best    finding.Number `csv:"best"`    // most that is rated ++
	Good    finding.Number `csv:"good"`    // +
	Fair    finding.Number `csv:"fair"`    // 0
	Poor    finding.Number `csv:"poor"`    // -
	Text    string         `csv:"text"`
}

// judgement is a row of flexibility.csv.
type judgement struct {
	Criterion  string `csv:"criterion"`
	Technology string `csv:"technology"`
	Rating     string `csv:"rating"`
	Evidence   string `csv:"evidence"`
	Finding    string `csv:"finding"` // analysis/name whose value belongs to the evidence
	Source     string `csv:"source"`  // a reference's key
}

// work is a row of references.csv.
type work struct {
	Key     string `csv:"key"`
	Authors string `csv:"authors"`
	Title   string `csv:"title"`
	Venue   string `csv:"venue"`
	Details string `csv:"details"`
	Year    string `csv:"year"`
	URL     string `csv:"url"`
}

// readRows reads a CSV file of rows of type T.
func readRows[T any](files fs.FS, name string) ([]T, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rows []T
	_, err = csvio.Scan(context.Background(), []csvio.Source{csvio.NewSource(name, f)}, func(r *T) error {
		rows = append(rows, *r)
		return nil
	})
	return rows, err
}

// published is a study that the measured values are shown beside.
const published = "published/scheepers2014.csv"

// sources is everything the paper takes from elsewhere than the findings.
type sources struct {
	technologies []technology
	criteria     []criterion
	judgements   []judgement
	published    *result.Set
	references   map[string]document.Reference
}

func readSources(data, templates fs.FS) (s sources, err error) {
	if s.technologies, err = readRows[technology](data, "technologies.csv"); err != nil {
		return s, err
	}
	if s.criteria, err = readRows[criterion](data, "rubric.csv"); err != nil {
		return s, err
	}
	if s.judgements, err = readRows[judgement](data, "flexibility.csv"); err != nil {
		return s, err
	}
	rows, err := readRows[finding.Finding](data, published)
	if err != nil {
		return s, err
	}
	s.published = result.New(rows)
	works, err := readRows[work](templates, "references.csv")
	if err != nil {
		return s, err
	}
	s.references = map[string]document.Reference{}
	for _, w := range works {
		if _, ok := s.references[w.Key]; ok || w.Key == "" {
			return s, fmt.Errorf("references.csv: key %q is empty or there twice", w.Key)
		}
		s.references[w.Key] = document.Reference{
			Key: w.Key, Authors: w.Authors, Title: w.Title, Venue: w.Venue, Details: w.Details, Year: w.Year, URL: w.URL,
		}
	}
	return s, nil
}

// technology returns what is known of a technology, by its id or its name.
func (s *sources) technology(called string) (technology, bool) {
	for _, t := range s.technologies {
		if strings.EqualFold(called, t.ID) || strings.EqualFold(called, t.Name) {
			return t, true
		}
	}
	return technology{}, false
}

// technologyOf returns the technology that a testbed is of, by what was recorded or else
// by what the testbed is called. One that is not known has that as its name.
func (s *sources) technologyOf(set *result.Set, testbed string) technology {
	recorded := set.Fact(testbed, result.Host, "technology")
	for _, called := range []string{recorded, set.Fact(testbed, result.Host, "driver"), testbed} {
		if known, ok := s.technology(called); ok {
			return known
		}
	}
	name := cmp.Or(recorded, testbed)
	return technology{ID: name, Name: clip(name, 60)}
}

// clip cuts text that nobody would read to its end.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// names returns what readers call each testbed: the technology's name, and where several
// are of one technology what the testbed's own adds to it: of lxc and lxc-pinned, LXC and
// LXC pinned.
func (s *sources) names(set *result.Set) map[string]string {
	of := map[string]int{}
	for _, t := range set.Testbeds() {
		of[s.technologyOf(set, t).ID]++
	}
	names, called := map[string]string{}, map[string]int{}
	for _, t := range set.Testbeds() {
		known := s.technologyOf(set, t)
		names[t] = known.Name
		rest, begins := strings.CutPrefix(t, known.ID+"-")
		switch {
		case of[known.ID] == 1 || t == known.ID:
		case begins && rest != "":
			names[t] += " " + clip(rest, 60)
		default:
			names[t] = fmt.Sprintf("%s (%s)", known.Name, clip(t, 60))
		}
		called[names[t]]++
	}
	for t, name := range names {
		if called[name] > 1 {
			names[t] = fmt.Sprintf("%s (%s)", name, clip(t, 60))
		}
	}
	return names
}

// class returns a testbed's class: as recorded, or as its technology's is known.
func (s *sources) class(set *result.Set, testbed string) string {
	if c := set.Fact(testbed, result.Host, "class"); c != "" {
		return c
	}
	return s.technologyOf(set, testbed).Class
}

// className is a class as readers call it.
func className(class string) string {
	switch class {
	case "none":
		return "no isolation"
	case "full-virtualisation":
		return "full virtualisation"
	}
	return strings.ReplaceAll(class, "_", " ")
}
