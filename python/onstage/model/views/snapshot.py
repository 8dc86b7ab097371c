"""The snapshot: everything a page shows."""

from onstage.model.view import View
from onstage.model.views.broadcasts import BroadcastView
from onstage.model.views.chat import MessageView, StateView
from onstage.model.views.media import MediaPlaybackView
from onstage.model.views.people import InviteView, ParticipantView
from onstage.model.views.polls import PollView, VoteView
from onstage.model.views.rooms import CountsView, RoomView, SessionView


class SharedView(View):
    """The part of a snapshot that is the same for everybody in the room."""

    room: RoomView
    session: SessionView
    participants: list[ParticipantView]
    hands: list[ParticipantView]
    pinned: list[MessageView]
    state: list[StateView]
    polls: list[PollView]
    broadcast: BroadcastView | None
    broadcasts: list[BroadcastView]
    media: list[MediaPlaybackView]
    counts: CountsView


class OwnView(View):
    """The part of a snapshot that is one participant's own."""

    me: ParticipantView
    invites: list[InviteView]
    messages: list[MessageView]
    votes: list[VoteView]


class SnapshotView(OwnView, SharedView):
    """Everything a page shows, as of the `seq` it comes with. Events after it lead to the next one (invariant 3).

    `participants` holds stage and audience; viewers are only counted. `hands` holds whoever has a hand up,
    viewers too, first raised first. `invites` are the open ones made by or for this participant. `messages` are the
    newest 50 that everybody reads or that this participant sent or was sent, and the newest 50 to their role since
    they have it; deleted ones count. `pinned` are those pinned; both are in the order of `seq`. `state` is in the
    order of its keys. `polls` are those of this session that run, and the 10 that stopped last; `votes` are this
    participant's own in them. `broadcasts` are those that run, the newest first: one at most, unless the room's
    template allows more. `broadcast` is the first of them; while none runs, the last to end.
    `media` is what plays in those that run, first started first.
    """
