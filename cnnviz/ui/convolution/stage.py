"""The controls and the stage of the convolution page. Never imports torch: this page comes up at once."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.arithmetic.conv import ConvSpec, Repair
from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_
from cnnviz.ui.components import component
from cnnviz.ui.i18n import _

_KEY = "convolution_"


@dataclass(frozen=True)
class Control:
    """A slider: its letter in the link, its label, range and default, and ConvSpec's name for it."""

    letter: str
    label: str
    low: int
    high: int
    default: int
    parameter: str
    role: str  # whose colour the label has, as in the formula


CONTROLS = (
    Control("n", N_("Input size N"), 1, 64, 6, "n", "input"),
    Control("k", N_("Kernel size K"), 1, 11, 3, "kernel_size", "kernel"),
    Control("p", N_("Padding P"), 0, 10, 0, "padding", "padding"),
    Control("s", N_("Stride S"), 1, 8, 1, "stride", "stride"),
    Control("d", N_("Dilation D"), 1, 4, 1, "dilation", "dilation"),
)
_BY_PARAMETER = {control.parameter: control for control in CONTROLS}


@dataclass(frozen=True)
class Setting:
    """What the sliders say."""

    n: int
    k: int
    p: int
    s: int
    d: int = 1

    @property
    def spec(self) -> ConvSpec:
        """The convolution, without its input."""
        return ConvSpec(self.k, self.s, self.p, self.d)


PRESETS = (
    (N_("6 becomes 4"), Setting(6, 3, 0, 1)),
    (N_("Same size, K = 3"), Setting(6, 3, 1, 1)),
    (N_("Same size, K = 5"), Setting(6, 5, 2, 1)),
    (N_("Halved"), Setting(8, 3, 1, 2)),
    (N_("A column left over"), Setting(6, 3, 0, 2)),
    (N_("LeNet-5, first layer"), Setting(28, 5, 2, 1)),
)

# The stage's words: its browser side has none of its own.
STAGE_WORDS = {
    "input": N_("Input"),
    "padded": N_("with padding {size}"),
    "kernel": N_("Kernel"),
    "output": N_("Output"),
    "none": N_("No output: the kernel spans {span}, the padded input only {padded}."),
    "lost": N_("Row and column {list} are never read."),
    "losts": N_("Rows and columns {list} are never read."),
    "hint": N_("Point at a pixel to see every output that reads it. Space plays, arrow keys step, Home and End jump."),
    "speed": N_("Speed"),
    "rate": N_("Positions a second: {n}"),
    "stage": N_("Sliding window: space plays, arrow keys step, Home and End jump"),
    "pixels": N_("Input pixels: arrow keys walk over them"),
    "play": N_("Play"),
    "pause": N_("Pause"),
    "back": N_("Step back"),
    "forward": N_("Step forward"),
    "position": N_("Position of the window"),
    "of": N_("{i} of {n}"),
    "step": N_("Output row {r}, column {c}: {sum}."),
    "window": N_("The window lies on padded rows {rows}, columns {columns}."),
    "products": N_("{n} products"),
    "pixel": N_("Outputs that read the pixel in row {r}, column {c}: {n}."),
    "border": N_("Outputs that read this padding pixel: {n}."),
}


def presets() -> None:
    """A row of buttons, each with a case of the lesson."""
    with st.container(horizontal=True, gap="small", key="convolution_presets"):
        for number, (title, setting) in enumerate(PRESETS):
            st.button(_(title), key=f"convolution_preset_{number}", on_click=_apply, args=(setting,))


def sliders() -> Setting:
    """The five sliders, bound to the link; their labels have the colours of the formula."""
    st.html(f"<style>{_LABEL_CSS}</style>")
    with st.container(horizontal=True, gap="medium", key="convolution_sliders"):
        values = [
            st.slider(_(c.label), c.low, c.high, c.default, key=_KEY + c.letter, bind="query-params") for c in CONTROLS
        ]
    return Setting(*values)


def refusal(setting: Setting) -> None:
    """Where torch refuses: one sentence in its terms, and a button for each smallest change that mends it."""
    try:
        setting.spec.output_size(setting.n)
    except ConfigurationError as error:
        with st.container(key="convolution_refusal"):
            st.error(_(_REFUSED, extent=error.values["extent"], padded=error.values["padded"]))
            with st.container(horizontal=True, gap="small"):
                for repair in offered(setting):
                    control = _BY_PARAMETER[repair.parameter]
                    label = f"{_(control.label)} = {repair.value}"
                    st.button(
                        label,
                        key=f"convolution_repair_{control.letter}",
                        on_click=_set,
                        args=(control, repair.value),
                    )


_REFUSED = N_(
    "Kernel size can't be greater than actual input size: the kernel spans {extent} pixels, the padded input has only "
    "{padded}. The smallest changes that help:"
)


def offered(setting: Setting) -> list[Repair]:
    """The smallest changes that the sliders can make."""
    repairs = setting.spec.repairs(setting.n)
    return [
        repair
        for repair in repairs
        if isinstance(repair.value, int) and repair.value <= _BY_PARAMETER[repair.parameter].high
    ]


def stage(setting: Setting) -> None:
    """Formula, grids and the sliding window: they move in the browser, the server only says which numbers."""
    words = {name: _(text) for name, text in STAGE_WORDS.items()}
    numbers = {"n": setting.n, "k": setting.k, "p": setting.p, "s": setting.s, "d": setting.d}
    component("convolution")(key="convolution_stage", data={**numbers, "strings": words})


def _apply(setting: Setting) -> None:
    for control in CONTROLS:
        _set(control, getattr(setting, control.letter))


def _set(control: Control, value: int) -> None:
    st.session_state[_KEY + control.letter] = value


_GAPS_CSS = """
.st-key-convolution_presets { gap: 0.5rem; }
.st-key-convolution_sliders { row-gap: 0; }
.st-key-convolution_sliders > * { max-width: 20rem; }
"""
_LABEL_CSS = _GAPS_CSS + "\n".join(
    f".st-key-{_KEY}{c.letter} [data-testid='stWidgetLabel'] p {{ color: var(--cnn-{c.role}); font-weight: 650; }}"
    for c in CONTROLS
)
