"""A guide as something that can be run: its code blocks in order, and what they are said to answer.

```python blocks of one guide are one program. ```sh blocks run in bash. A ```json or ```text block right behind one of
them is what it prints: of JSON only what is shown must be there, and `…` stands for anything.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUNNABLE = ("python", "sh")
_EXPECTATIONS = ("json", "text")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block, and the line of the guide its code begins on."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """Code to run, and the block that says what it prints."""

    code: Block
    expected: Block | None


def blocks_of(path: Path) -> list[Block]:
    """Every fenced block of the guide."""
    text = path.read_text(encoding="utf-8")
    return [Block(found[1], found[2], text.count("\n", 0, found.start(2)) + 1) for found in _FENCE.finditer(text)]


def steps_of(path: Path) -> list[Step]:
    """What of the guide can be run."""
    blocks = blocks_of(path)
    following = [*blocks[1:], None]
    return [
        Step(block, after if after is not None and after.language in _EXPECTATIONS else None)
        for block, after in zip(blocks, following, strict=True)
        if block.language in _RUNNABLE
    ]


def matches(expected: object, found: object) -> bool:
    """Whether `found` is as shown; it may hold more fields."""
    match expected, found:
        case "…", _:
            return True
        case str(), str():
            pattern = ".*".join(re.escape(part) for part in expected.split("…"))
            return re.fullmatch(pattern, found, re.DOTALL) is not None
        case dict(), dict():
            return all(name in found and matches(value, found[name]) for name, value in expected.items())
        case list(), list():
            return len(expected) == len(found) and all(map(matches, expected, found))
        case _:
            return expected == found
