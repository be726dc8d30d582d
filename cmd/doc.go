// Package cmd is the command line of probetop: flags in, wiring, output formats and exit codes out.
//
// Every command is an options value with validation and a run of its own. Errors reach the user as one sentence
// with the next step; the chain behind it goes to the file of --debug-log. Nothing here draws conclusions:
// what is printed is what package model says.
package cmd
