#!/usr/bin/env bash
# Builds s3s-fs, the object store that tests speak S3 with, into .tools/bin. Does nothing when it is there.
set -euo pipefail

version=0.14.1 # newer ones need Rust 1.96
target="$(cd "$(dirname "$0")/.." && pwd)/.tools/bin/s3s-fs"

if [[ -x $target && "$("$target" --version)" == *" $version" ]]; then
  exit 0
fi
if ! command -v cargo >/dev/null; then
  echo "Rust is missing: s3s-fs, the object store of the tests, is built with Rust 1.92 or newer." >&2
  exit 1
fi
echo "Building s3s-fs $version (some minutes, once) …"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
# Without optimisation and debug information: tests have no use for either, and the build takes half as long.
export CARGO_TARGET_DIR="$scratch/target" CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_STRIP=true
cargo install --quiet --locked --debug --features binary --root "$scratch" "s3s-fs@=$version" || {
  echo "s3s-fs could not be built; it needs Rust 1.92 or newer, and this is: $(cargo --version)" >&2
  exit 1
}
mkdir -p "$(dirname "$target")"
mv "$scratch/bin/s3s-fs" "$target"
