"""`python -m onstage`."""

from onstage.cli import app as main

if __name__ == "__main__":
    main()
