"""What a file is, found out in a process of its own that has little time and memory, and tells it on its last line.

Run as `python -m onstage.composer.media_probe FILE`. It decodes the first picture and the first sound: what can't do
that is refused when it comes, rather than in the show.
"""

import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import av

from onstage.composer.media_file import MediaError, duration_s, opened
from onstage.composer.media_pictures import PictureReader
from onstage.composer.media_sounds import SoundReader
from onstage.model.playbacks import MediaKind

CPU_S = 10
MEMORY_BYTES = 2 * 1024**3
_MOST = (4096, 4096)


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a file is; None where it does not say, and for the size of sound."""

    kind: MediaKind
    duration_ms: int | None
    width: int | None
    height: int | None


def probe(path: Path) -> MediaFacts:
    """What the file is.

    Raises:
        MediaError: it is not to be played.
    """
    pictures, sounds = PictureReader(path, _MOST, most_per_s=30), SoundReader(path)
    first = pictures.next() if pictures.has_pictures else None
    heard = sounds.next() if sounds.has_sound else None
    if first is None and heard is None:
        raise MediaError("there is nothing in it to be seen or heard")
    if pictures.has_pictures and first is None:
        raise MediaError("its pictures can't be decoded")
    with opened(path) as container:
        seconds = duration_s(container)
    return MediaFacts(
        kind=MediaKind.AUDIO if first is None else MediaKind.VIDEO,
        duration_ms=None if seconds is None else round(seconds * 1000),
        width=None if first is None else first.picture.width,
        height=None if first is None else first.picture.height,
    )


def main(path: Path) -> int:
    """Print what it is, or why it is not to be played, as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    av.logging.set_level(av.logging.PANIC)
    try:
        said: dict[str, object] = asdict(probe(path))
    except MediaError as error:
        said = {"error": str(error)}
    except (av.FFmpegError, OSError, ValueError, MemoryError):
        said = {"error": "it could not be read"}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
