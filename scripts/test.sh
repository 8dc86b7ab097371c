#!/usr/bin/env bash
# Runs every test: Python with the real servers, TypeScript, browser; what keeps state on both databases and both buses.
# Arguments go to pytest, and then only what they name is run, once.
set -euo pipefail
cd "$(dirname "$0")/.."

pytest=(.venv/bin/python -m pytest)
if [[ $# -gt 0 ]]; then
  exec "${pytest[@]}" "$@"
fi

# One more than there are processors: many wait for a server of their own.
processors=$(nproc)
shared=(-n "$((processors < 4 ? processors + 1 : 4))" --dist loadfile)
# Encoders that have to keep pace want the machine for themselves; pages without a picture don't.
alone=(tests/{composer,media,probe} e2e)
pages=(e2e/test_{control_plane,pages,tls}.py)

npm test --silent
"${pytest[@]}" "${shared[@]}" --store sqlite --bus memory "${pages[@]}" tests "${alone[@]/#/--ignore=}"
"${pytest[@]}" --store sqlite --bus memory "${alone[@]}" "${pages[@]/#/--ignore=}"
# Every operation with each of its answers is in test_every_answer; what schemathesis makes up looks for holes in the
# doors, which are the same on both.
"${pytest[@]}" "${shared[@]}" --store postgres --bus redis tests/{actions,api,gateway,jobs,webhooks} \
  --ignore=tests/api/test_schemathesis.py
