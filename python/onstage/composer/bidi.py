"""In which order a line of mixed directions is painted: the Unicode bidirectional algorithm (UAX #9).

Only the part that a line of tidied words needs: explicit embeddings, overrides and isolates have been removed before.
Works on grapheme clusters, whose marks (W1) go with their letter. Names of the rules are those of UAX #9.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

# Of ASCII, their wide forms, what East Asia quotes with, and angles: each followed by the one that closes it.
_PAIRED = (
    "()[]{}\uff08\uff09\uff3b\uff3d\uff5b\uff5d"
    "\u300c\u300d\u300e\u300f\u3010\u3011\u3008\u3009\u300a\u300b\u3014\u3015\u27e8\u27e9\u27ea\u27eb"
)
_OPENING = frozenset(_PAIRED[::2])
_CLOSING = dict(zip(_PAIRED[1::2], _PAIRED[::2], strict=True))
_STRONG = {"L": "L", "R": "R", "EN": "R", "AN": "R"}  # numbers count as right-to-left where neutrals ask (N0, N1)
_NEUTRAL = {"ON", "WS", "S", "B"}


def levels(clusters: Sequence[str]) -> list[int]:
    """The embedding level of each cluster, odd for right to left."""
    kinds = [_kind(cluster[0]) for cluster in clusters]
    base = next((int(kind != "L") for kind in kinds if kind in ("L", "R", "AL")), 0)  # P2, P3
    ambient = "LR"[base]
    spaces = len(kinds) - len("".join("W" if kind in ("WS", "S") else "x" for kind in kinds).rstrip("W"))
    _resolve_weak(kinds, ambient)
    _resolve_brackets(clusters, kinds, ambient)
    _resolve_neutral(kinds, ambient)
    resolved = [_implicit(kind, base) for kind in kinds]
    return resolved[: len(kinds) - spaces] + [base] * spaces  # L1


def visual_order(levels: Sequence[int]) -> list[int]:
    """The indices of `levels` from left to right (L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        for is_reversed, group in groupby(order, key=lambda index: levels[index] >= level):
            stretch = list(group)
            order[start : start + len(stretch)] = stretch[::-1] if is_reversed else stretch
            start += len(stretch)
    return order


def _kind(character: str) -> str:
    kind = unicodedata.bidirectional(character)
    return kind or ("ON" if character >= "\U0001f000" else "L")  # unknown to this Python: a new emoji


def _resolve_weak(kinds: list[str], ambient: str) -> None:
    strong = ambient
    for index, kind in enumerate(kinds):  # W1, W2
        if kind in ("NSM", "BN"):
            kinds[index] = kind = kinds[index - 1] if index else ambient
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[index] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for index in range(1, len(kinds) - 1):  # W4
        before, kind, after = kinds[index - 1 : index + 2]
        if before == after and (kind, before) in (("ES", "EN"), ("CS", "EN"), ("CS", "AN")):
            kinds[index] = before
    _resolve_terminators(kinds)
    strong = ambient
    for index, kind in enumerate(kinds):  # W7
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _resolve_terminators(kinds: list[str]) -> None:
    """W5 and W6: signs of currency and the like go with the number beside them."""
    for start, stop in _stretches(kinds, {"ET"}):
        if "EN" in (kinds[start - 1] if start else "", kinds[stop] if stop < len(kinds) else ""):
            kinds[start:stop] = ["EN"] * (stop - start)
    kinds[:] = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]


def _resolve_brackets(clusters: Sequence[str], kinds: list[str], ambient: str) -> None:
    """N0: both of a pair have the direction of what is in it, if that is the line's, else of what is before it."""
    for opening, closing in _pairs(clusters, kinds):
        inside = {_STRONG[kind] for kind in kinds[opening + 1 : closing] if kind in _STRONG}
        if not inside:
            continue
        before = next((_STRONG[kind] for kind in reversed(kinds[:opening]) if kind in _STRONG), ambient)
        kinds[opening] = kinds[closing] = ambient if ambient in inside else before


def _pairs(clusters: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    found: list[tuple[int, int]] = []
    for index, (cluster, kind) in enumerate(zip(clusters, kinds, strict=True)):
        if kind == "ON" and cluster in _OPENING:
            waiting.append((cluster, index))
        elif kind == "ON" and cluster in _CLOSING:
            depth = next((at for at in reversed(range(len(waiting))) if waiting[at][0] == _CLOSING[cluster]), None)
            if depth is not None:
                found.append((waiting[depth][1], index))
                del waiting[depth:]
    return sorted(found)


def _resolve_neutral(kinds: list[str], ambient: str) -> None:
    """N1 and N2: between two of one direction, that direction; else the line's."""
    for start, stop in _stretches(kinds, _NEUTRAL):
        before = _STRONG[kinds[start - 1]] if start else ambient
        after = _STRONG[kinds[stop]] if stop < len(kinds) else ambient
        kinds[start:stop] = [before if before == after else ambient] * (stop - start)


def _implicit(kind: str, base: int) -> int:
    """I1 and I2."""
    if base:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)


def _stretches(kinds: Sequence[str], wanted: set[str]) -> list[tuple[int, int]]:
    found, start = [], 0
    for is_wanted, group in groupby(kinds, key=wanted.__contains__):
        stop = start + len(list(group))
        if is_wanted:
            found.append((start, stop))
        start = stop
    return found
