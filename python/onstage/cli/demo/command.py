"""`onstage demo`, from its start to its verdict."""

import asyncio

from rich.console import Console

from onstage.cli.demo.show import Show
from onstage.cli.development import development, print_urls
from onstage.cli.serving import base_url, serving, until_told_to_stop
from onstage.config import Settings

_out = Console(highlight=False)


def _say(line: str) -> None:
    _out.print(f"  {line}", markup=False, soft_wrap=True)


async def demo(settings: Settings, seconds: float | None) -> bool:
    """Run the demo for so long, or until told to stop. Whether it was a good show.

    Raises:
        StartError: a part of it can't run here.
    """
    async with serving(settings) as app:
        dev = await development(app.context, settings.data_dir)
        print_urls(settings, dev)
        show = Show(app, dev, base_url(settings))

        async def perform() -> None:
            try:
                async with asyncio.timeout(seconds):
                    await show.run(_say)
            except TimeoutError:
                pass

        await until_told_to_stop(perform)
        verdict = show.verdict()
        _say(f"The show is over: {verdict}.")
        return verdict.is_good or seconds is None
