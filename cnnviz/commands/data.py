"""Command `data`: what is on this machine, and getting more of it.

Its actions are `list`, `fetch`, `check`, `import` (`data_import.py`) and `remove`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from cnnviz.base.errors import ConfigurationError, CorruptDataError, DataError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.paths import data_root
from cnnviz.commands import data_import
from cnnviz.commands.output import Output, error_line
from cnnviz.data.dataset_spec import FOLDER, OWN, DatasetSpec
from cnnviz.data.registry import DATASETS, available, dataset

_IMPORT = "import"
_OK = "ok"  # as DatasetSpec.check says it


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """What can be said after the command."""
    parser.add_argument("action", choices=[*_ACTIONS, _IMPORT], metavar="ACTION", help=", ".join([*_ACTIONS, _IMPORT]))
    names = ", ".join((*DATASETS, f"{OWN}NAME", f"{FOLDER}PATH"))
    about = out.translated(N_("{names}; to import: a zip file, a folder, a file of MNIST, or a data set"), names=names)
    parser.add_argument("names", nargs="*", metavar="NAME", help=about)
    data_import.add_arguments(parser, out)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Do it; returns the exit code."""
    if arguments.action == _IMPORT:
        return data_import.run(arguments, out)
    chosen = [dataset(name) for name in arguments.names]
    return _ACTIONS[arguments.action](chosen, out)


def _list(chosen: list[DatasetSpec], out: Output) -> int:
    rows = []
    for spec in chosen or _all(out):
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


def _all(out: Output) -> Iterator[DatasetSpec]:
    """The app's data sets and own ones; of one that is damaged what is wrong with it."""
    for name in available():
        if not name.startswith(FOLDER):
            try:
                yield dataset(name)
            except DataError as error:
                out.line(error_line(error))


def _remove(chosen: list[DatasetSpec], out: Output) -> int:
    if not chosen:
        raise ConfigurationError(N_("Name what to remove: one of {names}."), names=Listed(available()))
    for spec in chosen:
        spec.files.remove(data_root())
        out.say(N_("{name}: removed"), name=spec.name)
        out.record(name=spec.name, present=False)
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
    for spec in chosen or [spec for spec in _all(out) if spec.is_present()]:
        out.remarks(spec)
        for file, state in spec.check():
            out.line(f"{spec.name}  {file}  {state}")
            out.record(name=spec.name, file=file, ok=state == _OK, problem="" if state == _OK else state)
            if state != _OK:
                broken.append(f"{spec.name}/{file}")
    if broken:
        fetched = sorted({name.split("/")[0] for name in broken if not name.startswith((OWN, FOLDER))})
        if not fetched:
            raise CorruptDataError(
                N_("Broken or missing: {files}. Remove the set and import it again."), files=Listed(broken)
            )
        raise CorruptDataError(
            N_("Broken or missing: {files}. Fetch again: python -m cnnviz data fetch {names}"),
            files=Listed(broken),
            names=" ".join(fetched),
        )
    return 0


_ACTIONS: dict[str, Callable[[list[DatasetSpec], Output], int]] = {
    "list": _list,
    "fetch": _fetch,
    "check": _check,
    "remove": _remove,
}
