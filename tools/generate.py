"""Write every generated document: `python tools/generate.py`. With `--check`, only say which ones are stale."""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    runpy.run_module("tools.generators", run_name="__main__", alter_sys=True)
