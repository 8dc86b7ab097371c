"""Names for threads that the kernel knows too, so that `top -H` and the bench tell who takes what."""

import ctypes
import threading
from collections.abc import Callable

_PR_SET_NAME = 15  # prctl(2); at most 15 bytes


def name_this_thread(name: str) -> None:
    """Name the calling thread."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def start_thread(name: str, work: Callable[[], None]) -> threading.Thread:
    """Start `work` on a thread called `name`, which does not keep the process alive."""

    def run() -> None:
        name_this_thread(name)
        work()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
