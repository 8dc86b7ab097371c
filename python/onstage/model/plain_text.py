"""What text that people send may hold: names that look like what they are, and chat that every client can show."""

import re
import unicodedata

LONGEST_NAME = 120
_JOINERS = "\u200c\u200d"  # ZWNJ and ZWJ: within emoji, and in Persian or Indic words
# Letters and symbols that are blank: the Hangul fillers, and the empty braille cell.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"
_UNJOINED = ("LATIN", "GREEK", "CYRILLIC", "FULLWIDTH")  # scripts in which a joiner changes nothing, and so hides
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def name(text: str) -> str:
    """`text` composed (NFC), if it can be told from other names by looking at it.

    Raises:
        ValueError: control or invisible characters, other directions of writing than the letters' own, nothing to
            see, or too long once composed.
    """
    composed = unicodedata.normalize("NFC", text)
    for place, char in enumerate(composed):
        kind = unicodedata.category(char)
        if kind in ("Cc", "Cs", "Zl", "Zp") or (kind == "Cf" and not _joins(composed, place)):
            raise ValueError(f"holds a character that can't be seen: U+{ord(char):04X}")
    if not any(unicodedata.category(char)[0] in "LNPS" and char not in _BLANK for char in composed):
        raise ValueError("holds nothing that can be seen")
    if len(composed) > LONGEST_NAME:
        raise ValueError(f"longer than {LONGEST_NAME} characters")
    return composed


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between two things that it can join."""
    is_within = text[place] in _JOINERS and 0 < place < len(text) - 1
    return is_within and _is_joinable(text[place - 1]) and _is_joinable(text[place + 1])


def _is_joinable(char: str) -> bool:
    """A symbol, or a letter of a script whose letters change when they are joined."""
    kind = unicodedata.category(char)[0]
    return kind in "MS" or (kind == "L" and unicodedata.name(char, "").partition(" ")[0] not in _UNJOINED)


def message(text: str) -> str:
    """`text` as it came, if every client can show it.

    Raises:
        ValueError: nothing that can be seen, control characters other than tab and line breaks, or half a surrogate
            pair.
    """
    found = _UNPRINTABLE.search(text)
    if found is not None:
        raise ValueError(f"holds a control character: U+{ord(found[0]):04X}")
    if all(_is_blank(char) for char in text):
        raise ValueError("holds nothing to read")
    return text


def _is_blank(char: str) -> bool:
    """Whether it alone shows nothing. A character newer than this Python's Unicode may be an emoji, so it counts."""
    kind = unicodedata.category(char)
    return kind[0] == "Z" or kind in ("Cc", "Cf", "Mn") or char in _BLANK
