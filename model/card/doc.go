// Package card writes what is known of a pod, or of an incident, as Markdown: to be pasted into a ticket or a chat. It reads rows of
// package model, in which secrets are masked already, and changes nothing.
//
// What others wrote is in fences and code spans that are longer than any that it holds, so that no text of the cluster is read as
// Markdown: no link, image or mention comes of it.
package card
