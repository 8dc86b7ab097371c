"""The nouns of design §3 as frozen data and pure rules; no I/O."""
