"""The people of the demo, in a process of their own: two on stage, and a third who comes and goes.

python -m onstage.cli.demo.people BASE_URL     with {"ada": token, …} in ONSTAGE_DEMO_TOKENS
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any

import httpx
import uvloop

from onstage.cli.demo.person import Look, Person
from onstage.cli.demo.seat import Seat

TOKENS = "ONSTAGE_DEMO_TOKENS"
ON_STAGE_NOW = "on stage"
"""What this process prints once the hosts publish."""
ON_STAGE = {
    "ada": Look("Ada", (92, 168, 96), 330.0),
    "grace": Look("Grace", (88, 104, 172), 440.0),
}
IN_SEATS = {"vera": Look("Vera", (104, 96, 108), 550.0)}
HAND_AFTER_S = 10.0
"""From the seats: how long until the hand goes up."""
ON_STAGE_FOR_S = 15.0


async def play_host(http: httpx.AsyncClient, look: Look, token: str) -> Person:
    """Join the stage and publish."""
    joined = (await http.post("/v1/join", json={"token": token})).raise_for_status().json()
    person = Person(look)
    await person.start(joined["engine"]["url"], joined["engine"]["token"])
    return person


async def play_viewer(http: httpx.AsyncClient, look: Look, token: str) -> None:
    """Raise a hand, come on stage when asked, raise it again some time after having been sent back."""
    seat = await Seat.take(http, token)
    person = Person(look)
    hand = asyncio.create_task(_raise_hand_later(seat))
    try:
        async for event in seat.events():
            await _follow(event, seat, person)
            if event["name"] == "participant.demoted" and _is_about(event, seat):
                hand = asyncio.create_task(_raise_hand_later(seat))
    finally:
        hand.cancel()
        await person.stop()
        await seat.close()


async def _follow(event: dict[str, Any], seat: Seat, person: Person) -> None:
    match event["name"]:
        case "invite.created":
            await seat.request("invite.accept", invite=event["data"]["invite"]["id"])
        case "participant.promoted" if _is_about(event, seat):
            engine = await seat.engine()
            await person.start(engine["url"], engine["token"])
        case "participant.demoted" if _is_about(event, seat):
            await person.stop()


def _is_about(event: dict[str, Any], seat: Seat) -> bool:
    return bool(event["data"]["participant"]["id"] == seat.me["id"])


async def _raise_hand_later(seat: Seat) -> None:
    await asyncio.sleep(HAND_AFTER_S)
    await seat.request("hand.raise")


async def play(base_url: str, tokens: dict[str, str]) -> None:
    """Everybody plays their part until SIGTERM."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with httpx.AsyncClient(base_url=base_url, verify=False) as http:  # noqa: S501 - our own self-signed one
        people = [await play_host(http, look, tokens[identity]) for identity, look in ON_STAGE.items()]
        viewers = [
            asyncio.create_task(play_viewer(http, look, tokens[identity])) for identity, look in IN_SEATS.items()
        ]
        print(ON_STAGE_NOW, flush=True)
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait([waiting, *viewers], return_when=asyncio.FIRST_COMPLETED)
        for viewer in viewers:
            viewer.cancel()
        await asyncio.gather(*viewers, return_exceptions=True)
        for person in people:
            await person.stop()


if __name__ == "__main__":
    uvloop.run(play(sys.argv[1], json.loads(os.environ[TOKENS])))
