package model

// RowChange is the row of one pod before and after something was heard, or time has passed. Between two snapshots of a
// cluster a row may change several times.
type RowChange struct {
	// Turn numbers the changes of the rows of a cluster, from 1. A snapshot has those in it up to its own Turn.
	Turn uint64
	// Was is nil for a pod that was not there, and Is for one that is gone.
	Was, Is *Row
}
