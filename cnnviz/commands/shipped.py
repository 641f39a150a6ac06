"""`python -m cnnviz.commands.shipped [NAME...]`: train the checkpoints of the project again, by its own command.

They are trained on pictures moved, turned and sheared a little: visitors draw on a pad with a mouse or a finger, not
with a pen on a census form.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cnnviz.commands import main
from cnnviz.paths import shipped_checkpoints

RECIPES = {
    "lenet5-mnist": "--model lenet5 --data mnist --epochs 20 --augmentation affine",
    "lenet5-fashion-mnist": "--model lenet5 --data fashion-mnist --epochs 20 --augmentation shift",
    "keras-cnn-mnist": "--model keras-cnn --data mnist --epochs 30 --batch-size 128 --augmentation affine",
}


def make(names: Sequence[str]) -> int:
    """Train those of `names`, or all; returns the exit code of the first that fails, else 0."""
    for name in names or RECIPES:
        code = main(["train", *RECIPES[name].split(), "--output", str(shipped_checkpoints() / name)])
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(make(sys.argv[1:]))
