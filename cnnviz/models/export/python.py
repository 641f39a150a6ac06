"""PyTorch source of any network: it runs by itself, without this app. The names in its state_dict are ours."""

from __future__ import annotations

import inspect
from typing import Any

from cnnviz.models.editor.blueprint import Blueprint, RowShape
from cnnviz.models.editor.build import blueprint_of, calls
from cnnviz.models.editor.layers.kind import Call, shape_text
from cnnviz.models.families import blocks

# Python looks for "coding: utf-7" in comments of the first two lines: a name, which may be anything printable, stands
# below this string, where it is a comment and nothing else.
_FIRST_LINE = '"""A network as PyTorch source. It needs nothing but PyTorch."""'
_END = """

if __name__ == "__main__":
    network = build().eval()
    with torch.inference_mode():
        output = network(torch.zeros(1, {size}))
    print("output:", tuple(output.shape))
    print("weights:", sum(weight.numel() for weight in network.parameters()))
"""


def python_source(network: Blueprint | str, **options: Any) -> str:
    """A Python file that builds the network with `build()`, and, run by itself, prints its output's shape.

    `network` is a blueprint or a name of the zoo with its `options`. Raises ConfigurationError for a wrong row.
    """
    blueprint = network if isinstance(network, Blueprint) else blueprint_of(network, **options)
    blueprint.require()
    made = calls(blueprint)
    if isinstance(network, str) and not blueprint.num_classes:  # a block alone
        body = [f"    return {made[0][1]}"]
    else:
        body = _body(blueprint, made)
    block_source = _blocks({call.target for _, call in made if call.is_block})
    imports = [
        *(["from collections import OrderedDict"] if "OrderedDict" in body[0] else []),
        *(["from functools import partial"] if "partial(" in block_source else []),
    ]
    head = [
        _FIRST_LINE,
        "",
        f"# {blueprint.name or 'network'}",
        "from __future__ import annotations",
        "",
        *([*imports, ""] if imports else []),
        "import torch",
        f"from torch import {'Tensor, ' if block_source else ''}nn",
        "",
        "",
    ]
    build = ["def build() -> nn.Module:", '    """The network with fresh random weights."""', *body]
    end = _END.format(size=", ".join(map(str, blueprint.input_size)))
    return "\n".join(head) + "\n" + block_source + "\n".join(build) + "\n" + end


def _body(blueprint: Blueprint, made: list[tuple[str, Call]]) -> list[str]:
    """The return statement; rows with a shared prefix in a Sequential of their own."""
    lines = ["    return nn.Sequential(OrderedDict(["]
    open_groups: list[str] = []
    for (name, call), checked in zip(made, blueprint.check(), strict=True):
        *groups, leaf = name.split(".")
        shared = _shared(open_groups, groups)
        while len(open_groups) > shared:
            lines.append(f"{_indent(open_groups)}]))),")
            open_groups.pop()
        for group in groups[shared:]:
            lines.append(f'{_indent([*open_groups, group])}("{group}", nn.Sequential(OrderedDict([')
            open_groups.append(group)
        assert isinstance(checked, RowShape)
        assert checked.output_shape is not None
        lines.append(f'{_indent([*open_groups, leaf])}("{leaf}", {call}),  # {shape_text(checked.output_shape)}')
    while open_groups:
        lines.append(f"{_indent(open_groups)}]))),")
        open_groups.pop()
    return [*lines, "    ]))"]


def _shared(first: list[str], second: list[str]) -> int:
    """How many groups both paths begin with."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _indent(groups: list[str]) -> str:
    return "    " * (len(groups) + 1)


def _blocks(names: set[str]) -> str:
    """The source of the blocks and of what they are made of, each once, with two empty lines after each."""
    if not names:
        return ""
    wanted: list[Any] = [blocks.activation_layer]
    for block, parts in blocks.PARTS.items():
        if block.__name__ in names:
            wanted += [part for part in (*parts, block) if part not in wanted]
    return "".join(inspect.getsource(part) + "\n\n" for part in wanted)
