"""How the nouns look in JSON: the same for REST answers, gateway events, snapshots and webhooks."""

from onstage.model.view import Timestamp, View
from onstage.model.views.broadcasts import BroadcastView, LayoutView
from onstage.model.views.chat import MessageView, StateView
from onstage.model.views.people import InviteView, ParticipantView, TrackView
from onstage.model.views.polls import PollView, QuestionView, VoteView
from onstage.model.views.rooms import BanView, CountsView, RoomView, SessionView
from onstage.model.views.snapshot import SnapshotView

__all__ = [
    "BanView",
    "BroadcastView",
    "CountsView",
    "InviteView",
    "LayoutView",
    "MessageView",
    "ParticipantView",
    "PollView",
    "QuestionView",
    "RoomView",
    "SessionView",
    "SnapshotView",
    "StateView",
    "Timestamp",
    "TrackView",
    "View",
    "VoteView",
]
