"""Keeps a broadcast composed: starts the composer, hands its media to the origin, starts another when it dies.

The supervisor lives in the server process and is small on purpose; what crashes is the composer (design §10.12).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from onstage.clock import Clock
from onstage.composer import wire
from onstage.composer.deaths import Deaths
from onstage.composer.instance import COMMAND, Cold, ComposerInstance, Composers
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.media import Init, Part, ResumePoint, Rung, SegmentEnd, VideoEncoderName
from onstage.model.presentation import Presentation
from onstage.model.targets import TargetState

FIRST_PART_WITHIN_S = 15.0
PART_WITHIN_S = 5.0
"""Of the part before; a composer that is silent for longer hangs."""
STOP_GRACE_S = 5.0
_CLOSE_GRACE_S = 1.0
_COLD = Cold(COMMAND)


@dataclass(frozen=True, slots=True)
class ComposerSpec:
    """What a broadcast's composer is to make; constant for the life of the broadcast, but for its presentation."""

    broadcast_id: str
    engine_url: str
    rungs: tuple[Rung, ...]
    audio_bps: int
    is_audio_apart: bool
    profile: str
    presentation: Presentation
    encoder: VideoEncoderName = VideoEncoderName.X264


class MediaSink(Protocol):
    """Who takes the media: the origin's window of the broadcast."""

    async def on_init(self, init: Init) -> None: ...  # noqa: D102  the names say it
    async def on_part(self, part: Part) -> None: ...  # noqa: D102
    async def on_segment_end(self, end: SegmentEnd) -> None: ...  # noqa: D102

    async def on_discontinuity(self) -> ResumePoint:
        """The composer died: close what is open and say at which tick a new one goes on."""
        ...


@dataclass(frozen=True, slots=True)
class Live:
    """The first part of the broadcast is there."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The composer died for `reason`; the next one is about to start."""

    reason: str
    deaths: int


@dataclass(frozen=True, slots=True)
class Composing:
    """A composer was started, and takes what is sent to it; it knows of no target."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """No other composer is started; `detail` is for the log."""

    reason: BroadcastReason
    detail: str


Report = (
    Live | Restarted | Composing | TargetState | wire.Stats | wire.MediaStarted | wire.MediaEnded | GaveUp | wire.Ended
)
"""What the supervisor tells. After `GaveUp` or `Ended` nothing follows."""


class ComposerSupervisor:
    """Supervises the composer of one broadcast, from `start` to the report of `Ended` or `GaveUp`."""

    def __init__(
        self,
        spec: ComposerSpec,
        sink: MediaSink,
        *,
        report: Callable[[Report], Awaitable[None]],
        engine_token: Callable[[], Awaitable[str]],
        clock: Clock,
        resume: ResumePoint | None = None,
        composers: Composers = _COLD,
    ) -> None:
        """Prepare, without starting anything.

        Args:
            spec: What to compose.
            sink: Takes the media, in order, one call at a time.
            report: Takes the lifecycle facts, in order.
            engine_token: Makes a token to join the engine with, hidden and subscribe-only. Asked at every start,
                because engine tokens are short-lived.
            clock: Times back-off and deadlines.
            resume: Where the output timeline goes on; the beginning if None.
            composers: Where composers come from.
        """
        self._spec = spec
        self._sink = sink
        self._report = report
        self._engine_token = engine_token
        self._clock = clock
        self._resume = resume or ResumePoint(next_ticks=0)
        self._composers = composers
        self._presentation = spec.presentation
        self._images: dict[str, bytes] = {}  # those of the presentation
        self.media: Callable[[], Sequence[wire.PlayMedia]] = tuple
        """What is to be played, from where it is now: each composer is told it when it starts."""
        self._log = structlog.get_logger(__name__).bind(broadcast_id=spec.broadcast_id)
        self._stopping = asyncio.Event()
        self._instance: ComposerInstance | None = None
        self._task: asyncio.Task[None] | None = None
        self._deaths = Deaths()
        self._is_live = False
        self._has_parts = False  # of the present instance
        self._first_part_s = 0.0  # when, of the present instance
        self._last_part_s = 0.0  # when, of any instance
        self._began_s = clock.monotonic()

    @property
    def pid(self) -> int | None:
        """The composer's process id, while one runs."""
        return self._instance.pid if self._instance else None

    def start(self) -> None:
        """Start supervising."""
        self._began_s = self._clock.monotonic()
        self._task = asyncio.create_task(self._run(), name=f"composer of {self._spec.broadcast_id}")

    def present(self, presentation: Presentation, images: Mapping[str, bytes] | None = None) -> None:
        """Present the show so from now on, by this composer and by every later one; nothing if it is so already.

        `images` are those that `missing_images` asked for, by id; each is sent to a composer once.
        """
        given = self._images | dict(images or {})
        new = {one: given[one] for one in presentation.look.images() if one in given and one not in self._images}
        self._images = {one: given[one] for one in presentation.look.images() if one in given}
        if self._instance:
            self._send_images(self._instance, new)
        if presentation == self._presentation:
            return
        self._presentation = presentation
        if self._instance:
            self._instance.send(wire.Present(presentation))

    def target(self, message: wire.AddTarget | wire.RemoveTarget) -> None:
        """Have the present composer feed a target, or feed it no more; nobody hears it if there is none."""
        if self._instance:
            self._instance.send(message)

    def missing_images(self, presentation: Presentation) -> list[str]:
        """Of the images that a presentation shows, those which were not given yet."""
        return [one for one in presentation.look.images() if one not in self._images]

    @staticmethod
    def _send_images(instance: ComposerInstance, images: Mapping[str, bytes]) -> None:
        for image_id, data in images.items():
            instance.send(wire.Image(image_id, data))

    def tell_media(self, message: wire.PlayMedia | wire.UpdateMedia | wire.StopMedia) -> None:
        """Play or change media now; a composer that comes later hears of it from `media`."""
        if self._instance:
            self._instance.send(message)

    async def stop(self) -> None:
        """Let the composer flush its open part and end; returns once `Ended` has been reported."""
        self._stopping.set()
        if self._instance:
            self._instance.send(wire.Stop())
        await self.wait()

    async def wait(self) -> None:
        """Return once `Ended` or `GaveUp` has been reported."""
        if self._task:
            await asyncio.shield(self._task)

    async def kill(self) -> None:
        """End at once, without flushing or reporting (the server goes down; the broadcast is resumed later)."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await self._report(await self._supervise())
        except Exception as error:  # noqa: BLE001  whatever the sink raised, the broadcast is told that it is over
            self._log.exception("composer_supervisor_failed")
            await self._report(GaveUp(BroadcastReason.MEDIA_NOT_KEPT, repr(error)))

    async def _supervise(self) -> wire.Ended | GaveUp:
        while True:
            death = await self._live_once()
            if self._stopping.is_set():
                return wire.Ended()
            self._deaths.add(self._clock.monotonic(), worked_s=self._worked_s())
            deaths = self._deaths.at_start(self._clock.monotonic())
            self._log.warning("composer_died", reason=death.reason, detail=death.detail, deaths=deaths)
            if self._must_give_up():
                return GaveUp(death.reason, death.detail)
            if self._has_parts:
                self._resume = await self._sink.on_discontinuity()
            await self._report(Restarted(death.detail, deaths=deaths))
            if await self._is_stopped_within(self._deaths.pause_s(self._clock.monotonic())):
                return wire.Ended()

    def _worked_s(self) -> float:
        """From the first part of the present instance to its last."""
        return self._last_part_s - self._first_part_s if self._has_parts else 0.0

    def _must_give_up(self) -> bool:
        never_came = not self._is_live and self._starting_left_s() <= 0
        return never_came or self._deaths.are_too_many(self._clock.monotonic())

    def _starting_left_s(self) -> float:
        return self._began_s + FIRST_PART_WITHIN_S - self._clock.monotonic()

    async def _live_once(self) -> wire.Failed:
        """Run one composer to its end. Returns why it died (of no interest after a stop)."""
        self._has_parts = False
        first = wire.Start(
            broadcast_id=self._spec.broadcast_id,
            engine_url=self._spec.engine_url,
            engine_token=await self._engine_token(),
            rungs=self._spec.rungs,
            audio_bps=self._spec.audio_bps,
            is_audio_apart=self._spec.is_audio_apart,
            profile=self._spec.profile,
            encoder=self._spec.encoder,
            presentation=self._presentation,
            next_ticks=self._resume.next_ticks,
        )
        try:
            self._instance = await self._composers.start_composer(first)
        except OSError as error:
            return _died(f"the composer could not be started: {error.strerror}")
        try:
            self._catch_up(self._instance, first)
            await self._report(Composing())
            return await self._follow(self._instance)
        finally:
            instance, self._instance = self._instance, None
            await instance.close(_CLOSE_GRACE_S)

    def _catch_up(self, instance: ComposerInstance, first: wire.Start) -> None:
        """Send the images, and what was asked for while the process was being started."""
        self._send_images(instance, self._images)
        if self._presentation != first.presentation:
            instance.send(wire.Present(self._presentation))
        for play in self.media():
            instance.send(play)
        if self._stopping.is_set():
            instance.send(wire.Stop())

    async def _follow(self, instance: ComposerInstance) -> wire.Failed:
        watch = asyncio.create_task(self._watch(instance))
        failure: wire.Failed | None = None
        try:
            async for message in instance.messages():
                match message:
                    case wire.Failed():
                        failure = message
                    case wire.Ended():
                        failure = _died("the composer ended without being told to")
                    case _:
                        await self._take(message)
        except wire.WireError as error:
            failure = _died(f"the composer broke the protocol: {error}")
        finally:
            late = watch.done() and not watch.cancelled()
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        if late and not self._stopping.is_set():
            failure = failure or self._silence()
        return failure or _died(f"the composer died: {instance.last_words()}")

    def _silence(self) -> wire.Failed:
        within_s = PART_WITHIN_S if self._has_parts else FIRST_PART_WITHIN_S
        reason = BroadcastReason.COMPOSER_SILENT if self._is_live else BroadcastReason.NO_FIRST_PART
        return wire.Failed(reason, f"no part within {within_s:.0f} s")

    async def _take(self, message: wire.Up) -> None:
        match message:
            case Init():
                await self._sink.on_init(message)
            case Part():
                await self._sink.on_part(message)
                await self._note_part()
            case SegmentEnd():
                await self._sink.on_segment_end(message)
            case wire.Stats() | TargetState() | wire.MediaStarted() | wire.MediaEnded():
                await self._report(message)

    async def _note_part(self) -> None:
        self._last_part_s = self._clock.monotonic()
        if not self._has_parts:
            self._has_parts, self._first_part_s = True, self._last_part_s
        if not self._is_live:
            self._is_live = True
            await self._report(Live())

    async def _watch(self, instance: ComposerInstance) -> None:
        """Kill a composer that makes no part in time, or that does not end in time when it is told to."""
        patience_s = FIRST_PART_WITHIN_S if self._is_live else max(self._starting_left_s(), 0.0)
        while patience_s > 0 and not await self._is_stopped_within(patience_s):
            silent_s = self._clock.monotonic() - self._last_part_s
            patience_s = PART_WITHIN_S - silent_s if self._has_parts else 0.0
        if self._stopping.is_set():
            await self._clock.sleep(STOP_GRACE_S)
        instance.kill()

    async def _is_stopped_within(self, seconds: float) -> bool:
        """Wait for so long; whether it was told to stop meanwhile."""
        waits = {asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(self._stopping.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._stopping.is_set()


def _died(detail: str) -> wire.Failed:
    return wire.Failed(BroadcastReason.COMPOSER_DIED, detail)
