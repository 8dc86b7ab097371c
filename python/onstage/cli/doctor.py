"""What this machine lacks, and how to get it."""

import platform
import shutil
import sys
from dataclasses import dataclass

from rich.console import Console

from onstage.api.pages import PAGES
from onstage.composer.fonts import scripts_without_font
from onstage.config import Settings
from onstage.errors import StartError
from onstage.home import prepare_data_dir
from onstage.parts import livekit_program


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    is_fine: bool
    detail: str
    is_needed: bool = True


def examine(settings: Settings) -> list[Finding]:
    """Look at everything a server needs."""
    return [_python(), _engine(settings), _pages(), _data_dir(settings), _fonts()]


def print_findings(settings: Settings) -> bool:
    """Print what was found; whether nothing that is needed is missing."""
    out = Console(highlight=False)
    findings = examine(settings)
    for finding in findings:
        mark = "ok     " if finding.is_fine else "MISSING" if finding.is_needed else "partly "
        out.print(f"{mark} {finding.what}: {finding.detail}", markup=False, soft_wrap=True)
    return all(finding.is_fine or not finding.is_needed for finding in findings)


def _python() -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), f"{platform.python_version()} (3.11 or newer is needed)")


def _engine(settings: Settings) -> Finding:
    if settings.livekit_url:
        return Finding("media engine", True, f"LiveKit at {settings.livekit_url}")
    program = livekit_program(settings)
    if shutil.which(str(program)):
        return Finding("media engine", True, str(program))
    return Finding(
        "media engine", False, "livekit-server: run scripts/setup-livekit.sh (needs Go), or set ONSTAGE_LIVEKIT_URL"
    )


def _pages() -> Finding:
    is_built = (PAGES / "index.html").is_file()
    return Finding("pages", is_built, str(PAGES) if is_built else "run `make pages` (needs Node 20)")


def _data_dir(settings: Settings) -> Finding:
    try:
        prepare_data_dir(settings.data_dir)
    except StartError as error:
        return Finding("data folder", False, str(error))
    return Finding("data folder", True, str(settings.data_dir.resolve()))


def _fonts() -> Finding:
    """A show goes on without them."""
    lacking = scripts_without_font()
    if not lacking:
        return Finding("fonts", True, "names in any script can be drawn in the composed picture")
    detail = (
        f"none for {', '.join(lacking)}: names in them are drawn as boxes in the composed picture; "
        "install fontconfig and fonts (Debian's are fonts-noto-core, fonts-noto-cjk, fonts-noto-color-emoji)"
    )
    return Finding("fonts", False, detail, is_needed=False)
