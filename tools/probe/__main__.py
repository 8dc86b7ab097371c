"""`python -m tools.probe`; the same as `python tools/hls_probe.py`."""

from tools.probe.cli import main

main()
