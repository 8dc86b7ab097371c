"""One request to one endpoint."""

import json

from onstage import __version__
from onstage.clock import Clock
from onstage.model.records import Attempt, Endpoint, WebhookEvent
from onstage.model.views import WebhookPayload
from onstage.outbound import Failure, Outbound
from onstage.sealing import Keyring, SealedWithUnknownSecretError
from onstage.webhooks.signing import signed_headers

_ABOUT_US = {"Content-Type": "application/json", "User-Agent": f"Onstage/{__version__} (webhooks)"}


class HttpCourier:
    """`actions.context.Courier`: signs an event and posts it."""

    def __init__(self, outbound: Outbound, keyring: Keyring, clock: Clock) -> None:
        self._outbound = outbound
        self._keyring = keyring
        self._clock = clock

    async def post(self, endpoint: Endpoint, event: WebhookEvent) -> Attempt:
        """Send the event now; what came of it."""
        began, at = self._clock.monotonic(), self._clock.now()
        status, excerpt, error = None, "", None
        try:
            body = payload_text(event)
            headers = signed_headers(self._secrets(endpoint), event.id, at, body)
            reply = await self._outbound.post(endpoint.url, _ABOUT_US | headers, body.encode())
            status, excerpt = reply.status, reply.excerpt
        except Failure as failure:
            error = str(failure)
        except SealedWithUnknownSecretError:
            error = "the secret was sealed under another ONSTAGE_SECRET: rotate it, or name the old one"
        return Attempt(at, round((self._clock.monotonic() - began) * 1_000), status, error, excerpt)

    def _secrets(self, endpoint: Endpoint) -> list[str]:
        """The secret, and for a day after a rotation the one before."""
        secrets = [self._keyring.unseal(endpoint.sealed_secret)]
        is_old_valid = endpoint.old_secret_until is not None and endpoint.old_secret_until > self._clock.now()
        if is_old_valid and endpoint.sealed_old_secret is not None:
            secrets.append(self._keyring.unseal(endpoint.sealed_old_secret))
        return secrets


def payload_text(event: WebhookEvent) -> str:
    """The body: the same text for every attempt, since it is read by machines that compare."""
    payload = WebhookPayload.of(event).model_dump(mode="json")
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
