# Onstage. `make` alone prints this help from the comments behind the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PY := .venv/bin/python
ARGS ?=
SECONDS ?=
ONLY ?=
# What is set up waits for the network more than for a processor.
MAKEFLAGS += --jobs=5

.PHONY: help demo serve test lint format bench soak generate lock pages \
	setup setup-dev setup-test python livekit web debian servers s3

help: ## Print this help.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: setup-dev ## Set everything up and run a show with people in it (SECONDS=60 ends by itself).
	@exec $(PY) -m onstage demo $(if $(SECONDS),--seconds $(SECONDS)) $(ARGS)

serve: setup ## Set everything up and start Onstage (ARGS="--port 9000 --host 0.0.0.0").
	@exec $(PY) -m onstage serve $(ARGS)

test: setup-test ## Set everything up and run all tests: Python, TypeScript, browser.
	@scripts/test.sh $(ARGS)

lint: setup-dev ## Check style, types, layers, and that generated files are fresh.
	@scripts/lint.sh

format: setup-dev ## Put every file into the house style.
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .
	@npm run --silent format

bench: setup-test ## Measure, beside a peer in the same run where there is one (ONLY=name for one).
	@scripts/setup-debian.sh libnginx-mod-nchan xvfb pulseaudio nghttp2-client
	@$(PY) -m bench $(ONLY)

soak: setup-test ## Run the long matrices, probes and soaks.
	@$(PY) -m pytest -m soak -o addopts= --import-mode=importlib -ra $(ARGS)

generate: setup-dev ## Write protocol/, the TypeScript types and the generated guides anew.
	@$(PY) tools/generate.py

lock: setup-dev ## Compile the lock files from pyproject.toml.
	@scripts/lock.sh

setup: python livekit web ## Set up what serving needs: Python packages, the media server, the pages.

setup-dev: setup debian ## Set up what developing needs as well: browser, fonts, databases, network tools.

setup-test: setup-dev servers s3 ## Set up the servers that tests need besides: RTMP (nginx) and S3.

python:
	@scripts/setup-python.sh

livekit:
	@scripts/setup-livekit.sh

web:
	@scripts/setup-web.sh

debian:
	@scripts/setup-debian.sh chromium fontconfig fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
		iproute2 ffmpeg postgresql redis-server varnish

servers: debian
	@scripts/setup-debian.sh nginx libnginx-mod-rtmp libnginx-mod-stream nftables

s3:
	@scripts/setup-s3.sh

pages: ## Build the studio and watch pages.
	@scripts/setup-web.sh
