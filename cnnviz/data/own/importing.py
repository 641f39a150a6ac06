"""Import of an own data set: looked at first, then drawn, decoded and stored. Knows nothing of pages. No torch.

`look` opens a source and decodes a few of its pictures; `steps` imports it, a generator that can be closed at any
moment and leaves nothing then; `import_set` is the same as one call.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnviz.base.errors import ConfigurationError, CorruptDataError, DataError, PictureError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import not_one_of
from cnnviz.data.dataset_spec import SPLITS, DatasetSpec, Framing, Progress
from cnnviz.data.decoding_many import Decoded, Shape
from cnnviz.data.image_folder.dataset import any_color
from cnnviz.data.own import store
from cnnviz.data.own.limits import FREE_DISK, most_of_all
from cnnviz.data.own.measuring import Rows, largest_side, suggested_size
from cnnviz.data.own.names import checked_name
from cnnviz.data.own.opened import Contents, Opened, sizes_of
from cnnviz.data.own.opening import opened
from cnnviz.data.own.packing import copy, draw, facts_of, of_pictures, plain_values, skipped
from cnnviz.data.own.preview import ClassCount as ClassCount  # a source is looked at and imported in one place
from cnnviz.data.own.preview import Looked as Looked
from cnnviz.data.own.preview import Preview as Preview
from cnnviz.data.own.preview import Sample as Sample
from cnnviz.data.own.preview import look as look
from cnnviz.data.own.preview import looking as looking
from cnnviz.data.own.settings import ImportSettings
from cnnviz.data.own.sources import Source
from cnnviz.data.own.staging import staged

_LOOKED_AT = 100  # pictures
_NAMED = 3  # of unreadable pictures, in a sentence


@dataclass(frozen=True)
class Step:
    """How far an import is: pictures done, in all; at the end the set."""

    done: int
    total: int
    spec: DatasetSpec | None = None


class BrokenPicturesError(CorruptDataError):
    """Some pictures cannot be read, and nobody said that they may be left out. `broken`: all, by name."""

    broken: tuple[tuple[str, PictureError], ...] = ()


def import_set(
    source: Source,
    settings: ImportSettings,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> DatasetSpec:
    """`steps` in one go. Raises what they raise, and DataError where it was cancelled."""
    spec = None
    with closing(steps(source, settings)) as under_way:
        for step in under_way:
            spec = step.spec
            if progress is not None:
                progress(step.done, step.total)
            if spec is None and is_cancelled is not None and is_cancelled():
                break
    if spec is None:
        raise DataError(N_("The import of {name} was cancelled; nothing of it was kept."), name=settings.name)
    return spec


def steps(source: Source, settings: ImportSettings) -> Generator[Step, None, None]:
    """Import, a step at a time, a few in a second; the last has the set. Closed before, it leaves nothing.

    Raises ConfigurationError for settings that do not fit, DataError for a source that is none or a disk that is full,
    BrokenPicturesError.
    """
    name = checked_name(settings.name)
    if store.clashing(name) is not None:
        raise store.taken(name)
    try:
        with opened(source) as pictures, staged(name) as folder:
            yield from _steps(pictures, replace(settings, name=name), folder)
        spec = store.of_own(name)
        yield Step(spec.train_images + spec.test_images, spec.train_images + spec.test_images, spec)
    except OSError as error:
        raise DataError(
            N_("The set cannot be stored in `{path}` ({reason}). Make room, or set CNNVIZ_HOME to a folder of yours."),
            path=store.place(),
            reason=error.strerror or str(error),
        ) from error


def _steps(pictures: Opened, settings: ImportSettings, folder: Path) -> Generator[Step, None, None]:
    contents = pictures.contents
    classes, chosen = _chosen(contents, settings)
    drawn = draw(contents, settings, chosen, classes[contents.labels[chosen]])
    rows = drawn.rows
    shape = _shape(pictures, chosen, len(rows), settings)
    framing = _scaled(contents, shape)
    _refuse_full_disk(len(rows) * int(np.prod(shape)), contents.bytes_to_copy)
    array = folder / "decoded.npy"
    decoding = pictures.decode([int(row) for row in rows], array, shape, framing)
    with closing(decoding):
        while True:
            try:
                yield Step(next(decoding), len(rows))
            except StopIteration as end:
                decoded: Decoded = end.value
                break
    broken = [(pictures.name(int(rows[place])), error) for place, error in decoded.broken]
    if broken and not settings.skip_broken:
        raise _broken(broken, len(rows))
    parts = drawn.halves(decoded)
    images = np.load(array, mmap_mode="r")
    channels = shape[0] if settings.color or shape[0] == 1 or any_color(images) else 1
    for split, half in zip(SPLITS, parts, strict=True):
        for _part in copy(images, half, channels, folder / f"{split}.npy"):
            yield Step(len(rows), len(rows))
        store.save(folder / f"{split}-labels.npy", drawn.labels[half])
    del images
    array.unlink()
    (folder / "upload.zip").unlink(missing_ok=True)
    yield Step(len(rows), len(rows))
    is_measured = framing is None and not decoded.resized and channels == 1 and _are_grey(pictures, rows)
    facts = facts_of(contents, settings, folder, framing, is_measured)
    left_out = (skipped(broken),) if broken else ()
    said = (*contents.remarks, *drawn.remarks, *left_out, *of_pictures(folder, facts, decoded.resized))
    store.write_facts(folder, replace(facts, remarks=tuple((each.template, plain_values(each)) for each in said)))


def _chosen(contents: Contents, settings: ImportSettings) -> tuple[Rows, Rows]:
    """The new number of each class, -1 if it is none; and the rows of those that are. Raises ConfigurationError."""
    wanted = contents.classes if settings.classes is None else settings.classes
    for name in wanted:
        if name not in contents.classes:
            raise not_one_of("classes", name, contents.classes)
    kept = [name for name in contents.classes if name in wanted]
    if len(kept) < 2:
        raise ConfigurationError(
            N_("classes must name at least two of {known}. Got {value}."),
            known=Listed(contents.classes),
            value=Listed(wanted),
        )
    numbers = np.array([kept.index(name) if name in kept else -1 for name in contents.classes], np.int64)
    return numbers, np.flatnonzero(numbers[contents.labels] >= 0)


def _shape(pictures: Opened, rows: Rows, count: int, settings: ImportSettings) -> Shape:
    """What `count` pictures of these rows are decoded to. Raises ConfigurationError for a side at which they are too
    large together."""
    contents = pictures.contents
    channels = 1 if settings.color is False or contents.framing is not None else 3
    if settings.side is None:
        height, width = (
            contents.framed_size if contents.framing else suggested_size(sizes_of(pictures, rows), len(rows))
        )
    else:
        height = width = settings.side
    largest = largest_side(count, channels)
    if height * width > largest**2:
        raise ConfigurationError(
            N_("side must be {largest} or less: {count} pictures of {side} × {side} are too many for memory."),
            largest=largest,
            count=f"{count:,}",
            side=height,
        )
    return channels, height, width


def _are_grey(pictures: Opened, rows: Rows) -> bool:
    """Whether they came without colour, by some of them: one in colour that is asked about would be framed otherwise
    than it was imported."""
    for row in rows[:: max(1, len(rows) // _LOOKED_AT)]:
        try:
            if pictures.picture(int(row)).ndim == 3:
                return False
        except (PictureError, OSError):  # left out
            continue
    return True


def _scaled(contents: Contents, shape: Shape) -> Framing | None:
    """The framing, in pictures of another size."""
    framing = contents.framing
    if framing is None or contents.framed_size == shape[1:]:
        return framing
    scale = min(shape[1:]) / max(contents.framed_size)
    return Framing(max(1, round(framing.box * scale)), framing.centre, framing.pen * scale)


def _refuse_full_disk(of_pictures: int, copied: int) -> None:
    """Raises DataError. For a while the pictures lie there twice."""
    needed = 2 * of_pictures + copied
    home = next(path for path in (store.place(), *store.place().parents) if path.exists())
    free = shutil.disk_usage(home).free
    if free - needed < FREE_DISK:
        raise DataError(
            N_(
                "The import takes {needed} MB, and {free} MB are free, of which {kept} stay so. "
                "Make room, or choose a smaller side."
            ),
            needed=needed >> 20,
            free=free >> 20,
            kept=FREE_DISK >> 20,
        )
    held, most = store.bytes_of_all(), most_of_all()
    if held + of_pictures > most:
        raise DataError(
            N_(
                "All own sets together may take {most} MB; they take {held} MB, and this one {needed} MB more. "
                "Delete one first."
            ),
            most=most >> 20,
            held=held >> 20,
            needed=of_pictures >> 20,
        )


def _broken(broken: Sequence[tuple[str, PictureError]], total: int) -> BrokenPicturesError:
    error = BrokenPicturesError(
        N_(
            "{count} of {all} pictures cannot be read: {names}. Replace them, or say that they be left out. "
            "About the first: {reason}"
        ),
        count=len(broken),
        all=total,
        names=Listed.first((name for name, _ in broken), _NAMED),
        reason=broken[0][1],
    )
    error.broken = tuple(broken)
    return error
