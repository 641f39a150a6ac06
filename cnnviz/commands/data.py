"""Command `data` with the action `list`, `fetch` or `check`: what is on this machine, and getting more of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from cnnviz.base.errors import ConfigurationError, CorruptDataError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.paths import data_root
from cnnviz.commands.output import Output
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import DATASETS, dataset

_OK = "ok"  # as DatasetSpec.check says it


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """What can be said after the command."""
    parser.add_argument("action", choices=list(_ACTIONS), metavar="ACTION", help=", ".join(_ACTIONS))
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(DATASETS))


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Do it; returns the exit code."""
    chosen = [dataset(name) for name in arguments.names]
    return _ACTIONS[arguments.action](chosen, out)


def _list(chosen: list[DatasetSpec], out: Output) -> int:
    rows = []
    for spec in chosen or DATASETS.values():
        here = spec.is_present()
        size = "x".join(map(str, spec.image_size))
        counts = (f"{spec.train_images:,}", f"{spec.test_images:,}")
        state = out.translated(N_("here") if here else N_("not here"))
        rows.append(
            (spec.name, state, size, *counts, f"{spec.download_bytes / 1e6:.0f} MB", out.translated(spec.title))
        )
        out.record(
            name=spec.name,
            present=here,
            title=out.translated(spec.title),
            image_size=spec.image_size,
            train_images=spec.train_images,
            test_images=spec.test_images,
            download_bytes=spec.download_bytes,
            classes=spec.classes,
            source=out.translated(spec.source),
            remarks=[out.translated(remark.template, **remark.values) for remark in spec.remarks],
        )
    head = ("", "", N_("size"), N_("training"), N_("test"), N_("download"), "")
    out.table("<<>>>><", [out.translated(word) if word else "" for word in head], rows)
    for spec in chosen:
        out.remarks(spec)
    out.say(N_("Folder: {folder}"), folder=data_root())
    return 0


def _fetch(chosen: list[DatasetSpec], out: Output) -> int:
    if not chosen:
        raise ConfigurationError(N_("Name what to fetch: {names}."), names=Listed(DATASETS))
    for spec in chosen:
        spec.fetch(progress=_reporter(spec, out))
        out.say(N_("{name}: here"), name=spec.name)
        out.record(name=spec.name, present=spec.is_present())
    return 0


def _reporter(spec: DatasetSpec, out: Output) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        out.progress(f"{spec.name}: {done / 1e6:.1f} / {total / 1e6:.1f} MB")

    return report


def _check(chosen: list[DatasetSpec], out: Output) -> int:
    """Raises CorruptDataError if a file is not what it should be."""
    broken = []
    for spec in chosen or [spec for spec in DATASETS.values() if spec.is_present()]:
        out.remarks(spec)
        for file, state in spec.check():
            out.line(f"{spec.name}  {file}  {state}")
            out.record(name=spec.name, file=file, ok=state == _OK, problem="" if state == _OK else state)
            if state != _OK:
                broken.append(f"{spec.name}/{file}")
    if broken:
        raise CorruptDataError(
            N_("Broken or missing: {files}. Fetch again: python -m cnnviz data fetch {names}"),
            files=Listed(broken),
            names=" ".join(sorted({name.split("/")[0] for name in broken})),
        )
    return 0


_ACTIONS: dict[str, Callable[[list[DatasetSpec], Output], int]] = {"list": _list, "fetch": _fetch, "check": _check}
