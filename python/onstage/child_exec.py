"""The first thing a child process runs: tie its life to the parent's, then become the real program.

Run by path (`python -I -S child_exec.py PARENT_PID PROGRAM ARG…`), so it imports nothing of Onstage. It stands in for
`preexec_fn`, which runs Python between fork and exec and may deadlock in a process with threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    """Ask for SIGKILL at the parent's death, then exec. Exit code 125: the parent was gone already."""
    parent_pid, program = int(sys.argv[1]), sys.argv[2]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # it died before the line above took hold
        sys.exit(125)
    os.execv(program, sys.argv[2:])  # noqa: S606 (no shell is what we want)


if __name__ == "__main__":
    main()
