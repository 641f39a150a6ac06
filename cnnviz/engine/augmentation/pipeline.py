"""Augmentation pipeline: an ordered list of steps with their numbers, and its one text form. No torch.

    random-crop=4,flip=0.5,color-jitter=0.2:0.2:0.2:0.05

Steps are applied from left to right, between "to tensor" (first) and "normalise" (last), which are always there.
Names of whole recipes that were before there were pipelines ("affine") stay as they are, and draw as they did.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import excerpt
from cnnviz.engine.augmentation.steps import MOST_PIXELS, STEPS, StepKind

NONE = "none"
RECIPES = ("shift", "affine", "crop-flip", "crop-flip-cutout")  # text -> drawn as before there were pipelines
RECIPE_DRAWS = 6  # random numbers a picture gets at least: so a step draws the same alone and as part of a recipe
CROP_SHARE = 8  # the recipes crop by up to 1 / 8 of the longer side
LONGEST = 400  # characters; all steps with all their numbers take 190

_UNKNOWN = N_(
    "augmentation has no step {value}. Its steps are {allowed}, with commas between; or choose one of {recipes}."
)
_NO_NUMBER = N_("{parameter} takes numbers. Got {value}; try {nearest}.")
_TOO_MANY = N_("{parameter} takes at most {most} numbers, with colons between. Got {value}; try {nearest}.")
_TWICE = N_("augmentation names {value} twice. Leave one of them out.")


@dataclass(frozen=True)
class Step:
    """A step and its numbers, one for each knob. Raises ConfigurationError for what is out of range."""

    name: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        kind = _kind(self.name)
        filled = (*self.values, *(float(knob.default or 0) for knob in kind.knobs[len(self.values) :]))
        if len(filled) > len(kind.knobs):
            raise _too_many(kind, ":".join(map(_number_text, self.values)))
        checked = tuple(knob.checked(_whole(value)) for knob, value in zip(kind.knobs, filled, strict=True))
        object.__setattr__(self, "values", tuple(float(value) for value in checked if value is not None))

    @property
    def kind(self) -> StepKind:
        return STEPS[self.name]

    def write(self) -> str:
        """The first number always, later ones as far as they are not the usual."""
        kept = len(self.values)
        while kept > 1 and self.values[kept - 1] == self.kind.knobs[kept - 1].default:
            kept -= 1
        return f"{self.name}={':'.join(map(_number_text, self.values[:kept]))}"


@dataclass(frozen=True)
class Pipeline:
    """Steps in their order, each at most once. Raises ConfigurationError."""

    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ConfigurationError(_TWICE, value=twice)

    @property
    def draws(self) -> int:
        """Random numbers that each picture needs."""
        return max(RECIPE_DRAWS, sum(step.kind.draws for step in self.steps))

    def write(self) -> str:
        """The text that `parse` reads back."""
        return ",".join(step.write() for step in self.steps) or NONE


@lru_cache(maxsize=256)
def parse(text: str) -> Pipeline:
    """The pipeline that `text` says; not one of RECIPES. Raises ConfigurationError: one sentence, with what to try."""
    if len(text) > LONGEST:
        raise _unknown(text)
    words = [word.strip() for word in text.split(",")]
    return Pipeline(() if words == [NONE] else tuple(map(_step, words)))


def canonical(text: str) -> str:
    """The one form of what a configuration may hold: a recipe's name, or a pipeline. Raises ConfigurationError."""
    return text if text in RECIPES else parse(text).write()


def draws(text: str) -> int:
    """Random numbers that each picture needs."""
    return RECIPE_DRAWS if text in RECIPES else parse(text).draws


def consists_of(text: str, side: int) -> Pipeline:
    """The steps of a recipe for pictures whose longer side is `side` pixels; of a pipeline the pipeline.

    "affine" is near to its steps only: it stretches height and width apart, and moves by parts of a pixel.
    """
    crop = f"random-crop={max(1, side // CROP_SHARE)},flip=0.5"
    steps = {
        "shift": "shift=2",
        "affine": f"shift={max(1, round(side / 10))},rotation=12,shear=8.5,scale=0.12",
        "crop-flip": crop,
        "crop-flip-cutout": f"{crop},erasing=0.0625",  # a square of a quarter of the side
    }
    return parse(steps.get(text, text))


@dataclass(frozen=True)
class Preset:
    """A pipeline of a lesson or a paper. `title` and `about` are messages."""

    title: str
    about: str
    text: str = ""

    def pipeline(self, side: int) -> str:
        """For pictures whose longer side is `side`: pixels were chosen for those of the source."""
        return self.text.format(crop=_of_side(4 / 32, side), alexnet=_of_side(16 / 224, side))


PRESETS: dict[str, Preset] = {
    "none": Preset(N_("None"), N_("Every epoch shows the same pictures."), "none"),
    "shift": Preset(N_("Shift"), N_("For pictures that are centred roughly, as Fashion-MNIST's."), "shift"),
    "affine": Preset(
        N_("Handwriting"),
        N_("Moved, turned, sheared and resized at once, each side by itself: shipped LeNets learned so."),
        "affine",
    ),
    "crop-flip": Preset(
        N_("Photos"), N_("Crop with padding and flip, as for the shipped CIFAR-10 networks."), "crop-flip"
    ),
    "crop-flip-cutout": Preset(
        N_("Photos, with a hole"),
        N_("The same, and a square of a quarter of the side blotted out."),
        "crop-flip-cutout",
    ),
    "vgg": Preset(
        N_("VGG on CIFAR-10 (lesson)"),
        N_("RandomCrop(32, padding=4), RandomHorizontalFlip(), ToTensor(), Normalize(...): padding for this size."),
        "random-crop={crop},flip=0.5",
    ),
    "alexnet": Preset(
        N_("AlexNet 2012"),
        N_("Crops of 224 from 256 pixels (here what enters is black), mirrored, colours along their principal axes."),
        "random-crop={alexnet},flip=0.5,rgb-jitter=0.1",
    ),
}


def _of_side(share: float, side: int) -> int:
    return min(MOST_PIXELS, max(1, round(share * side)))


def _step(word: str) -> Step:
    name, has_values, said = word.partition("=")
    kind = _kind(name.strip())
    if not has_values:
        return Step(kind.name, ())
    texts = said.split(":")
    if len(texts) > len(kind.knobs):
        raise _too_many(kind, said)
    pairs = zip(kind.knobs, texts, strict=False)
    return Step(kind.name, tuple(_number(knob.name, text, knob.default) for knob, text in pairs))


def _kind(name: str) -> StepKind:
    if name not in STEPS:
        raise _unknown(name)
    return STEPS[name]


def _unknown(text: str) -> ConfigurationError:
    return ConfigurationError(_UNKNOWN, value=excerpt(text), allowed=Listed(STEPS), recipes=Listed((NONE, *RECIPES)))


def _too_many(kind: StepKind, said: str) -> ConfigurationError:
    usual = ":".join(_number_text(float(knob.default or 0)) for knob in kind.knobs)
    return ConfigurationError(
        _TOO_MANY, parameter=kind.name, most=len(kind.knobs), value=excerpt(said), nearest=f"{kind.name}={usual}"
    )


def _number(parameter: str, text: str, usual: object) -> float:
    try:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError
    except ValueError:
        raise ConfigurationError(_NO_NUMBER, parameter=parameter, value=excerpt(text), nearest=usual) from None
    return number


def _whole(value: float) -> float:
    """A whole number as int, so that 2.5 pixels can be refused."""
    return int(value) if float(value).is_integer() else value


def _number_text(value: float) -> str:
    """As short as reads back to the same."""
    return repr(int(value)) if value.is_integer() else repr(value)
