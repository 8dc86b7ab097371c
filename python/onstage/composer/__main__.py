"""`python -m onstage.composer --fd N`: one composer, without the server's imports."""

import argparse

from onstage.composer.process import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    run(parser.parse_args().fd)
