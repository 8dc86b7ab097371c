#!/usr/bin/env bash
# Compiles requirements/*.lock from pyproject.toml: every version pinned, every file hashed, no index named.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
  .venv/bin/uv pip compile --quiet --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links \
    --custom-compile-command "make lock" pyproject.toml "$@"
}
compile --extra dev --output-file requirements/dev.lock
compile --constraint requirements/dev.lock --output-file requirements/server.lock
