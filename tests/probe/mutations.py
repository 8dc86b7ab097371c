"""One way, at least, to break each rule of the probe. A mutation is made anew for each run, so it may keep state."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.probe.mutating import Change, Exchange


@dataclass(frozen=True)
class Mutation:
    """`breaks` a rule. `show` is how the show must be for the rule to apply."""

    breaks: str
    on_answer: Callable[[], Change] | None = None
    on_request: Callable[[], Change] | None = None
    show: dict[str, Any] = field(default_factory=dict)


def in_list(pattern: str, value: str, count: int = 0) -> Callable[[], Change]:
    """Replace in every media playlist."""

    def change(exchange: Exchange) -> None:
        if exchange.is_list:
            exchange.sub(pattern, value, count)

    return lambda: change


def in_delta(pattern: str, value: str) -> Callable[[], Change]:
    def change(exchange: Exchange) -> None:
        if exchange.is_delta:
            exchange.sub(pattern, value)

    return lambda: change


def in_main(pattern: str, value: str) -> Callable[[], Change]:
    def change(exchange: Exchange) -> None:
        if exchange.is_main:
            exchange.sub(pattern, value)

    return lambda: change


def header(applies: Callable[[Exchange], bool], name: str, value: str | None) -> Callable[[], Change]:
    """Set or remove a header where `applies`."""

    def change(exchange: Exchange) -> None:
        if applies(exchange):
            exchange.headers.pop(name, None)
            if value is not None:
                exchange.headers[name] = value

    return lambda: change


def status(applies: Callable[[Exchange], bool], code: int) -> Callable[[], Change]:
    def change(exchange: Exchange) -> None:
        if applies(exchange):
            exchange.status = code

    return lambda: change


def late(applies: Callable[[Exchange], bool], delay_s: float) -> Callable[[], Change]:
    def change(exchange: Exchange) -> None:
        if applies(exchange):
            exchange.delay_s = delay_s

    return lambda: change


def from_reload(number: int, change_text: Callable[[str], str]) -> Callable[[], Change]:
    """Change whole media playlists from the `number`-th on."""

    def made() -> Change:
        seen = 0

        def change(exchange: Exchange) -> None:
            nonlocal seen
            if exchange.is_list and "_HLS_skip" not in exchange.query:
                seen += 1
                if seen >= number:
                    exchange.text = change_text(exchange.text)

        return change

    return made


def without_query(*names: str) -> Callable[[], Change]:
    """The server takes no notice of a directive."""

    def change(exchange: Exchange) -> None:
        for name in names:
            exchange.query.pop(name, None)

    return lambda: change


def drop_bad_directives(exchange: Exchange) -> None:
    if not exchange.query.get("_HLS_msn", "0").isdigit() or not exchange.query.get("_HLS_part", "0").isdigit():
        exchange.query.clear()


def msn_waits_for_a_part_only(exchange: Exchange) -> None:
    if "_HLS_msn" in exchange.query and "_HLS_part" not in exchange.query:
        exchange.query["_HLS_part"] = "0"


def part_waits_for_less(exchange: Exchange) -> None:
    part = exchange.number("_HLS_part")
    if part:
        exchange.query["_HLS_part"] = str(part - 1)


def is_roll_over(exchange: Exchange) -> bool:
    return exchange.query.get("_HLS_part") == "3"


def is_rolled_off(exchange: Exchange) -> bool:
    first = re.search(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", exchange.text) if exchange.is_list else None
    return first is not None and exchange.number("_HLS_msn", 10**6) < int(first[1])


def is_present(exchange: Exchange) -> bool:
    return exchange.is_list and "_HLS_msn" in exchange.query and asyncio.get_running_loop().time() == exchange.asked_at


def was_held(exchange: Exchange) -> bool:
    return asyncio.get_running_loop().time() > exchange.asked_at


def date_after_parts(text: str) -> str:
    """PROGRAM-DATE-TIME of a segment in front of EXTINF, behind its parts."""
    pattern = r"(#EXT-X-PROGRAM-DATE-TIME:.*\n)((?:#EXT-X-PART:.*\n)+)"
    return re.sub(pattern, r"\2\1", text)


def drop_third_segment(text: str) -> str:
    return re.sub(r"((?:#EXT-X-PROGRAM.*\n#EXTINF.*\nseg.*\n){2})#EXT-X-PROGRAM.*\n#EXTINF.*\nseg.*\n", r"\1", text)


def keep_all_parts() -> Change:
    """No part is ever removed from the list."""
    parts: dict[str, str] = {}

    def change(exchange: Exchange) -> None:
        if exchange.is_list:
            for line in re.findall(r"#EXT-X-PART:.*\n", exchange.text):
                number = re.search(r"part(\d+)\.", line)
                assert number is not None
                if line not in parts.setdefault(number[1], ""):
                    parts[number[1]] += line
            for number_text, lines in parts.items():
                if lines not in exchange.text:
                    exchange.sub(rf"(#EXTINF:.*\nseg{number_text}\.m4s)", lines.replace("\\", "") + r"\1")

    return change


def same_list_again() -> Change:
    """A held reload is answered with the list the client has."""
    last: dict[str, str] = {}

    def change(exchange: Exchange) -> None:
        if exchange.is_list and "_HLS_skip" not in exchange.query:
            if len(last) and exchange.query.get("_HLS_part"):
                exchange.text = last["text"]
            last["text"] = exchange.text

    return change


def gone(pattern: str, *, after_s: float) -> Callable[[], Change]:
    """A resource answers 404 some time after it was first asked for."""

    def made() -> Change:
        first: dict[str, float] = {}

        def change(exchange: Exchange) -> None:
            now = asyncio.get_running_loop().time()
            if re.search(pattern, exchange.path) and now - first.setdefault(exchange.path, now) > after_s:
                exchange.status, exchange.body = 404, b"{}"
                exchange.headers["cache-control"] = "max-age=1"

        return change

    return made


def other_bytes_later() -> Change:
    """A part is sent with one byte changed when it is asked for again."""
    seen: set[str] = set()

    def change(exchange: Exchange) -> None:
        if exchange.is_part:
            if exchange.path in seen:
                exchange.body = exchange.body[:-1] + bytes([exchange.body[-1] ^ 1])
            seen.add(exchange.path)

    return change


def in_bytes(applies: Callable[[Exchange], bool], change_bytes: Callable[[bytes], bytes]) -> Callable[[], Change]:
    def change(exchange: Exchange) -> None:
        if applies(exchange):
            exchange.body = change_bytes(exchange.body)

    return lambda: change


def shift_decode_time(data: bytes) -> bytes:
    """Every other part is a thirtieth of a second late."""
    at = data.index(b"tfdt") + 8
    time = int.from_bytes(data[at : at + 8], "big")
    return data[:at] + (time + 3000 * (time // 30_000 % 2)).to_bytes(8, "big") + data[at + 8 :]


def shorten_samples(data: bytes) -> bytes:
    """Pictures last half as long as the list says."""
    at = data.index(b"tfhd") + 12
    return data[:at] + (int.from_bytes(data[at : at + 4], "big") // 2).to_bytes(4, "big") + data[at + 4 :]


def no_keyframe(data: bytes) -> bytes:
    """No picture is marked as one that a decoder may start with."""
    at = data.index(b"trun") + 16
    return data[:at] + (0x01010000).to_bytes(4, "big") + data[at + 4 :]


def scrambled(data: bytes) -> bytes:
    at = data.index(b"mdat") + 4
    return data[:at] + bytes(byte ^ 0xA5 for byte in data[at:])


def drifting_dates(text: str) -> str:
    """Each segment's date is a tenth of a second later than the one before would have it."""

    def later(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]):02}.{int(match[2]) * 100 % 1000:03}Z"

    return re.sub(r"(PROGRAM-DATE-TIME:.*:)(\d\d)\.\d{3}Z", later, text)


def double(pattern: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, r"\g<0>\g<0>", text, flags=re.MULTILINE)


def replaced(pattern: str, value: str, count: int = 0) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, value, text, count=count, flags=re.MULTILINE)
