"""Presets of the lesson: a setting each, and a sentence that says what to look at. Their numbers are computed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cnnviz.arithmetic.cost import area
from cnnviz.arithmetic.setting import Setting
from cnnviz.base.locale import N_
from cnnviz.base.params import IntOrPair
from cnnviz.ui.shared.i18n import _, language

SIZES, SEEING, SIGNALS = N_("Sizes"), N_("What a filter sees"), N_("Signals")
BUILDING, POOLING, LENET, NAMES = N_("Building blocks"), N_("Pooling"), N_("LeNet-5, from 32 × 32"), N_("Conventions")


@dataclass(frozen=True)
class Preset:
    """A setting worth looking at. `sentence` may have gaps, filled from the setting: see `figures`."""

    group: str
    title: str
    sentence: str
    link: str
    maps: int = 1  # how many filters the layer has in its network

    @property
    def setting(self) -> Setting:
        """What the link says."""
        return Setting.from_link(self.link)

    @property
    def figures(self) -> dict[str, str]:
        """The numbers of the setting, as text: sizes, values in all maps, products and weights of one filter."""
        setting = self.setting
        out = setting.output_size
        flattens = setting.mode == "flatten"
        bill = None if out is None or flattens else setting.cost(setting.channels, 1)
        values = out if isinstance(out, int) and (flattens or setting.flat) else area(out or 0)
        kernel = setting.k if not setting.flat else (1, setting.k[1])
        return {
            **{letter: _size(getattr(setting, letter)[0 if setting.is_pair else 1]) for letter in "nkpsdo"},
            "out": _size(out),
            "maps": f"{self.maps:,}",
            "pixels": f"{area(setting.input_shape):,}",
            "flat": f"{self.maps * area(setting.input_shape):,}",
            "values": f"{self.maps * values:,}",
            "products": f"{setting.channels * area(kernel):,}",
            "weights": f"{bill.weights if bill else 0:,}",
        }


def _size(size: IntOrPair | None) -> str:
    return f"{size[0]} × {size[1]}" if isinstance(size, tuple) else str(size or 0)


PRESETS = (
    Preset(
        SIZES,
        N_("6 becomes 4"),
        N_("A kernel of {k} has room at {out} places along {n} pixels. Play, and count them."),
        "n=6&k=3",
    ),
    Preset(
        SIZES,
        N_("Same size, K = 3"),
        N_("One ring of zeros, and {n} stays {out}. Point at a corner pixel with and without it: who reads it?"),
        "n=6&k=3&p=1",
    ),
    Preset(
        SIZES,
        N_("Same size, K = 5"),
        N_("(K − 1) / 2 = {p} on each side keeps the size. Now K = 4: why does no P keep it?"),
        "n=6&k=5&p=2",
    ),
    Preset(SIZES, N_("Halved"), N_("Stride {s} skips every other place: {n} becomes {out}."), "n=8&k=3&p=1&s=2"),
    Preset(
        SIZES,
        N_("A third"),
        N_("Stride {s}: {n} becomes {out}, and no pixel is read twice. Now make the kernel 2."),
        "n=9&k=3&s=3",
    ),
    Preset(
        SIZES,
        N_("A column left over"),
        N_("The last step would leave the picture, so the hatched row and column are never read. Which P reads them?"),
        "n=6&k=3&s=2",
    ),
    Preset(
        SIZES,
        N_("Does not fit"),
        N_("A kernel of {k} cannot lie on {n} pixels: torch refuses. Which of the repairs would you take?"),
        "n=2&k=5",
    ),
    Preset(
        SEEING,
        N_("Kernel size"),
        N_("A blur over a digit. Drag K: a larger kernel sees more around each pixel, and the map gets smaller."),
        "n=28&k=5&input=digit&kernel=blur",
    ),
    Preset(
        SEEING,
        N_("Feature map"),
        N_("The map says where the kernel found its pattern, here upright edges. Choose the other Sobel kernel."),
        "n=28&k=3&p=1&input=digit&kernel=sobel-x",
    ),
    Preset(
        SEEING,
        N_("Channels: RGB"),
        N_("One filter spans all three channels: {products} products, one sum, one map."),
        "n=12&k=3&channels=3&input=photo",
    ),
    Preset(
        SEEING,
        N_("Weight sharing"),
        N_("Point at one weight: every pixel it meets lights up. {weights} weights with the bias, however large N is."),
        "n=12&k=5",
    ),
    Preset(
        SEEING,
        N_("Locality, translation"),
        N_(
            "An output reads {k} × {k} pixels and no others, and answers a pattern alike wherever it lies. Fully "
            "connected, each would read all {pixels}."
        ),
        "n=28&k=5&input=digit&pick=2&kernel=laplacian",
    ),
    Preset(
        SEEING,
        N_("Flipped or not"),
        N_("True convolution turns the kernel by half a turn first; networks do not. Switch it off: what changes?"),
        "n=8&k=3&kernel=sobel-x&flip=1",
    ),
    Preset(
        SIGNALS,
        N_("1-D convolution"),
        N_("A signal: each output adds up {k} neighbours, one moment apart, each with its own weight."),
        "flat=1&n=16&k=3&input=step&kernel=blur",
    ),
    Preset(
        SIGNALS,
        N_("Stride 2 for sound"),
        N_("Of {n} samples {out} are left: half the sampling rate. Listen: what happens to the highest tones?"),
        "flat=1&n=64&k=3&p=1&s=2&input=chirp&kernel=identity",
    ),
    Preset(
        BUILDING,
        N_("Two 3 × 3 are one 5 × 5"),
        N_("7 becomes {out}, as after two kernels of 3 in a row (7, 5, 3). 'Why so' below draws it."),
        "n=7&k=5",
    ),
    Preset(
        BUILDING,
        N_("1 × 5, then 5 × 1"),
        N_("This is the first half: {products} products. Swap height and width for the second: 10 instead of 25."),
        "n=9&k=1x5&p=0x2",
    ),
    Preset(
        BUILDING,
        N_("1 × 1"),
        N_("It looks at no neighbour and only mixes the channels: {products} products, {weights} weights."),
        "n=8&k=1&channels=3&input=photo",
    ),
    Preset(
        BUILDING,
        N_("What it costs"),
        N_("{values} outputs, {products} products each. Open 'Cost' below and double the channels, then the padding."),
        "n=28&k=5&p=2&input=digit",
    ),
    Preset(
        BUILDING,
        N_("Dilated"),
        N_("Gaps between the weights: {products} of them span 5 × 5 pixels. Drag D and watch the output shrink."),
        "n=9&k=3&d=2",
    ),
    Preset(
        BUILDING,
        N_("Transposed"),
        N_("Each input value stamps the kernel onto the output, {s} apart; overlaps add up. {n} becomes {out}."),
        "mode=transposed&n=3&k=3&s=2",
    ),
    Preset(
        BUILDING,
        N_("Doubling back"),
        N_("Several sizes halve to {n}; output padding {o} says which one comes back: {out}."),
        "mode=transposed&n=4&k=3&p=1&s=2&o=1",
    ),
    Preset(
        POOLING,
        N_("Largest of four"),
        N_("Only the largest of each four stays: {n} becomes {out}, without any weight. Try average, then minimum."),
        "mode=pool&n=28&k=2&s=2&input=digit",
    ),
    Preset(
        POOLING,
        N_("Windows of 2 × 3"),
        N_("MaxPool2d((2, 3), stride=(2, 3), padding=(0, 1)): the two axes are counted apart, {out} comes out."),
        "mode=pool&n=6x7&k=2x3&s=2x3&p=0x1",
    ),
    Preset(
        POOLING,
        N_("Ceil mode"),
        N_("Rounded up, the last window hangs over the edge: {out}. Switch ceil mode off: what is no longer read?"),
        "mode=pool&n=7&k=2&s=2&ceil=1",
    ),
    Preset(
        POOLING,
        N_("Back-propagation"),
        N_("The gradient of an output goes to the one pixel that won its window; with the average, evenly to all."),
        "mode=pool&n=6&k=3&s=3",
    ),
    Preset(
        LENET,
        N_("1. Convolution, 6 maps"),
        N_("{n} becomes {out}: {pixels} pixels turn into {maps} maps, {values} values."),
        "n=32&k=5&input=digit",
        maps=6,
    ),
    Preset(
        LENET,
        N_("2. Pooling"),
        N_("{n} becomes {out}: the {maps} maps keep {values} values."),
        "mode=pool&n=28&k=2&s=2&input=digit",
        maps=6,
    ),
    Preset(
        LENET,
        N_("3. Convolution, 16 maps"),
        N_(
            "{n} becomes {out}: {maps} maps, {values} values. Each adds up all 6 maps before it; the stage shows what "
            "one of them gives."
        ),
        "n=14&k=5",
        maps=16,
    ),
    Preset(
        LENET,
        N_("4. Pooling again"),
        N_("{n} becomes {out}: {maps} maps, {values} values. 32, 28, 14, 10, 5: the chain ends here."),
        "mode=pool&n=10&k=2&s=2",
        maps=16,
    ),
    Preset(
        LENET,
        N_("5. Flattened"),
        N_(
            "Row by row, map after map: the {maps} maps of {n} × {n} become one row of {flat}. Here the first {out} "
            "move."
        ),
        "mode=flatten&n=5",
        maps=16,
    ),
    Preset(
        LENET,
        N_("6. Fully connected, 120 units"),
        N_(
            "A unit weighs all it reads at once, as a kernel as large as the map does: one place, one number. Here its "
            "part for one of the {maps} maps."
        ),
        "n=5&k=5",
        maps=16,
    ),
    Preset(
        NAMES,
        N_("Keras' names"),
        N_("Conv2D(2, 3) makes (4, {out}, {out}, 2) of (4, {n}, {n}, 3): 'valid' unless told otherwise."),
        "n=28&k=3&channels=3&input=photo",
    ),
    Preset(
        NAMES,
        N_("'same' pads one side"),
        N_("{n} becomes {out} in PyTorch and in Keras, with other values. 'Conventions' below says why."),
        "n=28&k=3&p=1&s=2&input=digit",
    ),
)


def presets() -> list[dict[str, str]]:
    """For the browser, in the visitor's language. Not to be changed: it is kept."""
    return _presets(language())


@lru_cache(maxsize=2)
def _presets(spoken: str) -> list[dict[str, str]]:
    """`spoken` (the language) is there for the cache's sake."""
    return [
        {
            "group": _(preset.group),
            "title": _(preset.title),
            "sentence": _(preset.sentence, **preset.figures),
            "link": preset.link,
        }
        for preset in PRESETS
    ]
