"""Who sits where: everybody keeps their place, and gives it up only to who needs it. Pure."""

from collections.abc import Sequence

from onstage.composer.tiles import TileKey


def seated(
    before: Sequence[TileKey], present: Sequence[TileKey], *, pins: Sequence[str], floor: Sequence[str], limit: int
) -> list[TileKey]:
    """Everybody present, in the order of their tiles: the first `limit` are seen, the others wait.

    Args:
        before: The order until now.
        present: Who is there, in the order they came.
        pins: Identities who sit in front, in this order.
        floor: Who has the floor, and who had it before them, the latest first.
        limit: How many tiles there are.
    """
    screens = [key for key in present if key.is_screen]
    pinned = [TileKey(identity) for identity in pins if TileKey(identity) in present]
    front = [*screens, *pinned]
    room = max(limit - len(front), 0)
    others = _kept([key for key in before if key not in front], [key for key in present if key not in front], room)
    return [*front, *_with_speaker(others, floor, room)]


def _kept(before: Sequence[TileKey], present: Sequence[TileKey], room: int) -> list[TileKey]:
    """Who goes leaves their tile to the first who waits; when nobody waits, the others close up."""
    waiting = [key for key in before[room:] if key in present]
    waiting += [key for key in present if key not in before]
    seats: list[TileKey] = []
    for key in before[:room]:
        if key in present:
            seats.append(key)
        elif waiting:
            seats.append(waiting.pop(0))
    return seats + waiting


def _with_speaker(order: list[TileKey], floor: Sequence[str], room: int) -> list[TileKey]:
    """Who has the floor is seen, in the tile of who has been silent for longest (of those, the last)."""
    speaker = TileKey(floor[0]) if floor else None
    if speaker is None or room == 0 or speaker not in order[room:]:
        return order
    spoken = {identity: -turn for turn, identity in enumerate(floor)}
    silent = min(range(room), key=lambda seat: (spoken.get(order[seat].identity, -len(floor)), -seat))
    there = order.index(speaker)
    order[silent], order[there] = order[there], order[silent]
    return order
