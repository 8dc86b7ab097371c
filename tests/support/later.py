"""What the source defines before it is built. Empty when nothing is left to build."""

# Defined, and emitted by calls that come later.
LATER = {
    "participant.updated",
    "participant.role_changed",
    "participant.banned",
    "participant.unbanned",
    "participant.unmute_requested",
}
