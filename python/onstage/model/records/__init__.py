"""The nouns as the store keeps them: frozen data, no behaviour that needs I/O."""

from onstage.model.broadcast_defaults import CanvasShape, Quality
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.layout import Layout, LayoutName
from onstage.model.records.assets import Asset
from onstage.model.records.broadcasts import Broadcast, BroadcastStatus
from onstage.model.records.chat import Message, StateEntry
from onstage.model.records.connections import Connection, ConnectionKind, Server
from onstage.model.records.images import StoredImage
from onstage.model.records.media import MediaFile, Playback
from onstage.model.records.people import (
    Invite,
    InviteStatus,
    Participant,
    Presence,
    Promotion,
    Stretch,
    Track,
)
from onstage.model.records.playback import PlaybackToken
from onstage.model.records.polls import (
    Answer,
    CastAnswer,
    Leader,
    Poll,
    PollKind,
    PollPlan,
    PollResult,
    PollStatus,
    Question,
    QuestionResult,
    QuestionType,
    ResultsShown,
    Vote,
)
from onstage.model.records.projects import Project, ProjectKey, Revocation, StoredTemplate
from onstage.model.records.recordings import Recording, RecordingFailure, RecordingStatus
from onstage.model.records.rooms import Ban, Counts, EndReason, Room, RoomCode, RoomCounts, Session
from onstage.model.records.webhooks import Attempt, DeliveryStatus, Endpoint, WebhookDelivery, WebhookEvent

__all__ = [
    "Answer",
    "Asset",
    "Attempt",
    "Ban",
    "Broadcast",
    "BroadcastReason",
    "BroadcastStatus",
    "CanvasShape",
    "CastAnswer",
    "Connection",
    "ConnectionKind",
    "Counts",
    "DeliveryStatus",
    "EndReason",
    "Endpoint",
    "Invite",
    "InviteStatus",
    "Layout",
    "LayoutName",
    "Leader",
    "MediaFile",
    "Message",
    "Participant",
    "Playback",
    "PlaybackToken",
    "Poll",
    "PollKind",
    "PollPlan",
    "PollResult",
    "PollStatus",
    "Presence",
    "Project",
    "ProjectKey",
    "Promotion",
    "Quality",
    "Question",
    "QuestionResult",
    "QuestionType",
    "Recording",
    "RecordingFailure",
    "RecordingStatus",
    "ResultsShown",
    "Revocation",
    "Room",
    "RoomCode",
    "RoomCounts",
    "Server",
    "Session",
    "StateEntry",
    "StoredImage",
    "StoredTemplate",
    "Stretch",
    "Track",
    "Vote",
    "WebhookDelivery",
    "WebhookEvent",
]
