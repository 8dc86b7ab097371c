"""The LL-HLS origin: a window of parts in memory, the playlists over it, and the HTTP that serves them.

Its rooms, each of which knows those below it alone: `doors` (HTTP), `assets` (files of recordings), `recordings`,
`origin` (all shows), `live` (one show), `playlists` (text, and who waits for what), `storing` (what survives us),
`segments` and `timed` (what is published). Read them from below. Our reading of the specification's vague rules is in
docs/rfc/ll-hls.md.
"""
