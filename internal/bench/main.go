// Bench times analyze on a simulated campaign beside tools that people use for such
// data today, and tells how its time and memory grow with the rows.
//
// It is a module of its own so that DuckDB, which is in C++, is not among the
// project's dependencies. `make bench` builds and runs it.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
)

func main() {
	var b bench
	flag.StringVar(&b.bin, "bin", "bin", "`directory` of analyze; the other programs are in its bench")
	flag.IntVar(&b.rows, "rows", 3_000_000, "`rows` to compare on")
	flag.IntVar(&b.rounds, "rounds", 5, "`times` that each program runs, in turns")
	scale := flag.String("scale", "3e5,1e6,3e6,1e7", "`rows` to time analyze on alone; empty: none")
	flag.Parse()
	for text := range strings.FieldsFuncSeq(*scale, func(r rune) bool { return r == ',' }) {
		rows, err := strconv.ParseFloat(text, 64)
		if err != nil || rows < 1 {
			fmt.Fprintf(os.Stderr, "bench: -scale %q: not a number of rows\n", text)
			os.Exit(2)
		}
		b.scale = append(b.scale, int(rows))
	}
	if err := b.run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what is asked for.
type bench struct {
	bin          string
	rows, rounds int
	scale        []int

	dir string // of the files, removed at the end
}

func (b *bench) run(out io.Writer) (err error) {
	if b.dir, err = os.MkdirTemp("", "virtcmp-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.rows > 0 {
		if err := b.compare(out); err != nil {
			return err
		}
	}
	if len(b.scale) > 0 {
		return b.grow(out)
	}
	return nil
}

func (b *bench) analyze(file string) contender {
	return contender{"analyze, everything", []string{filepath.Join(b.bin, "analyze"), file}}
}

// tool returns the path of one of the other programs.
func (b *bench) tool(name string) string { return filepath.Join(b.bin, "bench", name) }

// simulated is what the program of that name wrote.
type simulated struct{ rows, runs, requests int }

func (b *bench) simulate(file string, rows int, more ...string) (s simulated, err error) {
	out, err := exec.Command(b.tool("simulated"), append([]string{file, strconv.Itoa(rows)}, more...)...).Output()
	if err != nil {
		return s, fmt.Errorf("simulated: %w", err)
	}
	_, err = fmt.Sscan(string(out), &s.rows, &s.runs, &s.requests)
	return s, err
}

// compare times analyze and the others in turns, on the same requests.
func (b *bench) compare(out io.Writer) error {
	observations, results := filepath.Join(b.dir, "observations.csv"), filepath.Join(b.dir, "results.csv")
	defer os.Remove(observations)
	defer os.Remove(results)
	s, err := b.simulate(observations, b.rows, results)
	if err != nil {
		return err
	}
	version, err := exec.Command(b.tool("duckquery"), "-version").Output()
	if err != nil {
		return fmt.Errorf("duckquery: %w", err)
	}
	contenders := []struct {
		contender
		goal float64 // of analyze's time relative to it
	}{
		{contender: b.analyze(observations)},
		{contender{"vegeta report -type=json", []string{b.tool("vegeta"), "report", "-type=json", results}}, 0.5},
		{contender{"DuckDB " + strings.TrimSpace(string(version)), []string{b.tool("duckquery"), observations, b.dir}}, 1},
	}
	took := make([]usages, len(contenders))
	for range b.rounds {
		for i, c := range contenders {
			u, err := c.measure(b.dir)
			if err != nil {
				return err
			}
			took[i] = append(took[i], u)
		}
	}
	fmt.Fprintf(out, "%d rows of %d runs in %s, of which %d are requests, in vegeta's CSV %s;\nmedians of %d times in turns on %d processors\n\n",
		s.rows, s.runs, size(observations), s.requests, size(results), b.rounds, runtime.NumCPU())
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "program\twall s\t(from-to)\tCPU s\tmost MB\tanalyze takes")
	for i, c := range contenders {
		walls := took[i].sorted(wallSeconds)
		verdict := ""
		if c.goal > 0 {
			ratio := took[0].median(wallSeconds) / took[i].median(wallSeconds)
			verdict = fmt.Sprintf("%.2f of its time (goal %.1f: %s)", ratio, c.goal, met(ratio <= c.goal))
		}
		fmt.Fprintf(t, "%s\t%.2f\t(%.2f-%.2f)\t%.2f\t%.0f\t%s\n", c.name, took[i].median(wallSeconds), walls[0], walls[len(walls)-1],
			took[i].median(cpuSeconds), took[i].median(megabytes), verdict)
	}
	return t.Flush()
}

// mostMegabytes is what analyze may take for ten million rows.
const mostMegabytes = 400

// grow times analyze on more and more rows.
func (b *bench) grow(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nrows\truns\twall s\tCPU s\tmost MB\tmillion rows/s\t")
	var sizes, walls, cpus []float64
	most := 0.0
	for _, wanted := range b.scale {
		file := filepath.Join(b.dir, "observations.csv")
		s, err := b.simulate(file, wanted)
		if err != nil {
			return err
		}
		var took usages
		for range b.rounds {
			u, err := b.analyze(file).measure(b.dir)
			if err != nil {
				return err
			}
			took = append(took, u)
		}
		rows, wall, cpu := float64(s.rows), took.median(wallSeconds), took.median(cpuSeconds)
		sizes, walls, cpus = append(sizes, rows), append(walls, wall), append(cpus, cpu)
		memory := took.sorted(megabytes)
		most = memory[len(memory)-1]
		fmt.Fprintf(t, "%d\t%d\t%.2f\t%.2f\t%.0f\t%.2f\t\n", s.rows, s.runs, wall, cpu, most, rows/wall/1e6)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nmemory for the most rows: %.0f MB (goal %d: %s)\n", most, mostMegabytes, met(most < mostMegabytes))
	if len(sizes) > 1 {
		e := exponent(sizes, walls)
		fmt.Fprintf(out, "time grows with the rows to the power of %.3f (goal 1.05: %s), CPU time of %.3f\n", e, met(e <= 1.05), exponent(sizes, cpus))
	}
	return nil
}

// exponent returns the least-squares slope of log(y) on log(x).
func exponent(x, y []float64) float64 {
	var sx, sy, sxx, sxy float64
	for i := range x {
		a, b := math.Log(x[i]), math.Log(y[i])
		sx, sy, sxx, sxy = sx+a, sy+b, sxx+a*a, sxy+a*b
	}
	n := float64(len(x))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

func met(yes bool) string {
	if yes {
		return "met"
	}
	return "missed"
}

func size(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "?"
	}
	return fmt.Sprintf("%.0f MB", float64(info.Size())/1e6)
}
