"""Between a page and its gateway: frames that get lost, and connections that only one side knows to be dead."""

import json
from typing import Any

from playwright.async_api import Page, WebSocketRoute


class Between:
    """Carries a page's gateway connections. Messages that begin with `lost` it drops, as the server does for a slow
    reader: it says so, and the numbers of what follows fit."""

    def __init__(self) -> None:
        self.routes: list[WebSocketRoute] = []
        """Each connection that the page has made, oldest first."""
        self._sent_seq = 0

    async def carry(self, page: Page) -> None:
        """From the page's next connection on."""
        await page.route_web_socket("**/v1/gateway", self._connect)

    async def cut(self) -> None:
        """The page loses its newest connection; the server hears nothing of that."""
        await self.routes[-1].close()

    def _connect(self, route: WebSocketRoute) -> None:
        self.routes.append(route)
        server = route.connect_to_server()
        server.on_message(lambda text: self._pass_on(route, text))

    def _pass_on(self, route: WebSocketRoute, text: str | bytes) -> None:
        frame = json.loads(text)
        match frame["type"]:
            case "event":
                self._pass_events(route, [frame])
            case "events":
                self._pass_events(route, frame["events"])
            case _:
                self._sent_seq = frame.get("seq", self._sent_seq)
                route.send(text)

    def _pass_events(self, route: WebSocketRoute, events: list[dict[str, Any]]) -> None:
        for event in events:
            if event["name"] == "message.sent" and event["data"]["message"]["text"].startswith("lost"):
                route.send(json.dumps({"type": "dropped", "count": 1, "after_seq": self._sent_seq}))
                continue
            if event["seq"] is not None:
                event["prev"], self._sent_seq = self._sent_seq, event["seq"]
            route.send(json.dumps(event))
