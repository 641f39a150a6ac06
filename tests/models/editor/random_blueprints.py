"""Random blueprints for tiny pictures: most can be, some are broken on purpose, some happen to be wrong."""

from __future__ import annotations

from random import Random
from typing import Any

from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.layers.plain import ACTIVATIONS
from cnnviz.models.editor.row import Row

_WRONG: tuple[Any, ...] = (0, -1, 10**6, 10**40, 2.5, "x", "3x", True, (0, 3), (1, 2), (3,), "same", 1e300, "eval('1')")
_NARROW = ("basic_block", "bottleneck", "inception")
_WIDE = ("inception_a", "inception_b", "inception_c", "inception_d", "inception_e")


def random_blueprint(random: Random) -> Blueprint:
    """Up to ten rows of every kind, for pictures of 4 to 12 pixels a side."""
    rows = [_map_row(random) for _ in range(random.randint(0, 6))]
    if random.random() < 0.06:  # Inception v3's blocks have hundreds of channels: one is slow enough
        rows.append(_block(random, _WIDE))
    if random.random() < 0.3:
        rows.append(Row.of("global_average_pool"))
    rows.append(Row.of("flatten"))
    for _ in range(random.randint(0, 2)):
        rows += [Row.of("linear", out_features=random.randint(1, 40)), _anywhere(random)]
    rows.append(Row.of("linear"))
    classes = random.randint(2, 10)
    if random.random() < 0.3:
        rows = _broken(random, rows)
    size = (random.choice((1, 3)), random.randint(4, 12), random.randint(4, 12))
    return Blueprint("random", size, classes, tuple(rows))


def _map_row(random: Random) -> Row:
    kind = random.choice(("conv", "conv", "conv", "pool", "pool", "any", "any", "adaptive", "block"))
    if kind == "conv":
        return _conv(random)
    if kind == "pool":
        options = {"kernel_size": _span(random, 1, 3), "ceil_mode": random.random() < 0.3}
        if random.random() < 0.5:
            options["stride"] = _span(random, 1, 3)
        if random.random() < 0.2:
            options["padding"] = 1
        return Row.of(random.choice(("max_pool", "average_pool")), **options)
    if kind == "adaptive":
        return Row.of("adaptive_average_pool", output_size=_span(random, 1, 8))
    return _anywhere(random) if kind == "any" else _block(random, _NARROW)


def _conv(random: Random) -> Row:
    options: dict[str, Any] = {"out_channels": random.randint(1, 12), "kernel_size": _span(random, 1, 5)}
    if random.random() < 0.4:
        options["padding"] = random.choice((1, 2, 1, "same"))
    if random.random() < 0.3 and options.get("padding") != "same":
        options["stride"] = _span(random, 1, 3)
    if random.random() < 0.15:
        options["dilation"] = _span(random, 1, 3)
    if random.random() < 0.1:
        options["groups"] = random.randint(1, 3)
    if random.random() < 0.2:
        options["bias"] = False
    return Row.of("conv", **options)


def _block(random: Random, kinds: tuple[str, ...]) -> Row:
    kind = random.choice(kinds)
    options: dict[str, Any] = {"activation": random.choice(tuple(ACTIVATIONS))} if random.random() < 0.5 else {}
    if kind in ("basic_block", "bottleneck"):
        options["width" if kind == "bottleneck" else "out_channels"] = random.randint(1, 12)
        options["stride"] = random.randint(1, 3)
    elif kind == "inception":
        names = ("ch1x1", "ch3x3red", "ch3x3", "ch5x5red", "ch5x5", "pool_proj")
        options |= {name: random.randint(1, 8) for name in names}
    elif kind == "inception_a":
        options["pool_features"] = random.randint(1, 8)
    elif kind == "inception_c":
        options["channels_7x7"] = random.randint(1, 8)
    return Row.of(kind, **options)


def _anywhere(random: Random) -> Row:
    kind = random.choice(("activation", "activation", "batch_norm", "dropout"))
    if kind == "activation":
        return Row.of(kind, function=random.choice(tuple(ACTIVATIONS)))
    return Row.of(kind, p=random.choice((0.0, 0.25, 0.9))) if kind == "dropout" else Row.of(kind)


def _span(random: Random, low: int, high: int) -> Any:
    one = random.randint(low, high)
    return (one, random.randint(low, high)) if random.random() < 0.2 else one


def _broken(random: Random, rows: list[Row]) -> list[Row]:
    """One thing wrong: a value, an option, a kind, a name, or a row too few, too many, or in the wrong place."""
    rows, place = list(rows), random.randrange(len(rows))
    row = rows[place]
    way = random.choice(("value", "value", "option", "kind", "name", "lost", "moved"))
    if way == "value" and row.given:
        name = random.choice(list(row.options))
        rows[place] = Row.of(row.kind, row.name, **{**row.options, name: random.choice(_WRONG)})
    elif way == "option":
        rows[place] = Row.of(row.kind, row.name, **{**row.options, "no_such_option": 1})
    elif way == "kind":
        rows[place] = Row.of(random.choice(("lambda", "os.system", "Conv2d", "")))
    elif way == "name":
        rows[place] = Row.of(row.kind, random.choice(("forward", "a b", "1.2.3.4.5", "Ünicode", "__dict__", ".")))
    elif way == "lost":
        del rows[-random.randint(1, min(2, len(rows) - 1))]
    else:
        rows.insert(random.randrange(len(rows)), rows.pop(place))
    return rows
