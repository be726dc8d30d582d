package recording

import (
	"regexp"
	"time"
)

// The years that JSON has times of.
const (
	firstYear = 1
	lastYear  = 9999
)

// Stamp returns t in UTC, as near to it as JSON can write.
func Stamp(t time.Time) time.Time {
	switch t = t.UTC(); {
	case t.Year() < firstYear:
		return time.Time{}
	case t.Year() > lastYear:
		return time.Date(lastYear, time.December, 31, 23, 59, 59, 0, time.UTC)
	}
	return t
}

// inRange returns an object with times that JSON has where it has others: Kubernetes writes those of any year, and reads
// them never again.
func inRange(object []byte) []byte {
	object = regexp.MustCompile(`"\d{5,}-\d\d-\d\dT[^"]*"`).ReplaceAll(object, []byte(`"9999-12-31T23:59:59Z"`))
	return regexp.MustCompile(`"-\d+-\d\d-\d\dT[^"]*"`).ReplaceAll(object, []byte("null"))
}
