#!/usr/bin/env bash
# Runs every test: Python with the real servers, TypeScript, browser; what keeps state on both databases and both buses.
# Arguments go to pytest, and then only what they name is run, once.
set -euo pipefail
cd "$(dirname "$0")/.."

pytest=(.venv/bin/python -m pytest)
if [[ $# -gt 0 ]]; then
  exec "${pytest[@]}" "$@"
fi
npm test --silent
"${pytest[@]}" --store sqlite --bus memory
"${pytest[@]}" --store postgres --bus redis tests/{actions,api,gateway,jobs,webhooks}
