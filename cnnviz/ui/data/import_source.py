"""Import source: a zip that is uploaded, a folder of the server, or part of a data set that is here.

An upload lies in the server's memory until Streamlit lets it go: it is copied into a file without a name, which is
gone with the session however that ends, and its memory is given back at once.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.base import paths
from cnnviz.base.errors import CnnvizError, DataError
from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.base.text import line, memory, plain
from cnnviz.data.own.offered import offered_folders, pictures_root, resolve_offered
from cnnviz.data.own.sources import FolderSource, IdxSource, SetSource, Source, ZipSource, is_idx_name
from cnnviz.data.registry import available, dataset
from cnnviz.ui.shared import state, uploads
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import keep_error, show_error

_UPLOAD = "data_own_upload"  # in the session: the `_Upload`
_GENERATION = "data_own_upload_generation"  # in the session: a new box for each upload, so that the old one lets go
_ERROR = "data_own_upload"
_BOX_WIDTH = 340  # CSS pixels
_EXAMPLE = """fruit.zip
├── apple    1.jpg  2.jpg  3.jpg …
├── banana   1.jpg  2.jpg  3.jpg …
└── cherry   1.jpg  2.jpg  3.jpg …"""
_NUMBERS = itertools.count(1)

_SEVERAL = N_(
    "One zip file at a time is imported, or the files of a set like MNIST together (images and labels). "
    "Got {count} files, first {name}; choose them anew."
)
_NOTHING_KEPT = N_(
    "The uploaded file cannot be kept on the server ({reason}). Ask for room on its disk, then upload it again."
)


@dataclass(frozen=True, eq=False)
class Chosen:
    """A source, and what tells it from another one."""

    source: Source
    about: Hashable


@dataclass(frozen=True, eq=False)
class _Upload:
    name: str
    size: int  # bytes
    chosen: Chosen


def uploaded() -> Chosen | None:
    """The box for a file; once there is one, its name and the way to another one."""
    kept: _Upload | None = st.session_state.get(_UPLOAD)
    if kept is None:
        _box()
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        about = f":material/folder_zip: **{plain(shortened(kept.name))}**, {memory(kept.size)}"
        st.markdown(about, width="content")
        st.button(_("Another file"), key="data_own_another", icon=":material/close:", on_click=release)
    return kept.chosen


def release() -> None:
    """Let go of the upload: the file is closed, which removes it."""
    kept: _Upload | None = st.session_state.pop(_UPLOAD, None)
    if kept is not None and isinstance(kept.chosen.source, ZipSource):
        cast("BinaryIO", kept.chosen.source.file).close()


def are_folders_offered() -> bool:
    """Whether the operator of the server has set a root for folders of pictures."""
    return pictures_root() is not None


def server_folder() -> Chosen | None:
    """The box of the folders and zip files that the operator offers. Raises DataError."""
    offered = offered_folders()
    if not offered:
        st.info(_("There is no folder and no zip file in the place that this server offers."), icon=":material/info:")
        return None
    name = st.selectbox(
        _("Folder on the server"),
        offered,
        index=None,
        format_func=line,  # the box shows text as it is
        width=_BOX_WIDTH,
        key="data_own_folder",
        placeholder=_("Choose a folder or a zip file"),
        persist_state="session",
    )
    if name is None:
        return None
    path = resolve_offered(name)
    if path.is_dir():
        return Chosen(FolderSource(path, within=pictures_root()), ("folder", str(path)))
    return Chosen(ZipSource(path, path.name), ("zip", str(path), path.stat().st_mtime_ns))


def part_of_a_set(shown: str) -> Chosen | None:
    """The box of the data sets that are here, at first the one that the page shows."""
    present = [name for name in available() if _is_present(name)]
    if not present:
        st.info(_("There is no data set on this machine to take pictures from."), icon=":material/info:")
        return None
    name = state.choose_code(
        _("Take from"),
        present,
        key="data_own_from",
        name_of=data_name,
        default=shown if shown in present else present[0],
        width=_BOX_WIDTH,
    )
    return Chosen(SetSource(name), ("set", name))


def _is_present(name: str) -> bool:
    try:
        return dataset(name).is_present()
    except CnnvizError:  # a folder that is not here any more
        return False


def _box() -> None:
    show_error(_ERROR, None)
    generation = st.session_state.setdefault(_GENERATION, 0)
    key = f"data_own_file_{generation}"
    st.file_uploader(
        _("A zip file with a folder of pictures for each class, at most {most} MB", most=uploads.ARCHIVE),
        key=key,
        accept_multiple_files=True,
        max_upload_size=uploads.ARCHIVE,
        on_change=_keep,
        args=(key,),
        help=_(
            "Pictures: JPEG, PNG, WebP, BMP, GIF, TIFF. Or the files of a set like MNIST together, images and "
            "labels, packed with gzip or not."
        ),
    )
    st.caption(
        _("What the zip file holds: a folder for each class. Folders train and test around them are kept apart.")
    )
    st.code(_EXAMPLE, language=None)


def _keep(key: str) -> None:
    """Take over what was uploaded, and have the server's memory given back."""
    files: Sequence[Any] = st.session_state.get(key) or ()
    if not files:
        return
    release()
    try:
        source = _source(files)
        size = sum(file.size for file in files)
        about = ("upload", next(_NUMBERS))
        st.session_state[_UPLOAD] = _Upload(files[0].name, size, Chosen(source, about))
    except CnnvizError as error:
        keep_error(_ERROR, None, error)
    st.session_state[_GENERATION] += 1
    _give_back(files)


def _source(files: Sequence[Any]) -> Source:
    """Raises DataError."""
    if all(is_idx_name(file.name) for file in files):
        return IdxSource({file.name: file.getvalue() for file in files})
    if len(files) > 1:
        raise DataError(_SEVERAL, count=len(files), name=shortened(files[0].name))
    return ZipSource(_spooled(files[0]), files[0].name)


def _spooled(file: BinaryIO) -> BinaryIO:
    """In a file that has no name, on the disk that the sets lie on. Raises DataError."""
    try:
        paths.home().mkdir(parents=True, exist_ok=True)
        kept = tempfile.TemporaryFile(dir=paths.home())  # noqa: SIM115 - it outlives this run of the page
        shutil.copyfileobj(file, kept, 1 << 20)
        kept.seek(0)
    except OSError as error:
        raise DataError(_NOTHING_KEPT, reason=error.strerror or str(error)) from error
    return cast("BinaryIO", kept)


def _give_back(files: Sequence[Any]) -> None:
    """Streamlit keeps an upload until its session ends, also where its box is gone."""
    context = get_script_run_ctx()
    remove = getattr(getattr(context, "uploaded_file_mgr", None), "remove_file", None)
    for file in files:
        if remove is not None and context is not None:
            remove(session_id=context.session_id, file_id=file.file_id)
