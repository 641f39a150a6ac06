"""The pages of the app, in the order of a lesson."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.locale import N_


@dataclass(frozen=True)
class PageInfo:
    """A file in `pages/`, its title in the navigation, and its icon."""

    name: str
    title: str
    icon: str


PAGES = (
    PageInfo("home", N_("Draw a digit"), ":material/draw:"),
    PageInfo("convolution", N_("Convolution"), ":material/grid_on:"),
    PageInfo("training", N_("Training"), ":material/model_training:"),
    PageInfo("layers", N_("Layers"), ":material/layers:"),
    PageInfo("evaluation", N_("Evaluation"), ":material/fact_check:"),
    PageInfo("data", N_("Data"), ":material/photo_library:"),
)
