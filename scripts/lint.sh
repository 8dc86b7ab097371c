#!/usr/bin/env bash
# Everything that is checked without running the product. Stops at the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
  echo "lint: $1"
  shift
  "$@"
}
layers() { # says much when all is well
  local said
  said="$(.venv/bin/lint-imports 2>&1)" || { echo "$said"; return 1; }
}
step "ruff" .venv/bin/ruff check --quiet .
step "ruff format" .venv/bin/ruff format --check --quiet .
step "mypy" .venv/bin/mypy & # the longest, beside all others
mypy=$!
step "layers" layers
step "generated files" .venv/bin/python tools/generate.py --check
step "web" npm run --silent lint
wait "$mypy"
echo "lint: all fine"
