"""`python -m onstage.composer [--warm] --fd N`: one composer, without the server's imports."""

import argparse

from onstage.composer.process import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--warm", action="store_true")
    given = parser.parse_args()
    run(given.fd, is_spare=given.warm)
