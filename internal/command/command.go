// Package command holds the manners that the programs share: flags and their
// precedence over environment and file, help, signals and exit codes.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/viper"
)

// Version is the release that the programs belong to.
const Version = "0.1.0"

// Exit codes.
const (
	Done   = 0
	Failed = 1 // what landed stays readable
	Misuse = 2 // wrong usage
)

// KeyDelimiter separates the levels of a configuration key. It is not viper's dot,
// because host names have dots.
const KeyDelimiter = "::"

// Program describes one of the programs.
type Program struct {
	Name    string
	Summary string // one line
	Args    string // what follows the flags, such as "[FILE|DIR ...]"
	Help    string // what else -h teaches: an example first
	Flags   func(*flag.FlagSet)
	Run     func(context.Context, *Call) error
}

// Call is one call of a program.
type Call struct {
	Config *viper.Viper // a flag's name is its key
	Args   []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// usageError is a mistake in how the program was called.
type usageError struct{ error }

// Usagef returns an error that ends the program with exit code Misuse.
func Usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Main runs the program on the process's arguments and streams and exits. The
// context ends on the first interrupt; a second one kills the process.
func Main(p Program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(p.Execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Execute runs the program and returns its exit code.
func (p Program) Execute(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet(p.Name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	config := fs.String("config", "", "configuration `file` (YAML, TOML or JSON)")
	version := fs.Bool("version", false, "print the version and exit")
	p.Flags(fs)
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		p.usage(stdout, fs)
		return Done
	case err != nil:
		fmt.Fprintf(stderr, "%s: %v; %s -h explains\n", p.Name, err, p.Name)
		return Misuse
	case *version:
		fmt.Fprintf(stdout, "%s (virtcmp) %s\n", p.Name, Version)
		return Done
	}
	v, err := configure(fs, *config)
	if err == nil {
		err = p.Run(ctx, &Call{Config: v, Args: fs.Args(), Stdin: stdin, Stdout: stdout, Stderr: stderr})
	}
	var misuse usageError
	switch {
	case err == nil:
		return Done
	case errors.As(err, &misuse):
		fmt.Fprintf(stderr, "%s: %v; %s -h explains\n", p.Name, err, p.Name)
		return Misuse
	default:
		fmt.Fprintf(stderr, "%s: %v\n", p.Name, err)
		return Failed
	}
}

func (p Program) usage(w io.Writer, fs *flag.FlagSet) {
	fmt.Fprintf(w, "%s: %s\n\nUsage: %s [flags] %s\n\n%s\n\nFlags (-flag or --flag; each also as VIRTCMP_FLAG in the environment, or as flag: in the file of -config):\n",
		p.Name, p.Summary, p.Name, p.Args, strings.TrimSpace(p.Help))
	fs.SetOutput(w)
	fs.PrintDefaults()
	fs.SetOutput(io.Discard)
}

// configure layers defaults < file < environment VIRTCMP_* < flags.
func configure(fs *flag.FlagSet, file string) (*viper.Viper, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter(KeyDelimiter), viper.ExperimentalBindStruct())
	v.SetEnvPrefix("VIRTCMP")
	v.SetEnvKeyReplacer(strings.NewReplacer(KeyDelimiter, "_", "-", "_"))
	v.AutomaticEnv()
	fs.VisitAll(func(f *flag.Flag) { v.SetDefault(f.Name, f.Value.(flag.Getter).Get()) })
	if file == "" {
		file = v.GetString("config") // from the environment
	}
	if file != "" {
		v.SetConfigFile(file)
		if err := v.ReadInConfig(); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	fs.Visit(func(f *flag.Flag) { v.Set(f.Name, f.Value.(flag.Getter).Get()) })
	return v, nil
}
