#!/usr/bin/env bash
# Installs the npm packages and builds the pages. Does nothing when their sources have not changed.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null; then
  echo "Node is missing: the studio and watch pages are built with Node 20.19 or newer." >&2
  exit 1
fi
stamp=node_modules/.made-from
wanted="$(sha256sum package-lock.json)"
if [[ ! -f $stamp || "$(cat "$stamp")" != "$wanted" ]]; then
  echo "Setting up npm packages (about half a minute, once) …"
  npm ci --silent --no-audit --no-fund
  echo "$wanted" >"$stamp"
fi

stamp=python/onstage/pages/.made-from
wanted="$(find web package-lock.json -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum)"
if [[ ! -f $stamp || "$(cat "$stamp")" != "$wanted" ]]; then
  echo "Building the pages …"
  npm run --silent build >/dev/null
  echo "$wanted" >"$stamp"
fi
