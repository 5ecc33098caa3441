package foreign

import (
	"strings"

	"virtcmp/internal/observation"
)

// failures tell by a part of its text what an error was. The first that fits decides:
// a connection that timed out was not refused, whatever its class is called.
var failures = []struct{ part, code string }{
	{"timed out", observation.CodeTimeout},
	{"timeout", observation.CodeTimeout}, // Go's "i/o timeout", Java's SocketTimeoutException
	{"deadline exceeded", observation.CodeTimeout},
	{"refused", observation.CodeRefused},
	{"connection reset", observation.CodeReset},
	{"reset by peer", observation.CodeReset},
	{"broken pipe", observation.CodeReset},
	{"failed to respond", observation.CodeReset}, // Apache HttpClient's NoHttpResponseException
	{"premature end", observation.CodeReset},     // likewise, within a body
	{"eof", observation.CodeReset},               // Go's, and Java's EOFException
	{"java.net.connectexception", observation.CodeRefused},
	{"httphostconnectexception", observation.CodeRefused},
}

// failure returns the code of a request that got no status, from the error's text.
func failure(text string) string {
	// Go's url.Error begins with method and URL, and that may hold anything.
	if _, behind, ok := strings.Cut(text, `": `); ok {
		text = behind
	}
	text = strings.ToLower(text)
	for _, f := range failures {
		if strings.Contains(text, f.part) {
			return f.code
		}
	}
	return observation.CodeError
}

// status reports whether the text is an HTTP status, and a good one.
func status(text string) (ok, good bool) {
	if len(text) != 3 || text[0] < '1' || text[0] > '5' || text[1] < '0' || text[1] > '9' || text[2] < '0' || text[2] > '9' {
		return false, false
	}
	return true, observation.Good(text)
}
