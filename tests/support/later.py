"""What the source defines before it is built. Empty when nothing is left to build."""

# Defined, and emitted by calls that come later.
LATER: set[str] = set()
