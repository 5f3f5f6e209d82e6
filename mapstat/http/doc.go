// Package mapstathttp serves the health of a program's maps over HTTP, to people, to
// the mapdiag command and to go tool pprof:
//
//	mapstathttp.Mount(http.DefaultServeMux, mapstat.Default)
//
// Then /debug/maps is a page in a browser, and JSON (a [mapstat.Snapshot]) for whoever
// does not ask for HTML. Its parameters:
//
//	format=json, format=html   whatever the header Accept says
//	full=1                     look up each entry of each map, under its lock, for 10 to 50 ns an entry
//
// And /debug/maps/profile is a profile for go tool pprof with a sample for each map, see
// [Profile]. Its parameters:
//
//	seconds=30                 what has changed in that time, see [Difference]
//	full=1                     as above
//
// A parameter that is none of these is refused, as is a method other than GET and HEAD.
//
// # Who is let in
//
// The names and sizes of maps tell of a program what only its operators should know, and each
// reading takes locks of the program. So a request is refused with 403 that does not
// come from the same machine:
//
//   - whose peer has an address other than a loopback one, or that a proxy has passed on
//     (it has a header such as Forwarded or X-Forwarded-For);
//   - whose Host is not localhost or a loopback address: a page of a foreign site whose name has
//     been made to lead to 127.0.0.1 asks so;
//   - that a page of a foreign site makes a browser send. A link to the page is let through.
//
// Who can connect to a Unix socket has been let in by the file system, so that of these rules
// the one on proxies alone is about it. [AllowRemote] lifts them all.
package mapstathttp
