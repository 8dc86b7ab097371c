"""Stands behind the doors to media: who may play what, known without asking the store each time (design §10.13)."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TypeVar

from onstage.actions.context import Context
from onstage.actions.playback_policies import read_playback_policy
from onstage.bus import Changed, Notice, Topic
from onstage.errors import ErrorCode, OnstageError
from onstage.jobs.tasks import Tasks, listen
from onstage.model.ids import Prefix
from onstage.model.playback import PlaybackGrant, PlaybackPolicy
from onstage.model.playback_token import PlaybackTokens

GOOD_FOR_S = 10.0
"""How long a room's policy is taken without looking again. Changes are told; this is for those that were not heard."""
NOBODY_FOR_S = 1.0
"""How long a show that nobody knows is taken for unknown."""
AWAY_FOR_S = 1.0
"""How long the store is not asked again that did not answer."""
_MOST_KNOWN = 4_096
_LISTENING = "changes of playback"
Thing = TypeVar("Thing")


class Watch:
    """The rules of one room, as they were read: `origin.gate.Rules`."""

    def __init__(self, ctx: Context, policy: PlaybackPolicy, tokens: PlaybackTokens) -> None:
        self._ctx = ctx
        self._policy = policy
        self._tokens = tokens
        self.room_id = policy.room_id
        allowed = policy.settings.allowed_origins
        self.is_signed = policy.settings.is_signed
        self.origins = None if allowed is None else frozenset(allowed)

    def admit(self, token: str | None) -> PlaybackGrant | None:
        """See `Rules`. Where anybody may play, a token is not looked at: a link lasts longer than it was needed."""
        if not self.is_signed:
            return None
        if token is None:
            raise OnstageError(ErrorCode.PLAYBACK_TOKEN_MISSING)
        grant = self._tokens.read(token, self._ctx.clock.now())
        self._policy.require(grant)
        return grant

    def confirm(self, grant: PlaybackGrant) -> None:
        """See `Rules`."""
        self._policy.require(grant)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a room or a recording, and until when that is good."""

    project_id: str
    watch: Watch
    until_s: float

    def names(self, key: str) -> set[str]:
        """Changes of these change it. `key`: what it is known as."""
        return {key, self.watch.room_id, self.project_id}


class Gatekeeper:
    """`origin.gate.Gate`, from the store. Of many who ask for the same show at once, one reads."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tokens = PlaybackTokens(ctx.keyring.playback_keys)
        self._shows: OrderedDict[str, str] = OrderedDict()  # the room of each, but for recordings
        self._rules: OrderedDict[str, _Known] = OrderedDict()  # by room, and by recording
        self._nobodys: OrderedDict[str, float] = OrderedDict()  # until when it is taken to be so
        self._reading: dict[str, asyncio.Task[_Known | OnstageError | None]] = {}
        self._tasks = Tasks()

    async def start(self) -> None:
        """Hear of changes from now on."""
        changes = await self._ctx.bus.subscribe(Topic.PLAYBACK)
        self._tasks.start(listen(self._ctx.clock, changes, self._hear, _LISTENING), _LISTENING)

    async def stop(self) -> None:
        """Hear of none any more."""
        await self._tasks.stop()

    async def changed(self, room_or_project_id: str) -> None:
        """Forget what is known of the room, or of the project's rooms; so do other servers, soon."""
        self._forget(room_or_project_id)
        await self._ctx.bus.publish(Changed(Topic.PLAYBACK, room_or_project_id))

    async def rules_of(self, show: str) -> Watch | None:
        """See `Gate`."""
        key, now_s = self._shows.get(show, show), self._ctx.clock.monotonic()
        known = self._rules.get(key)
        if known is not None and known.until_s > now_s:
            return known.watch
        if self._nobodys.get(show, now_s) > now_s:
            return None
        found = await self._read_once(show)
        if isinstance(found, OnstageError) and known is not None:
            self._hold_on(key, known)
            return known.watch
        if isinstance(found, OnstageError):
            raise found
        return None if found is None else found.watch

    async def _hear(self, notices: list[Notice]) -> None:
        for notice in notices:
            if isinstance(notice, Changed):
                self._forget(notice.id)
            else:
                self._forget(*self._rules)

    def _forget(self, *ids: str) -> None:
        gone = [key for key, known in self._rules.items() if not known.names(key).isdisjoint(ids)]
        for key in gone:
            del self._rules[key]
        for show in [show for show, room_id in self._shows.items() if room_id in gone]:
            del self._shows[show]  # what is known of the room may not go for all of its shows any more
        self._reading.clear()  # what is being read may be from before

    def _hold_on(self, key: str, known: _Known) -> None:
        """The store is away: what held until now holds on, and is looked at again in a while."""
        until_s = self._ctx.clock.monotonic() + AWAY_FOR_S
        _keep(self._rules, key, replace(known, until_s=until_s))

    async def _read_once(self, show: str) -> _Known | OnstageError | None:
        reading = self._reading.get(show)
        if reading is None:
            reading = self._reading[show] = self._tasks.start(self._read(show), f"read who may play {show}")
        return await asyncio.shield(reading)

    async def _read(self, show: str) -> _Known | OnstageError | None:
        own = asyncio.current_task()  # under its name another may stand by now
        try:
            found = await read_playback_policy(self._ctx, show)
        except OnstageError as error:
            return error
        finally:
            is_of_now = self._reading.get(show) is own  # else something changed meanwhile
            if is_of_now:
                del self._reading[show]
        now_s = self._ctx.clock.monotonic()
        if found is None:
            _keep(self._nobodys, show, now_s + NOBODY_FOR_S)
            return None
        known = _Known(found.project_id, Watch(self._ctx, found.policy, self._tokens), now_s + GOOD_FOR_S)
        if is_of_now and show.startswith(f"{Prefix.RECORDING}_"):
            _keep(self._rules, show, known)  # it plays on when its room is deleted, whose own door must stay shut
        elif is_of_now:
            _keep(self._shows, show, known.watch.room_id)
            _keep(self._rules, known.watch.room_id, known)
        return known


def _keep(known: OrderedDict[str, Thing], key: str, thing: Thing) -> None:
    known[key] = thing
    known.move_to_end(key)
    if len(known) > _MOST_KNOWN:
        known.popitem(last=False)
