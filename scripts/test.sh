#!/usr/bin/env bash
# Runs every test: Python with the real servers, TypeScript, browser; what keeps state on both databases and both buses.
# Arguments go to pytest, and then only what they name is run, once.
set -euo pipefail
cd "$(dirname "$0")/.."

pytest=(.venv/bin/python -m pytest)
if [[ $# -gt 0 ]]; then
  exec "${pytest[@]}" "$@"
fi

processors=$(nproc)
shared=(-n "$((processors < 4 ? processors : 4))" --dist loadfile)
# Real encoders, media servers and browsers want the machine for themselves.
alone=(tests/{composer,demo,engine,media,probe} e2e)

npm test --silent
"${pytest[@]}" "${shared[@]}" --store sqlite --bus memory tests "${alone[@]/#/--ignore=}"
"${pytest[@]}" --store sqlite --bus memory "${alone[@]}"
# Every operation with each of its answers is in test_every_answer; what schemathesis makes up looks for holes in the
# doors, which are the same on both.
"${pytest[@]}" "${shared[@]}" --store postgres --bus redis tests/{actions,api,gateway,jobs,webhooks} \
  --ignore=tests/api/test_schemathesis.py
