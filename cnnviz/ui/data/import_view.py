"""Import form: a source is looked at; name, size, colour and classes are chosen beside a preview; it is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.link_kinds import shortened
from cnnviz.base.text import line, plain
from cnnviz.charts.gallery import channels_last, row_uri
from cnnviz.data.decoding import like_those_of
from cnnviz.data.own import store
from cnnviz.data.own.importing import ClassCount, ImportSettings, Looked, Preview, Sample, looking
from cnnviz.data.own.limits import LARGEST_SIDE, LONGEST_NAME, SMALLEST_SIDE
from cnnviz.data.own.measuring import count_aside
from cnnviz.data.own.names import checked_name
from cnnviz.data.own.sources import SetSource
from cnnviz.ui.data import import_job
from cnnviz.ui.data.import_source import Chosen
from cnnviz.ui.shared import jobs, state, visitor
from cnnviz.ui.shared.html import Html, html, table
from cnnviz.ui.shared.i18n import _, listed, sentence
from cnnviz.ui.shared.names import class_name
from cnnviz.ui.shared.page import colors
from cnnviz.ui.shared.run_text import with_label

_JOB = "data_own_look"
_SEEN = "data_own_seen"  # in the session: what the form was filled in for last
_LOOKED = "data_own_looked"  # in the session: what was looked at last
_AT_FIRST = 0.3  # seconds that the page waits for a look
_SIDES = (16, 28, 32, 48, 64, 96, 128, 224)  # pixels; the one that suits the source is added
_SHOWN_EACH = 6  # samples of a class
_SHOWN_CLASSES = 40  # rows: the others are counted
_MOST_NAMED = 500  # classes in the box
_MOST_BROKEN = 20  # named while looking
_ROW = 44  # CSS pixels of a sample
_MOST_SEED = 9999
_EACH_OF_PART = 50  # pictures of a class: "cat against dog, 50 each"


def show(chosen: Chosen | None) -> None:
    """The form for a source; nothing while there is none."""
    if chosen is None:
        return
    if st.session_state.get(_LOOKED) != chosen.about:
        st.session_state[_LOOKED] = chosen.about
        import_job.forget_failure()
    jobs.start(_JOB, chosen.about, partial(looking, chosen.source), _share_looked)
    now = jobs.latest(_JOB, _AT_FIRST)
    if not now.is_finished or now.error is not None:
        jobs.follow(_JOB, _progress)
    elif now.value is not None and now.value.preview is not None:
        _form(chosen, now.value.preview)
    else:  # stopped
        st.button(_("Look again"), key="data_own_look_again", on_click=jobs.forget, args=(_JOB,))


def _share_looked(now: Looked) -> float:
    return now.done / max(1, now.total)


def _progress(now: jobs.Latest) -> None:
    looked: Looked | None = now.value
    text = _("The list of its pictures is being read …")
    if looked is not None and looked.total:
        text = _("Sizes and samples: {done} of {total} pictures decoded …", done=looked.done, total=looked.total)
    jobs.show_progress(_JOB, now, text)


def _form(chosen: Chosen, preview: Preview) -> None:
    _fill_in(chosen, preview)
    left, right = st.columns([5, 8], gap="large")
    with left:
        settings = _settings(chosen, preview)
        label, settings = _action(preview, settings)
        is_off = import_job.is_underway() or _name_problem(settings.name) is not None
        if st.button(label, key="data_own_import", type="primary", icon=":material/download:", disabled=is_off):
            import_job.begin(chosen.source, settings)  # in no callback: its arguments would be those of the last run
            st.rerun()
    with right:
        _preview(preview, settings, bool(st.session_state.get("data_own_skip")))


def _action(preview: Preview, settings: ImportSettings) -> tuple[str, ImportSettings]:
    """What the button says and does: where pictures are known to be broken, all the others are imported."""
    if settings.skip_broken or not (preview.broken or import_job.found_broken()):
        return _("Import {count} pictures", count=f"{_count(preview, settings):,}"), settings
    return _("Leave those out and import the others"), replace(settings, skip_broken=True)


def _name_problem(name: str) -> CnnvizError | None:
    """Why no set can be called that."""
    try:
        called = checked_name(name)
    except CnnvizError as error:
        return error
    return None if store.clashing(called) is None else store.taken(called)


def _fill_in(chosen: Chosen, preview: Preview) -> None:
    """What suits a source, when it is first looked at; what was set for it stays."""
    if st.session_state.get(_SEEN) == chosen.about:
        return
    st.session_state[_SEEN] = chosen.about
    is_part = isinstance(chosen.source, SetSource)
    names = [each.name for each in preview.classes]
    st.session_state.update(
        {
            "data_own_name": preview.name,
            "data_own_side": preview.side,
            "data_own_color": "colour" if preview.color else "grey",
            "data_own_each": _EACH_OF_PART if is_part else None,
            "data_own_classes": names[:2] if is_part else names[:_MOST_NAMED],
            "data_own_skip": False,
        }
    )


def _settings(chosen: Chosen, preview: Preview) -> ImportSettings:
    """The controls, under each other."""
    name = st.text_input(_("Name"), key="data_own_name", max_chars=4 * LONGEST_NAME, persist_state="session")
    wrong = None if import_job.is_underway() else _name_problem(name)
    if wrong is not None:
        said = f":red[{with_label(wrong, {'name': _('Name')})}]"
        st.caption(said)
    classes = _choose_classes(preview)
    side, is_color = _choose_size(preview)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        each = st.number_input(
            _("At most of each class"), 1, None, key="data_own_each", placeholder=_("all"), persist_state="session"
        )
        seed = st.number_input(_("Seed"), 0, _MOST_SEED, 0, key="data_own_seed", persist_state="session")
    share = _choose_share(preview)
    skips = st.toggle(_("Leave out pictures that cannot be read"), key="data_own_skip", persist_state="session")
    return ImportSettings(
        name=name,
        side=side,
        color=is_color,
        test_share=share,
        seed=int(seed),
        classes=classes,
        each=None if each is None else int(each),
        skip_broken=skips,
        owner=visitor.owner(),
    )


def _choose_classes(preview: Preview) -> tuple[str, ...] | None:
    """None: all of them."""
    names = [each.name for each in preview.classes]
    if len(names) > _MOST_NAMED:
        return None
    shown = {name: line(class_name(name)) for name in names}  # the box shows text as it is
    chosen = st.multiselect(
        _("Which classes"), names, key="data_own_classes", format_func=shown.__getitem__, persist_state="session"
    )
    return None if len(chosen) == len(names) else tuple(name for name in names if name in chosen)


def _choose_size(preview: Preview) -> tuple[int, bool]:
    sides = sorted({*(side for side in _SIDES if SMALLEST_SIDE <= side <= LARGEST_SIDE), preview.side})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = st.selectbox(
            _("Size"), sides, key="data_own_side", format_func=lambda n: f"{n} × {n}", persist_state="session"
        )
        names = {"colour": _("colour"), "grey": _("grey")}
        state.relabel("data_own_color")
        color = st.segmented_control(
            _("Channels"),
            list(names),
            key="data_own_color",
            required=True,
            format_func=names.__getitem__,
            persist_state="session",
        )
    return int(side or preview.side), color != "grey"


def _choose_share(preview: Preview) -> float:
    if preview.has_test:
        st.caption(_("The test pictures that came with it are kept apart."))
        return ImportSettings.test_share
    percent = st.slider(
        _("Put aside for testing"), 5, 50, 20, 5, key="data_own_share", format="%d%%", persist_state="session"
    )
    return percent / 100


def _count(preview: Preview, settings: ImportSettings) -> int:
    """Pictures that would be imported."""
    return sum(_wanted(each, settings, preview.has_test) for each in _classes(preview, settings))


def _wanted(each: ClassCount, settings: ImportSettings, has_test: bool) -> int:
    """Of a class: what is put aside is all kept, `each` bounds what there is to train on."""
    test = each.test if has_test else count_aside(each.train, settings.test_share)
    train = each.train if has_test else each.train - test
    return test + (train if settings.each is None else min(train, settings.each))


def _classes(preview: Preview, settings: ImportSettings) -> list[ClassCount]:
    return [each for each in preview.classes if settings.classes is None or each.name in settings.classes]


def _preview(preview: Preview, settings: ImportSettings, skips: bool) -> None:
    """A row for each class: its counts, and a few of its pictures as they will be."""
    classes = _classes(preview, settings)
    head = [_("Class"), _("Pictures"), _("As they will be")]
    rows = [_row(each, preview.samples, settings) for each in classes[:_SHOWN_CLASSES]]
    with st.container(key="data_own_preview"):
        st.html(table(_("What is in it"), head, rows))
    if len(classes) > _SHOWN_CLASSES:
        st.caption(_("And {count} classes more.", count=f"{len(classes) - _SHOWN_CLASSES:,}"))
    sizes = [f"{width} × {height}" for (height, width), _count_of in preview.sizes[:3]]
    if sizes:
        st.caption(
            _(
                "They came as {sizes} pixels (width × height), and become {side} × {side}.",
                sizes=listed(sizes),
                side=settings.side,
            )
        )
    for remark in preview.remarks:
        st.caption(_(remark.template, **{gap: _text(value) for gap, value in remark.values.items()}))
    _broken(preview, skips)


def _broken(preview: Preview, skips: bool) -> None:
    """Of the pictures looked at those that cannot be read."""
    if not preview.broken or skips or import_job.found_broken():  # then they are named already
        return
    named = preview.broken[:_MOST_BROKEN]
    lines = "\n".join(f"- {plain(shortened(name))}: {sentence(error)}" for name, error in named)
    text = _("Some pictures cannot be read:")
    said = f"{text}\n\n{lines}"
    st.warning(said, icon=":material/broken_image:")


def _row(each: ClassCount, samples: Sequence[Sample], settings: ImportSettings) -> list[object]:
    train = min(each.train, settings.each or each.train)
    count = f"{train:,}"
    if each.test:
        count = _("{train} + {test} to test", train=count, test=f"{each.test:,}")
    shown = [sample for sample in samples if sample.class_name == each.name][:_SHOWN_EACH]
    return [class_name(each.name), count, _pictures(each.name, shown, settings)]


def _pictures(name: str, samples: Sequence[Sample], settings: ImportSettings) -> Html:
    """Side by side, made as the import makes them."""
    if not samples:
        return Html("")
    side = settings.side or SMALLEST_SIDE
    size = (3 if settings.color else 1, side, side)
    made = np.stack([like_those_of(size, sample.picture) for sample in samples])
    alt = html(_("{count} pictures of class {name}", count=len(made), name=class_name(name)))
    address = row_uri(channels_last(made), colors()["background"])
    return Html(f'<img src="{address}" alt="{alt}" style="height:{_ROW}px;image-rendering:pixelated">')


def _text(value: object) -> object:
    return plain(value) if isinstance(value, str) else value
