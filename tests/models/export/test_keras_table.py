"""The text that Keras prints, held against what Keras 3.15 itself printed."""

from __future__ import annotations

import re

import pytest

from cnnviz.models.export.keras_table import Params, keras_params, keras_table
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import Summary, summarize

# Keras 3.15.1, 80 columns, of the lesson's network; its layers named as ours are.
PRINTED = """\
Model: "keras-cnn"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv1 (Conv2D)                  │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ pool1 (MaxPooling2D)            │ (None, 13, 13, 32)     │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ conv2 (Conv2D)                  │ (None, 11, 11, 64)     │        18,496 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ pool2 (MaxPooling2D)            │ (None, 5, 5, 64)       │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 1600)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dropout1 (Dropout)              │ (None, 1600)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ fc1 (Dense)                     │ (None, 10)             │        16,010 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 34,826 (136.04 KB)
 Trainable params: 34,826 (136.04 KB)
 Non-trainable params: 0 (0.00 B)"""


def taken_apart(name: str) -> Summary:
    return summarize(MODELS[name].outline(), MODELS[name].input_size)


def test_letter_for_letter() -> None:
    """The lesson's network as Keras prints it."""
    assert keras_table(taken_apart("keras-cnn"), (1, 28, 28), "keras-cnn") == PRINTED


def test_branches_say_what_they_are_connected_to() -> None:
    """As a functional model: the input has a row, an addition two connections, batch norm four numbers a channel."""
    text = keras_table(taken_apart("resnet-small"), (3, 32, 32), "resnet-small")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]
    assert rows[0] == ["input_layer (InputLayer)", "(None, 32, 32, 3)", "0", "-"]
    assert rows[2] == ["norm1 (BatchNormalization)", "(None, 32, 32, 32)", "128", "conv1[0][0]"]
    at = next(i for i, row in enumerate(rows) if row[0] == "block1.add (Add)")
    assert rows[at + 1] == ["", "", "", "relu1[0][0]"]


@pytest.mark.parametrize("name", MODELS)
def test_its_numbers_add_up(name: str) -> None:
    """The rows' numbers sum to the total; every line of the table is as wide as the others."""
    summary = taken_apart(name)
    text = keras_table(summary, MODELS[name].input_size, name)
    rows = [line for line in text.splitlines() if line.startswith("│")]
    assert sum(int(number.replace(",", "")) for row in rows for number in re.findall(r"│ +([\d,]+) │", row)) == (
        keras_params(summary).total
    )
    assert len({len(line) for line in text.splitlines()[1:-3]}) == 1


def test_what_keras_counts_and_torch_does_not() -> None:
    """Keras' own ResNet-152 has 151,424 parameters that do not train: means and variances of batch norm."""
    assert keras_params(taken_apart("resnet152")) == Params(trainable=60_192_808, still=151_424)
