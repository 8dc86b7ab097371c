"""`python -m onstage`."""

from onstage.cli import main

if __name__ == "__main__":
    main()
