"""The LL-HLS origin: a window of parts in memory, the playlists over it, and the HTTP that serves them.

Read in this order: `constants`, `window` (state), `playlist` (text), `directives` and `blocking` (who waits for
what), `broadcast` (all of it for one show), `storage` (what survives us), `origin` (all shows), `http` (the door).
Our reading of the specification's vague rules is in docs/rfc/ll-hls.md.
"""
