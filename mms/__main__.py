"""`python -m mms`: the command line."""

from mms.cli import main

if __name__ == "__main__":
    main()
