"""What of a show survives the process: on disk at once, in the object store soon, and read back from there."""
