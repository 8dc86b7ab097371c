"""A composer that follows a script: the words of the title, in order, as soon as it is started.

`part` sends a part, `garbage` bytes that are no message, `failed` a reason, `image` the
images it was sent, `die` ends with no word, `short` and `fine` tell how it is for time,
`next` waits for a message, `hang` waits for the parent's messages and obeys `stop`, `deaf` waits and obeys nothing.
"""

import os
import socket
import sys
import time
from datetime import UTC, datetime

from onstage.composer import wire
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.degradation import OF_COMPOSER
from onstage.model.media import Init, Part, Rendition, SegmentEnd

SAID = {
    "garbage": b"\xff" * 64,
    "failed": wire.encode(wire.Failed(BroadcastReason.ENGINE_UNREACHABLE, "no engine")),
    "short": wire.encode(wire.Stats(60, 60, 30, 1, 1, 1, degraded=tuple(OF_COMPOSER))),
    "fine": wire.encode(wire.Stats(60, 0, 0, 1, 1, 1)),
}


def main(fd: int) -> None:
    link = socket.socket(fileno=fd)
    decoder = wire.Decoder()
    inbox = first_messages(link, decoder)
    start = inbox.pop(0)
    assert isinstance(start, wire.Start)
    name = start.rungs[0].name
    link.sendall(wire.encode(Init(Rendition(name, 1280, 720, 30, "avc1", 1, 1), start.engine_token.encode())))
    ticks = start.next_ticks
    for word in start.presentation.title.split():
        match word:
            case "part":
                now = datetime.now(UTC)
                link.sendall(wire.encode(Part(name, ticks, 48_000, True, now, time.monotonic(), b"media")))
                ticks += 48_000
            case "segment_end":
                link.sendall(wire.encode(SegmentEnd(name)))
            case "garbage" | "failed" | "short" | "fine":
                link.sendall(SAID[word])
            case "layout":
                link.sendall(wire.encode(wire.Failed(BroadcastReason.COMPOSER_DIED, start.presentation.layout.name)))
            case "next":
                inbox[:] = first_messages(link, decoder)[1:]
            case "image":
                tell_images(link, decoder, inbox)
            case "die":
                print("bye", flush=True)
                os._exit(3)
            case "deaf":
                while True:
                    time.sleep(60)
            case "hang":
                hang(link, decoder, inbox)


def first_messages(link: socket.socket, decoder: wire.Decoder) -> list[wire.Message]:
    inbox: list[wire.Message] = []
    while not inbox:
        data = link.recv(65536)
        if not data:
            sys.exit(0)
        inbox += decoder.feed(data)
    return inbox


def tell_images(link: socket.socket, decoder: wire.Decoder, inbox: list[wire.Message]) -> None:
    while not any(isinstance(one, wire.Image) for one in inbox):
        inbox += decoder.feed(link.recv(65536))
    link.sendall(wire.encode(wire.Failed(BroadcastReason.COMPOSER_DIED, "".join(map(repr, inbox)))))


def hang(link: socket.socket, decoder: wire.Decoder, inbox: list[wire.Message]) -> None:
    while True:
        if wire.Stop() in inbox:
            link.sendall(wire.encode(wire.Ended()))
            sys.exit(0)
        if not (data := link.recv(65536)):
            sys.exit(0)
        inbox += decoder.feed(data)


main(int(sys.argv[-1]))
