#!/usr/bin/env bash
# Everything that is checked without running the product. Stops at the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
  echo "lint: $1"
  shift
  "$@"
}
step "ruff" .venv/bin/ruff check --quiet .
step "ruff format" .venv/bin/ruff format --check --quiet .
step "mypy" .venv/bin/mypy
step "layers" .venv/bin/lint-imports --no-timings >/dev/null
step "generated files" .venv/bin/python tools/generate.py --check
step "web" npm run --silent lint
echo "lint: all fine"
