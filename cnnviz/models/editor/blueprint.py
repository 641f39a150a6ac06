"""Blueprint: a network of one's own as data, rows of known layers within stated limits, never code. Knows no torch.

Blueprint("mine", (1, 28, 28), 10, (Row.of("flatten"), Row.of("linear"))).check()
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import excerpt, whole
from cnnviz.models.editor.layers import layer_kind
from cnnviz.models.editor.layers.kind import MAX_CHANNELS, Effect, Shape, shape_text
from cnnviz.models.editor.row import Row, name_problems, row_names
from cnnviz.models.zoo import MAX_CLASSES

MAX_ROWS = 300
MAX_SIDE = 512  # of a picture
MAX_WEIGHTS = 200_000_000  # VGG-19 has 144 million
MAX_MACS = 50_000_000_000  # for one picture; VGG-19 takes 20 billion
MAX_VALUES = 100_000_000  # written by all rows for one picture: 400 MB as float32; ResNet-152 writes 62 million
MAX_NAME = 80  # characters

_INPUT_SIZE = N_("input_size must be three whole numbers: channels, height, width. Got {value}; try 1, 28, 28.")
_NAME = N_("The name of a network must be one line of at most {limit} characters. Got {value}.")
_NOT_ROWS = N_("rows must be a list of rows. Got {value} instead.")
_TOO_MANY_ROWS = N_("A network may have {limit} rows, but this has {count}. Take some away.")
_ROW = N_("Row {row} ({kind}): {problem}")
_NO_ROWS = N_("A network needs at least one row. Add one, or start from a network of the list.")
_TOO_MANY_WEIGHTS = N_(
    "With this row the network has {count} weights, more than the {limit} allowed. Make it narrower, or pool before it."
)
_TOO_MANY_VALUES = N_(
    "With this row one picture becomes {count} numbers, more than the {limit} allowed. "
    "Use fewer channels, or pooling or stride above it."
)
_TOO_MUCH_WORK = N_(
    "With this row one picture takes {count} multiply-accumulates, more than the {limit} allowed. "
    "Use fewer channels, or pooling or stride above it."
)
_ENDS_IN_MAPS = N_(
    "The last row must give {classes} numbers, one for each class, but it gives maps of {shape}. "
    "Add flatten and linear below it."
)
_ENDS_IN_LINEAR = N_(
    "The last row must give {classes} numbers, one for each class, but it gives {count}. "
    "Set out_features to {classes}, or leave it empty."
)
_ENDS_OTHERWISE = N_(
    "The last row must give {classes} numbers, one for each class, but it gives {count}. Add linear below it."
)
_NO_WEIGHTS = N_("No row has weights that could learn. Add conv or linear.")
_NO_CLASSES = N_("{name} gives maps, not classes, and cannot be trained. Give it a number of classes.")


@dataclass(frozen=True)
class RowShape:
    """A row that can be: what leaves it and what it costs. Shapes are None below a row that cannot be."""

    row: int  # from 1
    name: str
    kind: str
    input_shape: Shape | None
    output_shape: Shape | None
    params: int = 0
    macs: int = 0


@dataclass(frozen=True)
class RowError:
    """A row that cannot be, and why: one sentence with the reason and the fix."""

    row: int  # from 1
    name: str
    kind: str
    problem: ConfigurationError
    input_shape: Shape | None = None
    output_shape: Shape | None = None  # None unless the row itself is well and only the network may not end so

    @property
    def parameter(self) -> str:
        """The option, or the name, that is to be changed; "" if the sentence is about none."""
        return str(self.problem.values.get("parameter", ""))

    def as_error(self) -> ConfigurationError:
        """The same with the row's number in front."""
        return ConfigurationError(_ROW, row=self.row, kind=self.kind, problem=self.problem)

    def __str__(self) -> str:
        return str(self.as_error())


@dataclass(frozen=True)
class Blueprint:
    """A network as rows. Its rows may be wrong: `check` says what is wrong with which. The rest is checked here.

    Raises ConfigurationError for an input size, a number of classes or of rows outside the limits.
    """

    name: str
    input_size: tuple[int, int, int]  # (channels, height, width)
    num_classes: int  # 0: the network gives maps or any numbers, and is not for training
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or len(self.name) > MAX_NAME or not self.name.isprintable():
            raise ConfigurationError(_NAME, limit=MAX_NAME, value=excerpt(self.name))
        size = self.input_size
        if not isinstance(size, (tuple, list)) or len(size) != 3:
            raise ConfigurationError(_INPUT_SIZE, value=excerpt(size))
        for parameter, value, high in zip(
            ("channels", "height", "width"), size, (MAX_CHANNELS, MAX_SIDE, MAX_SIDE), strict=True
        ):
            whole(parameter, value, 1, high)
        whole("num_classes", self.num_classes, 0, MAX_CLASSES)
        if not isinstance(self.rows, (tuple, list)):
            raise ConfigurationError(_NOT_ROWS, value=excerpt(self.rows))
        if len(self.rows) > MAX_ROWS:
            raise ConfigurationError(_TOO_MANY_ROWS, limit=MAX_ROWS, count=len(self.rows))
        object.__setattr__(self, "input_size", tuple(size))
        object.__setattr__(self, "rows", tuple(self.rows))

    def names(self) -> list[str]:
        """The rows' names, as in the state_dict of the network built from them."""
        return row_names(self.rows)

    def check(self) -> list[RowShape | RowError]:
        """Each row's shapes and cost, or what is wrong with it and how to fix it. Needs no torch.

        Below a row that is wrong shapes are unknown, but each row's own options are still checked.
        """
        found = self._walk()
        end = self._end_problem(found)
        return [*found[:-1], end] if end else found

    def problem(self) -> ConfigurationError | None:
        """The first thing that keeps this from being built and trained; None if nothing does."""
        if not self.num_classes:
            return ConfigurationError(_NO_CLASSES, name=self.name or "–")
        return self._first_problem()

    def fitted(self, channels: int, num_classes: int) -> Blueprint:
        """The same rows for pictures of so many channels and so many classes."""
        return dataclasses.replace(self, input_size=(channels, *self.input_size[1:]), num_classes=num_classes)

    def require(self) -> None:
        """Raises ConfigurationError for the first row that is wrong."""
        problem = self._first_problem()
        if problem is not None:
            raise problem

    def _first_problem(self) -> ConfigurationError | None:
        if not self.rows:
            return ConfigurationError(_NO_ROWS)
        return next((found.as_error() for found in self.check() if isinstance(found, RowError)), None)

    def _walk(self) -> list[RowShape | RowError]:
        names = self.names()
        wrong_names = name_problems(self.rows, names)
        shape: Shape | None = self.input_size
        spent = Effect(())
        found: list[RowShape | RowError] = []
        for index, (row, name) in enumerate(zip(self.rows, names, strict=True)):
            place = (index + 1, excerpt(name), excerpt(row.kind))
            try:
                if index in wrong_names:
                    raise wrong_names[index]
                values = row.values()
                if shape is None:
                    found.append(RowShape(*place, None, None))
                    continue
                result = layer_kind(row.kind).effect(values, shape, self.num_classes)
                spent = _spend(spent, result)
                found.append(RowShape(*place, shape, result.shape, result.params, result.macs))
                shape = result.shape
            except ConfigurationError as problem:
                found.append(RowError(*place, problem, shape))
                shape = None
        return found

    def _end_problem(self, found: Sequence[RowShape | RowError]) -> RowError | None:
        last = found[-1] if found else None
        if not isinstance(last, RowShape) or last.output_shape is None or not self.num_classes:
            return None
        problem = _ending(last, self.num_classes)
        if problem is None and not any(isinstance(row, RowShape) and row.params for row in found):
            problem = ConfigurationError(_NO_WEIGHTS)
        if problem is None:
            return None
        return RowError(last.row, last.name, last.kind, problem, last.input_shape, last.output_shape)


def _spend(spent: Effect, more: Effect) -> Effect:
    """What all rows up to here cost. Raises ConfigurationError if that is too much."""
    total = Effect(more.shape, spent.params + more.params, spent.macs + more.macs, spent.values + more.values)
    for count, limit, rule in (
        (total.params, MAX_WEIGHTS, _TOO_MANY_WEIGHTS),
        (total.values, MAX_VALUES, _TOO_MANY_VALUES),
        (total.macs, MAX_MACS, _TOO_MUCH_WORK),
    ):
        if count > limit:
            raise ConfigurationError(rule, count=f"{count:,}", limit=f"{limit:,}")
    return total


def _ending(last: RowShape, classes: int) -> ConfigurationError | None:
    shape = last.output_shape
    assert shape is not None
    if len(shape) == 3:
        return ConfigurationError(_ENDS_IN_MAPS, classes=classes, shape=shape_text(shape))
    if shape == (classes,):
        return None
    rule = _ENDS_IN_LINEAR if last.kind == "linear" else _ENDS_OTHERWISE
    parameter = "out_features" if last.kind == "linear" else ""
    return ConfigurationError(rule, parameter=parameter, classes=classes, count=shape[0])
