"""The ZIP of a recording: unpacked behind any web server, it plays."""

from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from onstage.origin.assets.packing import write_zip
from tests.origin.recorded import PARTS_PER_SEGMENT, recorded, source


def uris(playlist: str) -> list[str]:
    """What it names, by lines and by maps."""
    maps = [line.split('"')[1] for line in playlist.splitlines() if line.startswith("#EXT-X-MAP")]
    return [*maps, *(line for line in playlist.splitlines() if line and not line.startswith("#"))]


async def test_it_plays_from_a_plain_web_server(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 5, names=("720p", "360p"), dies_at=2 * PARTS_PER_SEGMENT)
    made = await source(tmp_path / "live")
    write_zip(tmp_path / "show.zip", made)
    with ZipFile(tmp_path / "show.zip") as packed:
        assert packed.testzip() is None
        packed.extractall(tmp_path / "site")
    app = Starlette(routes=[Mount("/some/where", StaticFiles(directory=tmp_path / "site"))])
    base = "http://web.test/some/where/"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base) as client:
        renditions = uris((await client.get("index.m3u8")).text)
        assert renditions == ["720p/index.m3u8", "360p/index.m3u8"]
        for name in renditions:
            playlist = await client.get(name)
            assert playlist.text.endswith("#EXT-X-ENDLIST\n")
            named = uris(playlist.text)
            assert len(named) == 2 + 5
            folder = PurePosixPath(name).parent
            for one in named:
                served = await client.get(str(folder / one))
                assert served.content == made.read(str(folder), one)


async def test_names_stay_within_the_folder_it_is_unpacked_in(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 2)
    write_zip(tmp_path / "show.zip", await source(tmp_path / "live"))
    with ZipFile(tmp_path / "show.zip") as packed:
        names = packed.namelist()
    assert names[:2] == ["index.m3u8", "tiny/index.m3u8"]
    assert all(not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts for name in names)


async def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 2)
    for name in ("one", "other"):
        write_zip(tmp_path / name, await source(tmp_path / "live"))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert (tmp_path / "one").stat().st_size == pytest.approx(
        sum(path.stat().st_size for path in (tmp_path / "live").rglob("*.m[4p]*")), rel=0.2
    )
