package paper

import (
	"strings"

	"virtcmp/internal/result"
)

// command is what makes this paper again.
func (v *view) command() string {
	var files []string
	for _, s := range v.set.Sources() {
		files = append(files, shellWord(s.File))
	}
	if len(files) > 3 {
		files = []string{shellWord(commonFolder(v.set.Sources()))}
	}
	analyze := []string{"analyze"}
	if b := v.set.Baseline(); b != "" {
		analyze = append(analyze, "-baseline", shellWord(b))
	}
	return strings.Join(append(analyze, files...), " ") + " | report -o paper.pdf"
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
		return "DIRECTORY"
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
