"""What is said."""

from typing import Annotated

from pydantic import StringConstraints

from onstage.actions.bodies.base import Body
from onstage.actions.messages import LONGEST_TEXT


class SendMessage(Body):
    """POST …/messages."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
