"""The `onstage` command."""

from onstage.cli.main import app, main

__all__ = ["app", "main"]
