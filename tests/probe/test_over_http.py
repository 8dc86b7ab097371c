"""The probe as a program, over real sockets, against the real origin behind granian; then hls-parser's opinion."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from granian.constants import Interfaces
from granian.server.embed import Server

from onstage.clock import SystemClock
from onstage.model.media import Init, Part
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from tests.origin.serving import an_app
from tests.probe.media import PROFILE, a_reel
from tests.support.serving import free_port
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
REEL_S, PUBLISHED_BEFORE_S, PROBED_S = 40, 14, 3
MACHINE_SPEED_RULES = {
    "update.cadence",
    "block.released",
    "media.hint-whole",
    "block.part-too-far",
    "block.msn-too-far",
    "block.part-alone",
    "block.not-a-number",
    "block.present",
    "block.roll-over",
    "block.rolled-off",
    "media.unknown",
}
"""Rules that a machine too busy to answer at once breaks. Their logic is tested on virtual time."""


def a_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key_path.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return cert_path, key_path


async def publish(window: BroadcastWindow) -> None:
    """The first seconds at once, then each part at its moment."""
    reel, began = a_reel(REEL_S), datetime.now(UTC) - timedelta(seconds=PUBLISHED_BEFORE_S)
    await window.on_init(Init(reel.rendition, reel.init))
    loop = asyncio.get_running_loop()
    start = loop.time() - PUBLISHED_BEFORE_S
    for index, part in enumerate(reel.parts):
        await asyncio.sleep(max(0.0, start + (index + 1) * float(PROFILE.part_target_s) - loop.time()))
        await window.on_part(_dated(part, began))


def _dated(part: Part, began: datetime) -> Part:
    return replace(part, program_date_time=began + timedelta(seconds=part.start_ticks / 90_000))


@asynccontextmanager
async def a_live_show(folder: Path, *, has_tls: bool) -> AsyncIterator[str]:
    origin, port = Origin(SystemClock(), folder / "live"), free_port()
    window = await origin.open("bc_probe", "rm_probe", PROFILE)
    tls = dict(zip(("ssl_cert", "ssl_key"), a_certificate(folder), strict=True)) if has_tls else {}
    app = an_app(origin)
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False, **tls)
    tasks = [asyncio.create_task(server.serve()), asyncio.create_task(publish(window))]
    try:
        await until(
            lambda: len(window.rendition("tiny").window.segments) > 6 if window.is_live else False, what="media"
        )
        yield f"{'https' if has_tls else 'http'}://127.0.0.1:{port}/live/rm_probe/index.m3u8"
    finally:
        tasks[1].cancel()
        server.stop()
        await asyncio.gather(*tasks, return_exceptions=True)
        await origin.close()


async def run(*command: str) -> tuple[int, str]:
    child = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await child.communicate()
    assert child.returncode is not None
    return child.returncode, output.decode()


@pytest.mark.parametrize("has_tls", [False, True], ids=["http", "https"])
async def test_the_origin_behind_granian_breaks_no_rule_and_hls_parser_agrees(tmp_path: Path, has_tls: bool) -> None:
    saved = tmp_path / "saved"
    options = ["--seconds", str(PROBED_S), "--json", "--insecure", "--save", str(saved)]
    async with a_live_show(tmp_path, has_tls=has_tls) as url:
        code, output = await run(sys.executable, "tools/hls_probe.py", url, *options)
    report = json.loads(output)
    verdicts = {one["rule"]["id"]: one["verdict"] for one in report["rules"]}
    broken = {rule for rule, verdict in verdicts.items() if verdict == "broken"}
    assert broken <= MACHINE_SPEED_RULES, [one for one in report["rules"] if one["verdict"] == "broken"]
    assert code == bool(broken)
    assert verdicts["http.h2"] == ("held" if has_tls else "not applicable")
    lists = sorted(str(path) for path in saved.glob("*.m3u8") if "delta" not in path.name)
    assert len(lists) > 5
    code, output = await run("node", "tools/hls_parser_check.mjs", *lists)
    assert code == 0, output


async def test_a_url_without_a_show_is_not_probed() -> None:
    code, output = await run(sys.executable, "tools/hls_probe.py", f"http://127.0.0.1:{free_port()}/x.m3u8")
    assert code == 2
    assert "not probed: ConnectError" in output


async def test_hls_parser_objects_to_a_bad_list(tmp_path: Path) -> None:
    bad = tmp_path / "bad.m3u8"
    golden = (ROOT / "tests/origin/golden/mid_segment.m3u8").read_text()
    bad.write_text(golden.replace("PART-TARGET=0.53334", "PART-TARGET=0.50000"))
    code, output = await run("node", "tools/hls_parser_check.mjs", str(bad))
    assert code == 1
    assert "PART-TARGET is the maximum" in output
