"""What people show without words."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from onstage.actions.bodies.base import Body
from onstage.model import plain_text

LONGEST_REACTION = 32


class SendReaction(Body):
    """POST …/reactions: an emoji, or a word of the app's own."""

    reaction: Annotated[
        str, StringConstraints(min_length=1, max_length=LONGEST_REACTION), AfterValidator(plain_text.message)
    ]
