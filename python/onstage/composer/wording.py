"""Other people's words, made fit to be shown: one line, bounded, without what can't be seen (invariant 10).

A character here is a grapheme cluster (UAX #29): a letter with its accents, an emoji with all its parts.
"""

import unicodedata

import regex

LONGEST_NAME = 40
LONGEST_TITLE = 80
ELLIPSIS = "…"

_POINTS_A_CHARACTER = 8
_CHARACTER = regex.compile(r"\X")
_NON_JOINER = "\u200c"

# Emoji sequences of UTS #51 §1.4: key caps, flags of regions and of parts of them, and what ZWJ puts together.
_PICTURE = r"\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|[\uFE0E\uFE0F])?"
_EMOJI = (
    r"[0-9#*]\uFE0F?\u20E3"
    r"|\p{Regional_Indicator}{2}"
    r"|\U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]{1,6}\U000E007F"
    rf"|{_PICTURE}(?:\u200D{_PICTURE}){{0,7}}"
)
# Joiners that spelling needs (RFC 5892 A.1, A.2): after a virama, and between Arabic letters; and Han variants.
_SPELLING = (
    r"(?<=\p{ccc=Virama})[\u200C\u200D](?=\p{L})"
    r"|(?<=\p{bc=AL})\u200C(?=\p{bc=AL})"
    r"|(?<=\p{Han})[\U000E0100-\U000E01EF]"
)
_UNSEEN = regex.compile(rf"(?:{_EMOJI}|{_SPELLING})(*SKIP)(*FAIL)|(?!\s)[\p{{C}}\p{{Default_Ignorable_Code_Point}}]")
# Accents of no script of their own are stacked to fake letters of any height; Hebrew and Burmese need up to four marks.
_TOWER = regex.compile(r"(?<=[\p{M}&&\p{Inherited}]{2})[\p{M}&&\p{Inherited}]+|(?<=\p{M}{4})\p{M}+", regex.V1)
_SHOWN_AS_PICTURE = regex.compile(rf"\p{{Emoji_Presentation}}(?!\uFE0E)|(?!.*\uFE0E)(?:{_EMOJI})(?<=..)")
_NEEDS_NO_GLYPH = regex.compile(r"[\p{Default_Ignorable_Code_Point}]")


def tidy(text: str, longest: int) -> str:
    """`text` on one line, without control characters and towers of accents, at most `longest` characters."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text[: longest * _POINTS_A_CHARACTER]))
    line = " ".join(_TOWER.sub("", unicodedata.normalize("NFC", seen)).split())
    return line if len(characters(line)) <= longest else shortened(line, longest - 1)


def characters(text: str) -> list[str]:
    """The grapheme clusters of `text`."""
    return _CHARACTER.findall(text)


def shortened(text: str, count: int) -> str:
    """The first `count` characters and an ellipsis; nothing when there are none."""
    kept = "".join(characters(text)[:count]).rstrip()
    return kept + ELLIPSIS if kept else ""


def initials(name: str) -> str:
    """One or two characters for an avatar: of the first and the last word that begin with a letter or a number."""
    firsts = [characters(word)[0] for word in tidy(name, LONGEST_NAME).split()]
    letters = [first.title() for first in firsts if first[0].isalnum() and not is_picture(first)]
    if not letters:
        return next(filter(is_picture, firsts), "?")
    two = [letters[0], letters[-1]] if len(letters) > 1 else letters
    # Two Arabic letters would join as if they were a word.
    joins = all(unicodedata.bidirectional(one[0]) == "AL" for one in two)
    return (_NON_JOINER if joins else "").join(two)


def is_picture(character: str) -> bool:
    """Whether it is shown as a coloured emoji unless somebody asks for another style (UTS #51 §4)."""
    return _SHOWN_AS_PICTURE.match(character) is not None


def drawn_points(character: str) -> list[str]:
    """The code points for which a font needs a glyph, the one that the others attach to first."""
    return [point for point in character if not _NEEDS_NO_GLYPH.match(point)] or [character[0]]
