"""The text of playlists and what requests for them ask, as pure functions."""
