"""Runs one guide: `python run_guide.py docs/guides/x.md`, with API, PROJECT and SECRET set."""

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.docs.guide import Step, matches, steps_of

_STRICT = """set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body --max-time 20 "$@"; }
"""
"""A refusal fails the guide; nothing but the answer is printed."""

_STRICT = """set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body --max-time 20 "$@"; }
"""
"""A refusal fails the guide; nothing but the answer is printed."""


def run(path: Path) -> None:
    """Every step, in order; the first that differs from the guide ends it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for step in steps_of(path):
        printed = _python(step, path, names) if step.code.language == "python" else _shell(step)
        if step.expected is not None:
            _compare(step, printed, path)


def _python(step: Step, path: Path, names: dict[str, Any]) -> str:
    # Empty lines before, so that a traceback names the guide's own line.
    code = compile("\n" * (step.code.line - 1) + step.code.text, str(path), "exec")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, names)
    return printed.getvalue()


def _shell(step: Step) -> str:
    done = subprocess.run(["bash", "-c", _STRICT + step.code.text], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"line {step.code.line}: {done.stdout}{done.stderr}")
    return done.stdout


def _compare(step: Step, printed: str, path: Path) -> None:
    assert step.expected is not None
    if step.expected.language == "json":
        fits = matches(json.loads(step.expected.text), json.loads(printed))
    else:
        fits = matches(step.expected.text.strip(), printed.strip())
    if not fits:
        raise SystemExit(f"{path}:{step.expected.line}: the guide says\n{step.expected.text}\nbut it prints\n{printed}")


if __name__ == "__main__":
    run(Path(sys.argv[1]))
