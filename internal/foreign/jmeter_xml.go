package foreign

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// mostDepth is how deep the elements of a JTL may be nested: JMeter's are a few.
const mostDepth = 256

// jmeterXML reads a JTL in XML, an element at a time. Entities that a file defines are
// not expanded, and what stands within samples (assertions, pages, headers) is passed over.
func jmeterXML(in *input, rec *recorder) error {
	decoder := xml.NewDecoder(in)
	clock, sums := jmeterClock(rec), false
	depth, within := 0, 0 // elements open; at what depth the request is that they are in
	for {
		in.next()
		token, err := decoder.Token()
		switch {
		case err == io.EOF && sums && !rec.any():
			return errOnlyTransactions
		case err == io.EOF:
			return nil
		case err != nil:
			return xmlError(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			if depth--; depth < within {
				within = 0
			}
		case xml.StartElement:
			depth++
			switch {
			case depth > mostDepth:
				return fmt.Errorf("elements nested more than %d deep", mostDepth)
			case depth == 1 && t.Name.Local != "testResults":
				return fmt.Errorf("<%s>: want <testResults>", t.Name.Local)
			case within > 0 || t.Name.Local != "httpSample" && t.Name.Local != "sample":
				continue
			}
			s := xmlSample(t.Attr)
			if s.transaction() {
				sums = true
				continue
			}
			within = depth
			q, err := s.request(clock)
			if err == nil {
				err = rec.request(q)
			}
			if err != nil {
				return err
			}
		}
	}
}

func xmlSample(attributes []xml.Attr) (s sample) {
	for _, a := range attributes {
		switch a.Name.Local {
		case "ts":
			s.timeStamp = a.Value
		case "t":
			s.elapsed = a.Value
		case "s":
			s.success = a.Value
		case "rc", "rs": // rs: before version 2.1
			s.code = a.Value
		case "rm":
			s.message = a.Value
		case "na":
			s.threads = a.Value
		case "sc":
			s.count = a.Value
		}
	}
	return s
}

// xmlError takes encoding/xml's count of lines off an error, which has the file's.
func xmlError(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case !errors.As(err, &syntax):
		return err
	case syntax.Msg == "unexpected EOF":
		return errors.New("the file ends within an element: JMeter was cut off; delete what follows the last whole sample and add </testResults>")
	}
	return errors.New(syntax.Msg)
}
