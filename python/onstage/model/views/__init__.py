"""How the nouns look in JSON: the same for REST answers, gateway events, snapshots and webhooks."""

from onstage.model.view import Timestamp, View
from onstage.model.views.assets import AssetView, DownloadView
from onstage.model.views.broadcasts import BroadcastView
from onstage.model.views.chat import MessageView, StateView
from onstage.model.views.images import ImageView
from onstage.model.views.media import MediaFileView, MediaPlaybackView
from onstage.model.views.outputs import OutputReasonView, OutputView
from onstage.model.views.people import InviteView, ParticipantView, TrackView
from onstage.model.views.playback import NewPlaybackTokenView, PlaybackTokenView
from onstage.model.views.polls import CastAnswerView, LeaderView, PollView, QuestionView, ResultsView, VoteView
from onstage.model.views.projects import KeyView, NewKeyView, NewProjectView, ProjectView, RevocationView
from onstage.model.views.recordings import RecordingView
from onstage.model.views.room_details import RoomDetailsView
from onstage.model.views.rooms import BanView, CountsView, RoomCountsView, RoomView, SessionView
from onstage.model.views.sessions import SessionDetailsView, SessionParticipantView, SessionSummaryView
from onstage.model.views.snapshot import OwnView, SharedView, SnapshotView
from onstage.model.views.templates import RoleView, TemplateContent, TemplateView
from onstage.model.views.timed import CaptionsView, CaptionView, TimedMetadataView
from onstage.model.views.webhooks import (
    AttemptView,
    DeliveryDetailView,
    DeliveryView,
    EndpointSecretView,
    EndpointView,
    WebhookPayload,
)

__all__ = [
    "AssetView",
    "AttemptView",
    "BanView",
    "BroadcastView",
    "CaptionView",
    "CaptionsView",
    "CastAnswerView",
    "CountsView",
    "DeliveryDetailView",
    "DeliveryView",
    "DownloadView",
    "EndpointSecretView",
    "EndpointView",
    "ImageView",
    "InviteView",
    "KeyView",
    "LeaderView",
    "MediaFileView",
    "MediaPlaybackView",
    "MessageView",
    "NewKeyView",
    "NewPlaybackTokenView",
    "NewProjectView",
    "OutputReasonView",
    "OutputView",
    "OwnView",
    "ParticipantView",
    "PlaybackTokenView",
    "PollView",
    "ProjectView",
    "QuestionView",
    "RecordingView",
    "ResultsView",
    "RevocationView",
    "RoleView",
    "RoomCountsView",
    "RoomDetailsView",
    "RoomView",
    "SessionDetailsView",
    "SessionParticipantView",
    "SessionSummaryView",
    "SessionView",
    "SharedView",
    "SnapshotView",
    "StateView",
    "TemplateContent",
    "TemplateView",
    "TimedMetadataView",
    "Timestamp",
    "TrackView",
    "View",
    "VoteView",
    "WebhookPayload",
]
