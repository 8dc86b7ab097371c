"""Files that are made to do harm: they are refused, in bounded time and memory, and nothing else is opened."""

import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onstage.composer import media_file, media_library
from onstage.composer.media_file import LONGEST_S, MediaError
from onstage.composer.media_library import MediaLibrary, TooLargeError
from onstage.composer.media_probe import MediaFacts, probe
from onstage.model.playbacks import MediaKind, PlaybackEndReason
from tests.composer.films import film
from tests.composer.test_media_play import ONE, Cinema
from tests.composer.test_show import RED, is_colour


def library(tmp_path: Path, most_bytes: int = 1_000_000) -> MediaLibrary:
    return MediaLibrary(tmp_path / "media", most_bytes=most_bytes)


def placed(shelf: MediaLibrary, data: bytes) -> None:
    shelf.path("x").parent.mkdir(exist_ok=True)
    shelf.path("x").write_bytes(data)


def playlist_of(secret: Path) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{secret}\n#EXT-X-ENDLIST\n".encode()


def concat_of(secret: Path) -> bytes:
    return f"ffconcat version 1.0\nfile {secret}\n".encode()


def sdp_of(_: Path) -> bytes:
    return b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 5004 RTP/AVP 96\r\n"


def dash_of(secret: Path) -> bytes:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
        f"<Representation><BaseURL>file://{secret}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ).encode()


def bomb_of(_: Path) -> bytes:
    """A PNG of 30 000 x 30 000 pixels in few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(30_000 * 3 + 1) * 500, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "harmful", [playlist_of, concat_of, sdp_of, dash_of, bomb_of, lambda _: b"", lambda _: b"<html>no</html>" * 99]
)
async def test_what_names_other_files_or_is_no_media_is_refused(tmp_path: Path, harmful: object) -> None:
    secret = film(tmp_path / "secret.mp4", [(0.5, RED)])
    shelf = library(tmp_path)
    assert callable(harmful)
    placed(shelf, harmful(secret))
    with pytest.raises(MediaError, match="no video or sound file"):
        await shelf.facts("x")
    cinema = Cinema()
    cinema.play(shelf.path("x"))
    cinema.tick(2)
    assert cinema.ended()[1].reason is PlaybackEndReason.FAILED


def test_pictures_that_are_too_large_are_refused_by_what_is_said_and_by_the_decoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / "a.mp4", [(0.5, RED)], size=(320, 180))
    monkeypatch.setattr(media_file, "MOST_PIXELS", 320 * 180 - 1)
    with pytest.raises(MediaError, match="larger than"):
        probe(path)
    monkeypatch.setattr(media_file, "_fits", lambda _: True)
    with pytest.raises(MediaError, match="nothing in it"):
        probe(path)


def test_a_file_that_says_to_last_for_years_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "a.wav", sounds=[(0.5, 400)], sound_codec="pcm_s16le")
    assert probe(path).kind is MediaKind.AUDIO
    path = film(tmp_path / "a.mkv", [(0.5, RED)])
    data = path.read_bytes()
    at = data.index(b"\x44\x89\x88") + 3  # Duration (Matroska, RFC 9559 §5.1.2.10), a float of eight bytes
    path.write_bytes(data[:at] + struct.pack(">d", (LONGEST_S + 1) * 1000) + data[at + 8 :])
    with pytest.raises(MediaError, match="longer than 24 hours"):
        probe(path)


async def test_a_probe_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = library(tmp_path)
    monkeypatch.setattr(media_library, "_COMMAND", ("tail", "-f", "/dev/null"))
    monkeypatch.setattr(media_library, "PROBED_WITHIN_S", 0.2)
    placed(shelf, b"x")
    with pytest.raises(MediaError, match="too long"):
        await shelf.facts("x")


async def test_a_probe_that_dies_says_nothing_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = library(tmp_path)
    monkeypatch.setattr(media_library, "_COMMAND", ("false",))
    placed(shelf, b"x")
    with pytest.raises(MediaError, match="too much"):
        await shelf.facts("x")


async def test_what_a_film_is(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    placed(shelf, film(tmp_path / "a.mp4", [(1.0, RED)], size=(426, 240), sounds=[(1.0, 400)]).read_bytes())
    facts = await shelf.facts("x")
    assert facts == MediaFacts(MediaKind.VIDEO, facts.duration_ms, 426, 240)
    assert facts.duration_ms == pytest.approx(1000, abs=60)


async def test_more_than_a_file_may_have_leaves_nothing_behind(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1000)

    shelf = library(tmp_path, most_bytes=5_000)
    with pytest.raises(TooLargeError):
        await shelf.write("x", endless())
    assert list((tmp_path / "media").iterdir()) == []


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_cut_off_plays_what_there_is(tmp_path: Path, share: float) -> None:
    whole = film(tmp_path / "a.mkv", [(1.0, RED)], sounds=[(1.0, 400)]).read_bytes()
    path = tmp_path / "cut.mkv"
    path.write_bytes(whole[: int(len(whole) * share)])
    cinema = Cinema()
    cinema.play(path)
    cinema.tick(48)
    assert cinema.ended()[1].reason in (PlaybackEndReason.FINISHED, PlaybackEndReason.FAILED)


@pytest.mark.parametrize("seed", range(6))
def test_a_file_with_wrong_bytes_ends_and_the_show_goes_on(tmp_path: Path, seed: int) -> None:
    data = bytearray(film(tmp_path / "a.mp4", [(1.0, RED)], sounds=[(1.0, 400)]).read_bytes())
    for number in range(60):
        data[(seed * 7919 + number * 104_729) % len(data)] ^= 0xFF >> (number % 5)
    path = tmp_path / "wrong.mp4"
    path.write_bytes(data)
    cinema = Cinema()
    cinema.play(path)
    cinema.enter("ann", RED)
    cinema.tick(64)
    assert len(cinema.film()) == 64
    assert is_colour(cinema.film()[-1][180, 316:324].mean(axis=0), RED) or ONE in cinema.show.media.names
