"""Probe a live LL-HLS show: `python tools/hls_probe.py URL --seconds 20`. Exit code 1 when a rule is broken."""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    runpy.run_module("tools.probe", run_name="__main__", alter_sys=True)
