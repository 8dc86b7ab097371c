#!/usr/bin/env bash
# Builds livekit-server, the media engine, into .tools/bin. Does nothing when it is there.
set -euo pipefail

version=v1.13.5 # newer ones need module replacements that `go install` refuses
target="$(cd "$(dirname "$0")/.." && pwd)/.tools/bin/livekit-server"

if [[ -x $target && "$("$target" --version)" == *" ${version#v}" ]]; then
  exit 0
fi
if ! command -v go >/dev/null; then
  echo "Go is missing: livekit-server, the media engine, is built with Go 1.26 or newer." >&2
  exit 1
fi
echo "Building livekit-server $version (about two minutes, once) …"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
GOBIN="$scratch" CGO_ENABLED=0 go install "github.com/livekit/livekit-server/cmd/server@$version" || {
  echo "livekit-server could not be built; it needs Go 1.26 or newer, and this is: $(go version)" >&2
  exit 1
}
mkdir -p "$(dirname "$target")"
mv "$scratch/server" "$target"
