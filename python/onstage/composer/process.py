"""The composer process: a socket to the server, a thread that reads the stage, and the clock that drives the show."""

import socket
import time
from collections import deque

import structlog

from onstage.composer import wire
from onstage.composer.codecs import EncoderError
from onstage.composer.link import Link, exit_now
from onstage.composer.outputs.targets import Targets
from onstage.composer.pace import Pace, StoodStillError
from onstage.composer.rhythm import Rhythm
from onstage.composer.show import Show
from onstage.composer.source import Source
from onstage.composer.stage import Stage
from onstage.composer.threads import name_this_thread
from onstage.composer.warm import warm_up
from onstage.model.broadcast_reasons import BroadcastReason

_log = structlog.get_logger(__name__)


def run(fd: int, *, is_spare: bool = False) -> None:
    """Compose one broadcast, from the `Start` on the socket to a `Stop` on it, or its end. Does not return.

    A spare is started long before its `Start`, and gets ready for it.
    """
    name_this_thread("compose")
    link = Link(socket.socket(fileno=fd))
    if is_spare:
        warm_up()
    start = link.start()
    exit_now(0 if start is None else _compose(start, link))


def _compose(start: wire.Start, link: Link) -> int:
    stage = Stage(time.monotonic)
    lost: deque[wire.Failed] = deque(maxlen=1)
    has_pictures = not start.presentation.look.audio_only
    source = Source(start.engine_url, start.engine_token, stage, lost.append, has_pictures=has_pictures)
    source.start()
    failed = _perform_and_feed(start, stage, source, link, lost)
    link.send(failed or wire.Ended())
    link.finish()
    source.stop()
    return 0 if failed is None else 1


def _perform_and_feed(
    start: wire.Start, stage: Stage, source: Source, link: Link, lost: deque[wire.Failed]
) -> wire.Failed | None:
    """Perform the show, with its targets fed, if its encoders can be opened."""
    try:
        show = Show(start, stage)
    except EncoderError as error:
        return wire.Failed(BroadcastReason.ENCODER_UNAVAILABLE, str(error))
    targets = Targets(*show.outlet.configs, start.rungs[0], show.outlet.profile.frame_rate, link.send)
    show.outlet.tap = targets
    failed = perform(show, source, link, lost, targets)
    targets.close()
    return failed


def perform(show: Show, source: Source, link: Link, lost: deque[wire.Failed], targets: Targets) -> wire.Failed | None:
    """Tick until told to stop (None), or until there is no going on (why). What was composed is sent either way."""
    rhythm = Rhythm(show, Pace(show.outlet.profile.frame_rate))
    for init in rhythm.begin():
        link.send(init)
    failed: wire.Failed | None = None
    try:
        while not lost and not _is_told_to_stop(show, link, targets):
            _tick(show, rhythm, link)
            if (stats := rhythm.stats()) is not None:
                source.fit_layers(show.composition.camera_sizes)
                source.take_pictures(are_wanted=show.composition.has_pictures)
                link.send(stats)
        failed = lost[0] if lost else None
    except StoodStillError as error:
        failed = wire.Failed(BroadcastReason.COMPOSER_SILENT, str(error))
    for made in show.finish():
        link.send(made)
    return failed


def _tick(show: Show, rhythm: Rhythm, link: Link) -> None:
    for made in rhythm.tick():
        link.send(made)
    while show.said:
        link.send(show.said.popleft())


def _is_told_to_stop(show: Show, link: Link, targets: Targets) -> bool:
    """Follow what the server said."""
    while link.received:
        match link.received.popleft():
            case wire.Stop():
                return True
            case wire.Present(presentation):
                show.present(presentation)
            case wire.AddTarget() as add:
                targets.add(add)
            case wire.RemoveTarget(output_id):
                targets.remove(output_id)
            case wire.Image(id=image_id, data=data):
                show.composition.images.receive(image_id, data)
            case wire.PlayMedia() | wire.UpdateMedia() | wire.StopMedia() as asked:
                show.media.do(asked)
            case other:
                _log.warning("unexpected_message", kind=type(other).__name__)
    return False
