"""A way to train in a process of its own, a slice whenever one is asked for: what it does to its process (threads, what
becomes of freed memory) neither helps nor hurts the way it is compared with.

python -m benchmarks._apart MODULE FUNCTION   # the function's iterator: what it says of itself, then pictures a slice
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator

from cnnviz.base.machine import child_environment


class Apart:
    """An iterator that works elsewhere: `about` is the first that it says, the rest are numbers of pictures."""

    def __init__(self, module: str, function: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._apart", module, function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
            text=True,
        )
        self.about = self._answer()

    def __iter__(self) -> Iterator[int]:
        try:
            while True:
                yield int(self._answer())
        finally:
            self._process.communicate()  # the end of its input ends it

    def _answer(self) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args} has ended")
        return line.strip()


def main(module: str, function: str) -> int:
    """Answer each line of the input with what the iterator says next."""
    work = getattr(importlib.import_module(module), function)()
    for _ in sys.stdin:
        print(next(work), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
