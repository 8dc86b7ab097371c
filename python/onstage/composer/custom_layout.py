"""Who comes into which tile of a custom layout. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from onstage.composer.tiles import TileKey
from onstage.model.layout import LayoutTile, TileForParticipant, TileForRole, TileForScreen, TileForSpeaker

_Pick = Callable[[LayoutTile, Sequence[TileKey]], TileKey | None]


def cast(
    places: Iterable[LayoutTile], seats: Sequence[TileKey], floor: Sequence[str], roles: Mapping[str, str]
) -> list[tuple[LayoutTile, TileKey]]:
    """Each place with who is shown there, in the order they are painted; places that nobody fits are left out.

    Who is asked for by name, role or screen comes before who speaks, and they before who is next; nobody comes twice.
    """
    ordered = list(places)
    chosen: dict[int, TileKey] = {}

    def choose(pick: _Pick) -> None:
        for number, place in enumerate(ordered):
            free = [key for key in seats if key not in chosen.values()]
            key = pick(place, free) if number not in chosen else None
            if key is not None:
                chosen[number] = key

    choose(lambda place, free: _named(place, free, seats, roles))
    choose(lambda place, free: _speaking(place, free, floor))
    choose(lambda place, free: _next(place, free))
    shown = [(place, chosen[number]) for number, place in enumerate(ordered) if number in chosen]
    return sorted(shown, key=lambda one: one[0].z)  # stable: as given where z is the same


def _named(
    place: LayoutTile, free: Sequence[TileKey], seats: Sequence[TileKey], roles: Mapping[str, str]
) -> TileKey | None:
    match place.who:
        case TileForParticipant(identity=identity):
            wanted = [TileKey(identity)]
            index = 0
        case TileForRole(role=role, index=index):
            wanted = [key for key in seats if not key.is_screen and roles.get(key.identity) == role]
        case TileForScreen(index=index):
            wanted = [key for key in seats if key.is_screen]
        case _:
            return None
    key = wanted[index] if index < len(wanted) else None
    return key if key in free else None


def _speaking(place: LayoutTile, free: Sequence[TileKey], floor: Sequence[str]) -> TileKey | None:
    if not isinstance(place.who, TileForSpeaker) or place.who.index >= len(floor):
        return None
    key = TileKey(floor[place.who.index])
    return key if key in free else None


def _next(place: LayoutTile, free: Sequence[TileKey]) -> TileKey | None:
    if isinstance(place.who, TileForParticipant | TileForRole | TileForScreen):
        return None
    return next((key for key in free if not key.is_screen), None)
