"""Onstage: an open-source, self-hosted interactive live streaming server."""

__version__ = "0.1.0"
