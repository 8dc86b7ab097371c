"""Which encoders this machine has, found out in a process of its own: drivers may crash, and PyAV is large."""

import asyncio
from collections.abc import Sequence

from onstage.children import spawn
from onstage.composer.instance import COMMAND
from onstage.model.media import VideoEncoderName

TRIAL_WITHIN_S = 15.0


class EncodersHere:
    """Asks once for each encoder, and remembers."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        """`command` starts a composer; `--tries NAME` is added, and it ends with 0 if the encoder can be opened."""
        self._command = command
        self._known: dict[VideoEncoderName, bool] = {VideoEncoderName.X264: True}
        self._turn = asyncio.Lock()

    async def has(self, name: VideoEncoderName) -> bool:
        """Whether a composer here can encode with it."""
        async with self._turn:
            if name not in self._known:
                self._known[name] = await self._try(name)
            return self._known[name]

    async def _try(self, name: VideoEncoderName) -> bool:
        child = await spawn([*self._command, "--tries", name.value], name="encoder-trial")
        try:
            async with asyncio.timeout(TRIAL_WITHIN_S):
                return await child.wait() == 0
        except TimeoutError:
            return False
        finally:
            await child.stop(grace_s=0.0)
