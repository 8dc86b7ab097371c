"""Fixtures of these tests."""

from tests.support.house import house, schema

__all__ = ["house", "schema"]
