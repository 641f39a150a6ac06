"""Shipped checkpoints, trained again by the project's own command: `python -m checkpoints.make [NAME...]`.

Those for digits are trained on pictures moved, turned and sheared a little: visitors draw on a pad with a mouse or a
finger, not with a pen on a census form. That for CIFAR-10 needs its pictures as JPEG, in the folder `cifar10`; that of
eight classes, from which transfer learning starts, the same without cats and dogs, in the folder `cifar8`.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.files import write_atomically
from cnnviz.base.params import one_of
from cnnviz.base.paths import shipped_checkpoints
from cnnviz.commands import main
from cnnviz.commands.output import error_line
from cnnviz.engine.card import card_path, load_card

RECIPES = {
    "lenet5-mnist": "--model lenet5 --data mnist --epochs 20 --augmentation affine",
    "lenet5-fashion-mnist": "--model lenet5 --data fashion-mnist --epochs 20 --augmentation shift",
    "keras-cnn-mnist": "--model keras-cnn --data mnist --epochs 30 --batch-size 128 --augmentation affine",
    "resnet-small-cifar10": '--model resnet-small --model-options \'{"blocks": "2"}\' --data folder:cifar10 '
    "--epochs 22 --batch-size 128 --optimizer nesterov --learning-rate 0.1 --warm-up 0.2 --label-smoothing 0.1 "
    "--augmentation crop-flip",
    "resnet-small-cifar8": "--model resnet-small --data folder:cifar8 --epochs 7 --batch-size 128 --optimizer nesterov "
    "--learning-rate 0.1 --warm-up 0.2 --augmentation crop-flip --precision bfloat16",
}
# the same pictures: those that `data fetch` brings, without JPEG; of eight classes, those that `data import` makes
SHOWN_ON = {"resnet-small-cifar10": "cifar10", "resnet-small-cifar8": "own:cifar8"}


def make(names: Sequence[str]) -> int:
    """Train those of `names`, or all; returns the exit code of the first that fails, else 0."""
    try:
        chosen = [one_of("checkpoint", name, RECIPES) for name in names or RECIPES]
    except ConfigurationError as error:
        print(error_line(error), file=sys.stderr)
        return 2
    for name in chosen:
        path = shipped_checkpoints() / name
        code = main(["train", *shlex.split(RECIPES[name]), "--output", str(path)])
        if code:
            return code
        if name in SHOWN_ON:
            show_on(path, SHOWN_ON[name])
    return 0


def show_on(path: Path, data: str) -> None:
    """Make `data` the data set whose pictures the checkpoint is shown; its configuration says what trained it."""
    write_atomically(card_path(path), replace(load_card(path), data=data).to_json().encode())


if __name__ == "__main__":
    sys.exit(make(sys.argv[1:]))
