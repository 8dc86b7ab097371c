"""One request: its body, what it does, and the kinds of reply to it."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, get_args, get_type_hints

from pydantic import BaseModel, Field

from onstage.actions.access import ParticipantCaller
from onstage.actions.bodies.base import AnyBody, Body, parse
from onstage.actions.context import Context

Id = Field(min_length=1, max_length=120)


class Nothing(Body):
    """A request that says all by its name."""


class OfParticipant(Body):
    """Somebody, by id or identity."""

    participant: str = Id


class RequestKind(Generic[AnyBody]):
    """One request: its body, what it does, and the kinds of reply to it."""

    def __init__(
        self, body: type[AnyBody], run: Callable[[Context, ParticipantCaller, AnyBody], Awaitable[BaseModel]]
    ) -> None:
        self.body = body
        self._run = run
        answer = get_type_hints(run)["return"]
        self.replies: tuple[type[BaseModel], ...] = get_args(answer) or (answer,)

    async def __call__(self, ctx: Context, caller: ParticipantCaller, data: dict[str, Any]) -> BaseModel:
        """Check `data` and do it."""
        return await self._run(ctx, caller, parse(self.body, data))


Requests = dict[str, RequestKind[Any]]
