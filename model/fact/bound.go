package fact

// Bound says how exactly a number of failures is known.
type Bound string

// The bounds.
const (
	// Exact is the number itself.
	Exact Bound = "exact"
	// AtLeast is a lower bound: events were lost, merged, or are older than our watch.
	AtLeast Bound = "atLeast"
)

// Failures is how often a probe has failed in a row, and how often in a row it takes for the consequence.
type Failures struct {
	Run, Threshold int32
	Bound          Bound
}
