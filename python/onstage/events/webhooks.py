"""Webhook endpoints. These belong to a project, not to a room: they have no `seq`."""

from onstage.events.base import PROJECT_ONLY, EventData


class WebhookDisabled(EventData):
    """An endpoint failed for so long that nothing more is sent to it until it is enabled again."""

    NAME = "webhook.disabled"
    TOLD_TO = PROJECT_ONLY
    endpoint_id: str
    url: str
    reason: str
