"""Who is left out of a show though they are on stage: unheard, unseen, or both."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from onstage.model.merge_patch import merged
from onstage.model.texts import Identity
from onstage.model.view import View

MOST_LEFT_OUT = 100


def _each_once(identities: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(identities))


_Identities = Annotated[tuple[Identity, ...], AfterValidator(_each_once)]


class Mix(View):
    """What of the stage goes into the show. People on stage hear and see each other all the same."""

    muted: _Identities = Field(
        default=(), max_length=MOST_LEFT_OUT, description="Identities whose sound is left out of the show."
    )
    hidden: _Identities = Field(
        default=(), max_length=MOST_LEFT_OUT, description="Identities whose camera and screen are left out of it."
    )

    def leaves_out(self, identity: str) -> bool:
        """Whether that person's sound or picture is not in it: they never have the floor there."""
        return identity in self.muted or identity in self.hidden

    def patched(self, patch: Mapping[str, Any]) -> "Mix":
        """This mix with a merge patch (RFC 7396) applied.

        Raises:
            ValidationError: the outcome is no mix.
        """
        return Mix.model_validate(merged(self.model_dump(mode="json"), patch))
