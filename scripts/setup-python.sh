#!/usr/bin/env bash
# Makes .venv from the hash-pinned lock. Does nothing when the lock it was made from is still the same.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/.made-from
wanted="$(cat requirements/dev.lock pyproject.toml | sha256sum)"
if [[ -f $stamp && "$(cat "$stamp")" == "$wanted" ]]; then
  exit 0
fi
python="${PYTHON:-python3}"
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "Python 3.11 or newer is needed; set PYTHON to one, as in: PYTHON=python3.12 make serve" >&2
  exit 1
fi
echo "Setting up Python packages in .venv (about a minute, once) …"
[[ -x .venv/bin/python ]] || "$python" -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.lock
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
echo "$wanted" >"$stamp"
