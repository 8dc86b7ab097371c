"""`python -m onstage.composer [--warm] --fd N`: one composer, without the server's imports.

`--tries NAME` ends at once, with 0 if that encoder is here.
"""

import argparse
import sys

from onstage.composer.codecs import offers
from onstage.composer.process import run
from onstage.model.media import VideoEncoderName

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--fd", type=int)
    task.add_argument("--tries", type=VideoEncoderName)
    parser.add_argument("--warm", action="store_true")
    given = parser.parse_args()
    if given.tries is not None:
        sys.exit(0 if offers(given.tries) else 1)
    run(given.fd, is_spare=given.warm)
