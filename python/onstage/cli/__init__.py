"""The `onstage` command."""

from onstage.cli.main import app

__all__ = ["app"]
