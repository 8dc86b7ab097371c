"""`onstage serve`, from its start to its end."""

import os

import structlog
from rich.console import Console

from onstage import __version__
from onstage.cli.development import development, print_urls
from onstage.cli.serving import base_url, serving, until_told_to_stop
from onstage.config import Environment, Settings, unknown_settings

_out = Console(highlight=False)
_log = structlog.get_logger(__name__)


async def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Raises:
        StartError: as `serving`.
    """
    for name, nearest in unknown_settings(os.environ).items():
        _log.warning("an environment variable is no setting, and is not looked at", name=name, nearest=nearest)
    async with serving(settings) as server:
        if settings.environment is Environment.DEVELOPMENT:
            print_urls(settings, await development(server.context, settings.data_dir))
        else:
            _out.print(f"Onstage {__version__} is ready at {base_url(settings)}")
        await until_told_to_stop()
        _out.print("Stopping.")
