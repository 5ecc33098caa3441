package paper

import (
	"strings"

	"virtcmp/internal/result"
)

// mostNamed is how many files the command names; of more it names the folder.
const mostNamed = 3

const folderUnknown = "DIRECTORY"

// command is what makes this paper again.
func (v *view) command() string {
	var files []string
	for _, s := range v.set.Sources() {
		files = append(files, shellWord(s.File))
	}
	if len(files) > mostNamed {
		files = []string{shellWord(commonFolder(v.set.Sources()))}
	}
	analyze := []string{"analyze"}
	if format := v.readFrom(); format != "" {
		analyze = append(analyze, "-from", shellWord(format), "-testbed", shellWord(v.set.Testbeds()[0]))
	}
	if b := v.set.Baseline(); b != "" {
		analyze = append(analyze, "-baseline", shellWord(b))
	}
	return strings.Join(append(analyze, files...), " ") + " |\n  report -o paper.pdf"
}

// unplaced reports whether the command has a word in place of a folder that is not known.
func (v *view) unplaced() bool {
	sources := v.set.Sources()
	return len(sources) > mostNamed && commonFolder(sources) == folderUnknown
}

// readFrom is the program whose files analyze read as runs of the only testbed, or "": then
// each run has a file of its own.
func (v *view) readFrom() string {
	testbeds := v.set.Testbeds()
	if len(testbeds) != 1 || !v.foreign(testbeds[0]) {
		return ""
	}
	runs := 0
	for _, id := range []string{"requests", "open-p50"} {
		if q, err := quantityOf(id); err == nil {
			runs = max(runs, len(q.Rows(v.set, testbeds[0]).Absolute().EachRun()))
		}
	}
	if runs != len(v.set.Sources()) {
		return ""
	}
	return v.set.Fact(testbeds[0], result.Generator, "source_tool")
}

// commonFolder is the folder that all files lie in, as far as their names tell.
func commonFolder(all []result.Source) string {
	folder := ""
	for i, s := range all {
		dir := ""
		if j := strings.LastIndexByte(s.File, '/'); j >= 0 {
			dir = s.File[:j]
		}
		if i == 0 {
			folder = dir
		}
		for folder != dir && !strings.HasPrefix(dir, folder+"/") && folder != "" {
			folder = folder[:max(strings.LastIndexByte(folder, '/'), 0)]
		}
	}
	if folder == "" {
		return folderUnknown
	}
	return folder
}

// shellWord quotes a word for a shell where it needs that.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._-/+,@%", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == '`' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
