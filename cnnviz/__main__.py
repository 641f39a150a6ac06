"""`python -m cnnviz`: the command line. What each command does is in `cnnviz/commands/`."""

from __future__ import annotations

import sys

from cnnviz.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
