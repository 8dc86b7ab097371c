"""The guard for requests to URLs that users give (invariant 11): webhooks, images, media and RTMP targets.

`Guard` says what may be reached, `Outbound` posts to it, and `fetched` and `fetched_whole` get a file from it. A
connection goes to the very address that was checked, so a name that answers differently a moment later (DNS rebinding)
gains nothing.
"""

from onstage.outbound.client import Failure, Outbound, Reply, Timeouts
from onstage.outbound.fetching import fetched, fetched_whole
from onstage.outbound.guard import RTMP, Guard, NotAllowed, Resolve, Target
from onstage.outbound.policy import Policy, read_policy

__all__ = [
    "RTMP",
    "Failure",
    "Guard",
    "NotAllowed",
    "Outbound",
    "Policy",
    "Reply",
    "Resolve",
    "Target",
    "Timeouts",
    "fetched",
    "fetched_whole",
    "read_policy",
]
