"""A show being served: its renditions and captions, those who wait for them, and what comes in."""
