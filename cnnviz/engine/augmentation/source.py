"""Transforms as torchvision.transforms.v2 source: what training and testing do to a picture, to paste. No torch.

Where ours does something else, its line says so. That each picture of a batch has its own draw here, torchvision
reaches by transforming one picture at a time, in the Dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnnviz.engine.augmentation.pipeline import Step, consists_of

Values = tuple[float, ...]
Shape = tuple[int, int]  # height, width

_RGB_JITTER = '''

class RGBJitter(torch.nn.Module):
    """All pixels moved along the colours' principal axes (Krizhevsky and others 2012, section 4.1)."""

    axes = torch.tensor({axes})  # each times its deviation

    def __init__(self, deviation):
        super().__init__()
        self.deviation = deviation

    def forward(self, picture):
        by = torch.randn(len(self.axes)) * self.deviation @ self.axes
        return (picture + by[:, None, None]).clamp(0, 1)
'''


@dataclass(frozen=True)
class Preparation:
    """What happens to every picture, before and after the pipeline: `engine.loader.Preprocessing` without torch."""

    picture: Shape  # of the data set
    network: Shape
    mean: Sequence[float] = ()  # none: not normalised
    std: Sequence[float] = ()
    margin: float = 0.0
    center_crop: float = 1.0


def torchvision_source(text: str, prepare: Preparation, axes: Sequence[Sequence[float]] = ()) -> str:
    """`train` and `test`, two v2.Compose, of a recipe or pipeline. `axes`: of the colours, for RGB jitter."""
    pipeline = consists_of(text, max(prepare.network))
    first, last = _first(prepare), _last(prepare)
    steps = [_line(step, prepare.network) for step in pipeline.steps]
    needs_mode = any("InterpolationMode" in line for line in steps)
    head = f"import torch\nfrom torchvision.transforms import {'InterpolationMode, ' * needs_mode}v2\n"
    if any(step.name == "rgb-jitter" for step in pipeline.steps):
        head += _RGB_JITTER.format(axes=[[round(float(value), 5) for value in row] for row in axes])
    notes = _notes(text, [step.name for step in pipeline.steps])
    return f"{head}\n{notes}train = {_compose([*first, *steps, *last])}\ntest = {_compose([*first, *last])}"


def _notes(text: str, names: list[str]) -> str:
    notes = [
        "# Apply them to one picture at a time, in your Dataset: applied to a batch, each draws one value for all."
    ]
    if text == "affine":
        notes.append("# Near to the app's recipe, which does these four at once, height and width stretched apart.")
    elif len({"rotation", "scale", "shear"} & set(names)) > 1:
        notes.append("# The app joins neighbours of rotation, scale and shear and samples once: a little sharper.")
    return "\n".join(notes) + "\n"


def _compose(lines: list[str]) -> str:
    return "v2.Compose([\n" + "".join(f"    {line}\n" for line in lines) + "])\n"


def _first(prepare: Preparation) -> list[str]:
    """To tensor, centre crop, the network's size."""
    lines = ["v2.ToImage(),", "v2.ToDtype(torch.float32, scale=True),  # to tensor: 0 to 1"]
    shape = prepare.picture
    if prepare.center_crop < 1:
        shape = (_kept(shape[0], prepare.center_crop), _kept(shape[1], prepare.center_crop))
        lines.append(f"v2.CenterCrop({shape}),")
    if shape != prepare.network:
        height, width = prepare.network
        top, left = round(height * prepare.margin), round(width * prepare.margin)
        lines.append(f"v2.Resize({(height - 2 * top, width - 2 * left)}, antialias=True),")
        if top or left:
            lines.append(f"v2.Pad(({left}, {top})),  # as MNIST leaves its digits room")
    return lines


def _kept(size: int, share: float) -> int:
    return max(1, round(size * share))


def _last(prepare: Preparation) -> list[str]:
    if not prepare.mean:
        return []
    mean, std = ([round(float(value), 4) for value in values] for values in (prepare.mean, prepare.std))
    return [f"v2.Normalize({mean}, {std}),"]


def _line(step: Step, shape: Shape) -> str:
    return _LINES[step.name](step.values, shape)


def _crop(values: Values, shape: Shape) -> str:
    return f"v2.RandomCrop({shape}, padding={values[0]:.0f}),"


def _shift(values: Values, shape: Shape) -> str:
    return f"{_crop(values, shape)}  # a shift by whole pixels is a crop of the padded picture"


def _flip(values: Values, _shape: Shape) -> str:
    return f"v2.RandomHorizontalFlip({values[0]:g}),"


def _rotation(values: Values, _shape: Shape) -> str:
    return f"v2.RandomRotation({values[0]:g}, interpolation=InterpolationMode.BILINEAR),"


def _scale(values: Values, _shape: Shape) -> str:
    low, high = 1 - values[0], 1 + values[0]
    return f"v2.RandomAffine(0, scale=({low:g}, {high:g}), interpolation=InterpolationMode.BILINEAR),"


def _shear(values: Values, _shape: Shape) -> str:
    return f"v2.RandomAffine(0, shear={values[0]:g}, interpolation=InterpolationMode.BILINEAR),"


def _color_jitter(values: Values, _shape: Shape) -> str:
    given = ", ".join(f"{value:g}" for value in values)
    return f"v2.ColorJitter({given}),  # which takes the four in a random order, the app in this one"


def _rgb_jitter(values: Values, _shape: Shape) -> str:
    return f"RGBJitter({values[0]:g}),"


def _blur(values: Values, shape: Shape) -> str:
    reach = min(max(1, int(3 * values[0] + 0.999)), min(shape) - 1)
    return f"v2.GaussianBlur({2 * reach + 1}, sigma=(0.001, {max(values[0], 0.001):g})),"


def _noise(values: Values, _shape: Shape) -> str:
    return f"v2.GaussianNoise(sigma={values[0]:g}),"


def _erasing(values: Values, _shape: Shape) -> str:
    share, probability = values
    given = f"v2.RandomErasing({probability:g}, scale=({share:g}, {share:g}), ratio=(1.0, 1.0)),"
    return f"{given}  # black and within; the app: the picture's mean, may be cut off"


_LINES: dict[str, Callable[[Values, Shape], str]] = {
    "random-crop": _crop,
    "flip": _flip,
    "shift": _shift,
    "rotation": _rotation,
    "scale": _scale,
    "shear": _shear,
    "color-jitter": _color_jitter,
    "rgb-jitter": _rgb_jitter,
    "blur": _blur,
    "noise": _noise,
    "erasing": _erasing,
}
