package rule

import "fmt"

// Level says how sure a finding is.
type Level int

const (
	// Certain findings follow from the code alone.
	Certain Level = iota
	// Likely findings rest on what code of this form is written for.
	Likely
	// Possible findings depend on data that the code does not show.
	Possible
)

var levelNames = [...]string{"certain", "likely", "possible"}

func (l Level) String() string { return levelNames[l] }

// Set implements [flag.Value].
func (l *Level) Set(s string) error {
	for i, name := range levelNames {
		if s == name {
			*l = Level(i)
			return nil
		}
	}
	return fmt.Errorf("want certain, likely or possible")
}

// Severity says how much a finding matters where it is right.
type Severity int

const (
	Error Severity = iota
	Warning
	Info
	Hint
)

func (s Severity) String() string {
	return [...]string{"error", "warning", "info", "hint"}[s]
}
