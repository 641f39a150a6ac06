"""Card: what is known of a checkpoint, and its weights as NumPy arrays: the half that needs no torch.

A checkpoint is two files: `NAME.safetensors` (the weights) and `NAME.json` (this card). Nothing is ever unpickled.
The card carries the SHA-256 of the weights, so that a cut or exchanged file is found out.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as parse_arrays

from cnnviz.base.errors import CheckpointError
from cnnviz.base.locale import N_
from cnnviz.engine.config import OWN, parse_blueprint
from cnnviz.models.zoo import MAX_CLASSES

WEIGHTS = ".safetensors"
CARD = ".json"
_EPOCH = "epoch-"
_LARGEST_CARD = 1 << 20  # bytes; ours are 2 kB
_LARGEST_WEIGHTS = 4 << 30
_LARGEST_SIDE = 4096  # pixels, and channels
_LARGEST_COUNT = 1_000_000_000_000  # pictures; a thousand classes of so many can be added up in 64 bits


@dataclass(frozen=True)
class Card:
    """Where a checkpoint comes from, what it takes, and how well it does on its test images."""

    model: str  # a name in cnnviz.models.registry.MODELS, or "own"
    data: str  # a name in cnnviz.data.registry.DATASETS
    classes: tuple[str, ...]
    input_size: tuple[int, ...]  # (channels, height, width) of the network
    mean: tuple[float, ...]  # of the training pictures / 255, for each channel
    std: tuple[float, ...]
    margin: float = 0.0  # share of the input left empty on each side when a smaller picture is enlarged
    center_crop: float = 1.0  # share of each side of a picture that is kept, from the middle, before it is resized
    options: dict[str, Any] = field(default_factory=dict)  # of the model's builder; of "own" its blueprint
    config: dict[str, Any] = field(default_factory=dict)  # every field of the TrainConfig
    command: str = ""  # that makes it again
    seed: int = 0
    epoch: int = 0  # 0: before the first step
    epochs: int = 0
    test_loss: float = 0.0  # mean cross-entropy, 4 decimals: the same on every machine
    test_accuracy: float = 0.0  # 0..1
    correct: int = 0
    total: int = 0
    per_class: tuple[tuple[int, int], ...] = ()  # (correct, total) for each class
    confusion: tuple[tuple[int, ...], ...] = ()  # true x predicted
    seconds: float = 0.0  # of training up to here, evaluations included, pauses left out
    device_name: str = ""
    date: str = ""  # UTC, ISO 8601
    versions: dict[str, str] = field(default_factory=dict)
    sha256: str = ""  # of the weights file
    lr_scales: tuple[tuple[float, float], ...] = ()  # (steps taken, lr_scale from there on)
    compute_mode: dict[str, Any] = field(default_factory=dict)  # fields of events.ComputeMode

    @property
    def network_name(self) -> str:
        """What people call the network: the model, or the name its owner gave it. Raises ConfigurationError."""
        return self.model if self.model != OWN else parse_blueprint(self.options.get("blueprint")).name or OWN

    def to_json(self) -> str:
        """One line for each field, so that two cards can be compared by eye."""
        lines = (
            f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in asdict(self).items()
        )
        return "{\n" + ",\n".join(lines) + "\n}\n"


def weights_path(path: Path | str) -> Path:
    """The weights file of a checkpoint named with or without suffix, or by its card."""
    path = Path(path)
    if path.suffix == WEIGHTS:
        return path
    return path.with_suffix(WEIGHTS) if path.suffix == CARD else path.with_name(path.name + WEIGHTS)


def card_path(path: Path | str) -> Path:
    """The card of a checkpoint named in any of these ways."""
    return weights_path(path).with_suffix(CARD)


def epoch_path(directory: Path, epoch: int) -> Path:
    """The checkpoint of `epoch` in a run's folder, without suffix."""
    return directory / f"{_EPOCH}{epoch:04d}"


def kept_epochs(directory: Path) -> list[tuple[int, Path]]:
    """(epoch, weights file) of every complete checkpoint in a run's folder, oldest first: the card is written last."""
    cards = directory.glob(f"{_EPOCH}*{CARD}")
    numbered = ((card.stem.removeprefix(_EPOCH), weights_path(card)) for card in cards)
    return sorted((int(number), file) for number, file in numbered if number.isdecimal() and file.is_file())


def load_card(path: Path | str) -> Card:
    """The card beside `path`. Raises CheckpointError if it is not one."""
    file = card_path(path)
    try:
        if file.stat().st_size > _LARGEST_CARD:
            raise ValueError("too long")
        return _card(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CheckpointError(
            N_("There is no checkpoint `{path}`: its card {file} is missing."), path=path, file=file.name
        ) from None
    except _FieldError as error:
        raise CheckpointError(
            N_("{file} is not a checkpoint's card: its {field} makes no sense. Put the file back, or train again."),
            file=file.name,
            field=error.field,
        ) from error
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise CheckpointError(N_("{file} is not a checkpoint's card."), file=file.name) from error


def load_arrays(path: Path | str) -> dict[str, NDArray[Any]]:
    """The weights by name. Raises CheckpointError if the file is not in the safetensors format, or cut."""
    raw = read_weights(path)
    try:
        arrays = dict(parse_arrays(raw))
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise not_weights(path) from error
    broken = next((name for name, array in arrays.items() if not np.isfinite(array).all()), None)
    if broken is not None:
        raise no_numbers(path, broken)
    return arrays


def read_weights(path: Path | str) -> bytes:
    """The bytes of the weights file. Raises CheckpointError if there is none or it is too large to be one."""
    file = weights_path(path)
    try:
        if file.stat().st_size > _LARGEST_WEIGHTS:
            raise not_weights(file)
        return file.read_bytes()
    except OSError as error:
        raise CheckpointError(
            N_("There is no checkpoint `{path}`: {file} cannot be read."), path=path, file=file.name
        ) from error


def not_weights(path: Path | str) -> CheckpointError:
    """The error for a file that holds something else."""
    return CheckpointError(
        N_("{file} is not a checkpoint: it is cut, changed, or of another format. Only .safetensors files are read."),
        file=weights_path(path).name,
    )


def no_numbers(path: Path | str, tensor: str) -> CheckpointError:
    """The error for weights that are infinite or NaN: whatever is computed with them would be too."""
    return CheckpointError(
        N_("{file} holds weights that are no numbers, in its {tensor}. Choose another checkpoint, or train again."),
        file=weights_path(path).name,
        tensor=tensor,
    )


def digest(raw: bytes) -> str:
    """What the card keeps of the weights file."""
    return hashlib.sha256(raw).hexdigest()


def catalogue(folder: Path) -> list[tuple[Path, Card]]:
    """(weights file, card) of every checkpoint in `folder`, by name. What is broken or half written is left out."""
    found = []
    for file in sorted(folder.glob(f"*{CARD}")):
        try:
            card = load_card(file)
        except CheckpointError:
            continue
        if weights_path(file).is_file():
            found.append((weights_path(file), card))
    return found


class _FieldError(ValueError):
    """A field that is of a wrong kind or makes no sense."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def _card(values: Any) -> Card:
    """A card from parsed JSON. Raises KeyError, TypeError or ValueError if a field is missing or makes no sense."""
    json.dumps(values, ensure_ascii=False).encode()  # half a character could not be sent to a browser: a ValueError
    hints = _hints()
    known = {name: _field(name, hints[name], values[name]) for name in (f.name for f in fields(Card)) if name in values}
    card = Card(**known)
    for name, makes_sense in _sense(card):
        if not makes_sense:
            raise _FieldError(name)
    return card


def _sense(card: Card) -> Iterator[tuple[str, bool]]:
    """(field, whether it can be) for those that pages and programs count on."""
    classes = len(card.classes)
    yield "classes", 0 < classes <= MAX_CLASSES
    yield "input_size", len(card.input_size) == 3 and all(0 < side <= _LARGEST_SIDE for side in card.input_size)
    yield "mean", len(card.mean) == card.input_size[0] and all(map(math.isfinite, card.mean))
    yield "std", len(card.std) == card.input_size[0] and all(0 < std < math.inf for std in card.std)
    yield "margin", 0 <= card.margin < 0.5
    yield "center_crop", 0 < card.center_crop <= 1
    for name in ("epoch", "epochs", "correct", "total"):
        yield name, 0 <= getattr(card, name) <= _LARGEST_COUNT
    yield "correct", card.correct <= card.total
    yield "seed", abs(card.seed) < 1 << 63
    yield "test_accuracy", 0 <= card.test_accuracy <= 1
    yield "seconds", 0 <= card.seconds < math.inf
    yield "per_class", len(card.per_class) in (0, classes) and all(map(_is_share, card.per_class))
    yield "confusion", len(card.confusion) in (0, classes)
    yield "confusion", all(len(row) == classes and _are_counts(row) for row in card.confusion)
    yield "lr_scales", all(len(pair) == 2 and all(map(math.isfinite, pair)) for pair in card.lr_scales)


def _is_share(pair: tuple[int, ...]) -> bool:
    return len(pair) == 2 and _are_counts(pair) and pair[0] <= pair[1]


def _are_counts(row: tuple[int, ...]) -> bool:
    return all(0 <= count <= _LARGEST_COUNT for count in row)


def _field(name: str, kind: Any, value: Any) -> Any:
    try:
        return _restore(kind, value)
    except (TypeError, OverflowError) as error:
        raise _FieldError(name) from error


@cache
def _hints() -> dict[str, Any]:
    """Reading them takes longer than all the rest of a card."""
    return get_type_hints(Card)


def _restore(kind: Any, value: Any) -> Any:
    """A JSON value as the type its field declares: lists become tuples, the rest must match."""
    origin = getattr(kind, "__origin__", kind)
    if origin is tuple and isinstance(value, list):
        return tuple(_restore(kind.__args__[0], item) for item in value)
    if origin is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if origin in (str, int, float, dict) and type(value) is origin:
        return value
    raise TypeError(kind)
