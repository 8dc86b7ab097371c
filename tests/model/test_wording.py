"""What is wrong is said in words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onstage.model.wording import PATTERNS, said

_PROTOCOL = Path(__file__).parents[2] / "protocol"


def _patterns(node: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each pattern of a document, with the name of what has it."""
    if isinstance(node, dict):
        name = node.get("name", name) if isinstance(node.get("name"), str) else name
        if isinstance(node.get("pattern"), str):
            yield name, node["pattern"]
        for key, value in node.items():
            yield from _patterns(value, name if key in ("schema", "anyOf", "items") else key)
    elif isinstance(node, list):
        for value in node:
            yield from _patterns(value, name)


@pytest.mark.parametrize("document", ["openapi.json", "asyncapi.json"])
def test_every_pattern_that_anybody_can_miss_has_words(document: str) -> None:
    found = list(_patterns(json.loads((_PROTOCOL / document).read_text())))
    assert found
    assert {(name, pattern) for name, pattern in found if name != "cursor" and pattern not in PATTERNS} == set()


def test_a_pattern_is_never_shown_where_there_are_words() -> None:
    for pattern, words in PATTERNS.items():
        finding = {"type": "string_pattern_mismatch", "loc": ("x",), "msg": "…", "ctx": {"pattern": pattern}}
        assert said(finding) == words
