#!/usr/bin/env bash
# Runs every test: Python with the real servers, TypeScript, browser. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

npm test --silent
.venv/bin/python -m pytest "$@"
