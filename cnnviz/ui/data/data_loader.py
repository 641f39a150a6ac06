"""DataLoader of PyTorch: its line for the settings, what each argument is for, and what this app does instead."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.engine.config import TrainConfig
from cnnviz.ui.shared.html import Html, table
from cnnviz.ui.shared.i18n import _

_LONGEST = 72  # characters of a line
_ARGUMENTS = (  # name, what it is for in PyTorch, what this app does
    ("batch_size", N_("How many pictures a step takes."), N_("The same.")),
    (
        "shuffle",
        N_("A new order every epoch. It is off unless one says so: forgotten, the files' order is learned."),
        N_("On unless one says otherwise. Seed and epoch alone decide on the order, on every device."),
    ),
    (
        "sampler",
        N_("Which pictures are taken, in place of shuffle: WeightedRandomSampler draws rare classes more often."),
        N_("“classes evenly” does that."),
    ),
    ("drop_last", N_("Leaves out the last batch if it is not full."), N_("The same.")),
    (
        "num_workers",
        N_("Processes that open and change pictures while the network computes. With 0 the network waits for each."),
        N_("None: all pictures lie on the device as bytes, and a batch is cut out, changed and normalised there."),
    ),
    (
        "collate_fn",
        N_("Makes one tensor of a list of pictures; where they differ in size, it pads them."),
        N_("None: the pictures are one tensor from the start, all of one size."),
    ),
    (
        "pin_memory",
        N_("Lays a batch where a GPU can fetch it while it computes."),
        N_("Not needed: nothing is fetched, the pictures are on the GPU already."),
    ),
    (
        "timeout",
        N_("Seconds to wait for a worker's batch before it is an error; 0 is for ever."),
        N_("No worker, nothing to wait for."),
    ),
)


def show(config: TrainConfig) -> None:
    """The lines of PyTorch, then the table."""
    st.code(code(config), language="python", wrap_lines=True)
    heads = [_("Argument"), _("What it is for"), _("Here")]
    rows = [(Html(f"<code>{name}</code>"), _(purpose), _(here)) for name, purpose, here in _ARGUMENTS]
    arguments = table(_("Arguments of DataLoader"), heads, rows)
    st.html(f'<div class="cnn-arguments">{arguments}</div>')
    st.caption(
        _(
            "On two cores an epoch of LeNet-5 on MNIST takes 6.6 s here and 15.9 s in the lesson's loop over a "
            "DataLoader. A set too large for the device's memory would need the DataLoader and its workers."
        )
    )


def code(config: TrainConfig) -> str:
    """What makes such batches of `train_set` with torch.utils.data."""
    names = ["DataLoader"]
    lines = []
    if config.sort_by_class:
        names.append("Subset")
        lines.append("by_class = sorted(range(len(train_set)), key=lambda i: int(train_set.targets[i]))")
        lines.append("train_set = Subset(train_set, by_class)")
    arguments = [f"batch_size={config.batch_size}"]
    if config.sampler == "balanced":
        names.append("WeightedRandomSampler")
        lines += ["labels = torch.tensor([label for _, label in train_set])"]
        lines += ["weights = 1 / torch.bincount(labels)[labels]"]
        arguments.append("sampler=WeightedRandomSampler(weights, len(weights))")
    else:
        arguments.append(f"shuffle={config.shuffle}")
    arguments.append(f"drop_last={config.drop_last}")
    if config.shuffle or config.sampler == "balanced":
        arguments.append(f"generator=torch.Generator().manual_seed({config.seed})")
    head = ["import torch"] * (len(arguments) > 3 or len(names) > 2)
    head += [f"from torch.utils.data import {', '.join(names)}", ""]
    return "\n".join([*head, *lines, _call("loader = DataLoader", ["train_set", *arguments])])


def _call(name: str, arguments: list[str]) -> str:
    """On one line, if it is not too long; else as many arguments a line as it holds."""
    line = f"{name}({', '.join(arguments)})"
    if len(line) <= _LONGEST:
        return line
    lines = ["   "]
    for argument in arguments:
        if len(f"{lines[-1]} {argument},") > _LONGEST:
            lines.append("   ")
        lines[-1] += f" {argument},"
    return "\n".join([f"{name}(", *lines, ")"])
