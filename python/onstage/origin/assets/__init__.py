"""Files made of recordings: by a child process, kept beside the shows, and given to whoever has their URL."""
