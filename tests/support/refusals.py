"""What an attempt is refused with."""

from collections.abc import Awaitable

import pytest

from onstage.errors import ErrorCode, OnstageError


async def refusal(attempt: Awaitable[object]) -> OnstageError:
    """The error of an attempt that must fail."""
    with pytest.raises(OnstageError) as caught:
        await attempt
    return caught.value


async def refused(attempt: Awaitable[object]) -> ErrorCode:
    """Its code."""
    return (await refusal(attempt)).code
