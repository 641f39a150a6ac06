"""Augmentation steps: a row each, with its numbers and their ranges, what it is for and when it hurts. No torch.

What a step does to pictures stands in tensors.py, its line of torchvision in source.py, both by the step's name.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.base.locale import N_
from cnnviz.base.params import Param

MOST_PIXELS = 112  # half of 224


@dataclass(frozen=True)
class Knob(Param):
    """A number of a step. Its name carries the step's, so that an error says both."""

    step: float = 0.05  # of a slider
    slider_high: float = 0.0  # where further to the right nothing is sensible any more; 0: the range's own end


@dataclass(frozen=True)
class StepKind:
    """One way to change a picture."""

    name: str  # in links, files and commands
    title: str
    knobs: tuple[Knob, ...]
    draws: int  # random numbers a picture needs
    what: str  # what it is for
    hurts: str  # when it does harm
    may_change_label: bool = False  # whether a picture changed far enough shows another class


def _share(name: str, title: str, default: float, high: float = 1.0, **more: float) -> Knob:
    return Knob(name, "number", default, 0.0, high, title=title, **more)  # type: ignore[arg-type]


def _pixels(name: str, title: str, default: int) -> Knob:
    return Knob(name, "whole", default, 1, MOST_PIXELS, title=title, unit="px", step=1)


STEPS: dict[str, StepKind] = {
    row.name: row
    for row in (
        StepKind(
            "random-crop",
            N_("Random crop with padding"),
            (_pixels("random-crop padding", N_("Padding"), 4),),
            2,
            N_("Black pixels around, then a cut-out of the old size anywhere: position no longer tells the class."),
            N_("With much padding the thing itself is cut off."),
        ),
        StepKind(
            "flip",
            N_("Horizontal flip"),
            (_share("flip probability", N_("Probability"), 0.5),),
            1,
            N_("Mirrored left to right: twice the photos of cats and ships."),
            N_("Not for digits and letters: a mirrored 2 looks like a 5, b becomes d."),
            True,
        ),
        StepKind(
            "shift",
            N_("Shift"),
            (_pixels("shift pixels", N_("At most"), 2),),
            2,
            N_("Moved by whole pixels, what enters is black: for things that are not centred exactly."),
            N_("Beyond the empty margin it cuts strokes off."),
        ),
        StepKind(
            "rotation",
            N_("Rotation"),
            (Knob("rotation degrees", "number", 15.0, 0.0, 180.0, title=N_("At most"), unit="°", step=1),),
            1,
            N_("Turned either way: hands write and hold cameras at an angle."),
            N_("Beyond some 45° a 6 comes near a 9, and a shirt lies on its side."),
            True,
        ),
        StepKind(
            "shear",
            N_("Shear"),
            (Knob("shear degrees", "number", 10.0, 0.0, 45.0, title=N_("At most"), unit="°", step=1),),
            1,
            N_("Leaning to the side, as italic does: every hand slants differently."),
            N_("Beyond some 20° a 1 reads as a slash."),
        ),
        StepKind(
            "scale",
            N_("Scale"),
            (_share("scale share", N_("At most ±"), 0.1, 0.9, slider_high=0.5),),
            1,
            N_("Larger or smaller around the middle: near and far things."),
            N_("Enlarged too far, the edges leave the picture."),
        ),
        StepKind(
            "color-jitter",
            N_("Colour jitter"),
            (
                _share("color-jitter brightness", N_("Brightness"), 0.2),
                _share("color-jitter contrast", N_("Contrast"), 0.2),
                _share("color-jitter saturation", N_("Saturation"), 0.2),
                _share("color-jitter hue", N_("Hue"), 0.0, 0.5, step=0.01),
            ),
            4,
            N_("Other light, another camera: brightness, contrast, saturation and hue, each by its own factor."),
            N_("Where colour tells the class (ripe or green), leave hue at 0; grey pictures have none to change."),
        ),
        StepKind(
            "rgb-jitter",
            N_("RGB jitter of AlexNet"),
            (_share("rgb-jitter deviation", N_("Deviation"), 0.1, step=0.01, slider_high=0.5),),
            3,
            N_("All pixels moved along the colours' principal axes: light of another colour and strength."),
            N_("Of little use where the light never changes."),
        ),
        StepKind(
            "blur",
            N_("Blur"),
            (
                Knob(
                    "blur deviation", "number", 1.0, 0.0, 5.0, title=N_("At most"), unit="px", step=0.1, slider_high=3.0
                ),
            ),
            1,
            N_("A Gaussian of any width up to this: out of focus, or small and enlarged."),
            N_("Fine texture goes; small pictures have little to lose."),
        ),
        StepKind(
            "noise",
            N_("Noise"),
            (_share("noise deviation", N_("Deviation"), 0.05, 0.5, step=0.01, slider_high=0.3),),
            1,
            N_("Grain in every pixel, as of a camera in the dark."),
            N_("Much of it hides faint edges."),
        ),
        StepKind(
            "erasing",
            N_("Erasing"),
            (
                _share("erasing share", N_("Share of the picture"), 0.1, 0.5, step=0.01),
                _share("erasing probability", N_("Probability"), 1.0),
            ),
            3,
            N_("A square blotted out in the picture's mean colour: no single part may decide (cutout)."),
            N_("Too large on small digits, and nobody could tell the class."),
            True,
        ),
    )
}
