"""Action `import` of the command `data`: pictures of one's own made a data set, `own:NAME`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.text import line
from cnnviz.commands.output import Output
from cnnviz.data.own.importing import BrokenPicturesError, import_set
from cnnviz.data.own.settings import ImportSettings
from cnnviz.data.own.sources import source_of

_COLORS = {"auto": None, "color": True, "grey": False}
_USUAL = ImportSettings("usual")


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """What can be said of an import."""
    of_import = parser.add_argument_group(out.translated(N_("for import")))

    def option(name: str, about: str, **how: object) -> None:
        of_import.add_argument(f"--{name}", help=out.translated(about), **how)  # type: ignore[arg-type]

    option("name", N_("what the set is called: own:NAME"))
    option("size", N_("pixels of a side; without it the pictures' own size if it is small, else 64"), type=int)
    option("color", N_("colour or grey; auto: as the pictures are"), choices=list(_COLORS), default="auto")
    option(
        "test-share", N_("put aside for testing, where there is no test half"), type=float, default=_USUAL.test_share
    )
    option("seed", N_("of everything that is drawn at random"), type=int, default=_USUAL.seed)
    option("classes", N_("only these"), nargs="+", metavar="CLASS")
    option("each", N_("at most so many training pictures of each class"), type=int)
    option("skip-broken", N_("leave out pictures that cannot be read"), action="store_true")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Import one source. Raises ConfigurationError, DataError, or BrokenPicturesError, after all of them are listed."""
    if len(arguments.names) != 1 or not arguments.name:
        raise ConfigurationError(
            N_("Say what to import, and what to call it: python -m cnnviz data import {source} --name {name}"),
            source="pictures.zip",
            name="my-pictures",
        )
    settings = ImportSettings(
        name=arguments.name,
        side=arguments.size,
        color=_COLORS[arguments.color],
        test_share=arguments.test_share,
        seed=arguments.seed,
        classes=None if arguments.classes is None else tuple(arguments.classes),
        each=arguments.each,
        skip_broken=arguments.skip_broken,
    )
    try:
        spec = import_set(source_of(arguments.names[0]), settings, _reporter(out))
    except BrokenPicturesError as error:
        for name, reason in error.broken:
            out.line(f"{line(name)}  {out.translated(reason.template, **reason.values)}")
            out.record(broken=name, problem=str(reason))
        raise
    out.end_progress()
    out.remarks(spec)
    size = "x".join(map(str, spec.image_size))
    out.say(
        N_("{name}: {train} pictures of {size} to train on, {test} to test; {classes} classes."),
        name=spec.name,
        train=f"{spec.train_images:,}",
        test=f"{spec.test_images:,}",
        size=size,
        classes=len(spec.classes),
    )
    out.say(N_("Train: python -m cnnviz train --data {name}"), name=spec.name)
    out.record(
        name=spec.name,
        image_size=spec.image_size,
        train_images=spec.train_images,
        test_images=spec.test_images,
        classes=spec.classes,
        remarks=[out.translated(remark.template, **remark.values) for remark in spec.remarks],
    )
    return 0


def _reporter(out: Output) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        out.progress(out.translated(N_("{done} of {total} pictures"), done=f"{done:,}", total=f"{total:,}"))

    return report
