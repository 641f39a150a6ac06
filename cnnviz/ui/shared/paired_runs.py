"""Paired runs: a few ways of training beside each other, over the same seeds, started and watched in any view.

A button puts one run for each way and seed into the visitor's place in the queue, all at once, so that leaving the page
keeps none back. Live: one chart, a table, and the link to Runs with all of them. The runs' numbers are in the link
(`KEY_runs`, registered in link_parameters.PAIRED): who comes back, or follows the link, sees the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from statistics import fmean
from urllib.parse import quote

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.base.text import percent, plain
from cnnviz.charts.paired import MOST_LINES, paired_chart, sketch, swatch
from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler, speed
from cnnviz.runs.run import RunRecord
from cnnviz.runs.search import chosen
from cnnviz.ui.shared import state, visitor, warmup
from cnnviz.ui.shared.i18n import _, listed, sentences
from cnnviz.ui.shared.link_parameters import MOST_PAIRED, parameter, run
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, forget_error, keep_error, page_link, show_error, theme_type
from cnnviz.ui.shared.paired_outcomes import MEASURES, Comparison, Outcome, Variant, compared
from cnnviz.ui.shared.plotly_chart import plotly_chart
from cnnviz.ui.shared.run_text import STATUSES, duration
from cnnviz.ui.shared.state import LinkParam

_FAST, _SLOW = 1.0, 4.0  # seconds between two looks
_CSS = css("shared/paired_runs")


def paired_runs(
    key: str,
    variants: Sequence[Variant],
    seeds: Sequence[int] = (0,),
    *,
    measures: Sequence[str] = ("test",),
    conclude: Callable[[Sequence[Outcome]], str] | None = None,
) -> None:
    """The button, and below it what the runs have come to.

    `measures` of MEASURES are columns of the table, the first is drawn (a switch above the chart where there are
    several). `conclude` gives the sentence that is said once all runs have ended: what was to be seen, with their
    numbers (no HTML; it is shown as it is).
    """
    with errors_as_sentences():
        numbers = _parameter(key)
        _note_unread(key)
        numbers.keep(numbers.kept())
        is_live = any(record.is_active for record in _runs(key))
        rate = visitor.refresh_rate(_FAST, _SLOW) if is_live else None
        st.fragment(_panel, run_every=rate)(key, tuple(variants), tuple(seeds), tuple(measures), conclude, is_live)


def comparison(key: str, variants: Sequence[Variant]) -> Comparison:
    """What the runs in the link are to these ways of training."""
    return compared(_parameter(key).kept(), _runs(key), variants)


def _parameter(key: str) -> LinkParam[tuple[int, ...]]:
    return parameter(f"{key}_runs", ())


def _runs(key: str) -> list[RunRecord]:
    return chosen(scheduler.store(), _parameter(key).kept())


def _panel(
    key: str,
    variants: tuple[Variant, ...],
    seeds: tuple[int, ...],
    measures: tuple[str, ...],
    conclude: Callable[[Sequence[Outcome]], str] | None,
    was_live: bool,
) -> None:
    with errors_as_sentences():
        scheduler.dispatch()
        if warmup.done():
            scheduler.prewarm()
        if any(record.is_active for record in _runs(key)) != was_live:
            st.rerun()  # the whole page: a fragment cannot change its own timer
        found = comparison(key, variants)
        with st.container(key=f"{key}_paired", gap="small"):
            st.html(f"<style>{_CSS}</style>")
            _bar(key, variants, seeds, found.records)
            show_error(key, key)
            if found.outcomes:
                _results(key, found, measures, conclude)
            else:
                _sketch(variants, measures)
            for sentence in [*_remarks(found), *_unread(key)]:
                st.caption(sentence)


def _bar(key: str, variants: Sequence[Variant], seeds: Sequence[int], records: Sequence[RunRecord]) -> None:
    """The button that starts, or while they train the one that stops them; beside it what it comes to."""
    wanted = [(variant, replace(variant.config, seed=seed)) for variant in variants for seed in seeds]
    missing = sorted({variant.config.data for variant, _config in wanted if not _is_here(variant.config.data)})
    if {record.config for record in records if record.status == "finished"} >= {config for _v, config in wanted}:
        return  # the results say that there is nothing left to train
    with st.container(horizontal=True, vertical_alignment="center"):
        if any(record.is_active for record in records):
            _stop_button(key, records)
            return
        st.button(
            _("Train {count} networks", count=len(wanted)),
            type="primary",
            icon=":material/play_arrow:",
            key=f"{key}_train",
            disabled=bool(missing),
            on_click=_start,
            args=(key, [(variant.label, config) for variant, config in wanted]),
        )
        st.caption(_plan_in_words(variants, seeds))
    if missing:
        st.info(_("{data} is not on this machine yet.", data=listed(plain(data_name(each)) for each in missing)))
        page_link("data", N_("Fetch it on the page Data"), ":material/download:", {"data_name": missing[0]})


def _is_here(data: str) -> bool:
    """Of the built-in sets; a set of one's own says itself, as a training of it begins, if it is gone."""
    return data not in DATASETS or DATASETS[data].is_present()


def _stop_button(key: str, records: Sequence[RunRecord]) -> None:
    st.button(_("Stop"), key=f"{key}_stop", icon=":material/stop:", on_click=_stop, args=(key,))
    ended = sum(not record.is_active for record in records)
    done = sum(record.epochs_done if record.is_active else record.config.epochs for record in records)
    planned = sum(record.config.epochs for record in records)
    text = _(
        "{ended} of {count} runs have ended; they go on when you leave this page.", ended=ended, count=len(records)
    )
    st.progress(min(1.0, done / planned), text=text)


def _plan_in_words(variants: Sequence[Variant], seeds: Sequence[int]) -> str:
    """How many epochs of each, which seeds, and how long that takes if runs like these have been here."""
    drawn = _("Seeds {seeds}.", seeds=listed(seeds)) if len(seeds) > 1 else _("Seed {seed}.", seed=seeds[0])
    epochs = {variant.config.epochs for variant in variants}
    words = sentences(_("Up to {epochs} epochs each.", epochs=max(epochs)), drawn)
    known = [speed.seconds_of(scheduler.store(), variant.config) for variant in variants]
    if any(seconds is None for seconds in known):
        return words
    whole = duration(len(seeds) * sum(seconds for seconds in known if seconds is not None))
    return sentences(words, _("Takes about {duration} here.", duration=whole))


def _start(key: str, named: list[tuple[str, TrainConfig]]) -> None:
    forget_error(key)
    st.session_state.pop(f"{key}_unread", None)
    try:
        _parameter(key).keep(scheduler.submit_together(named, visitor.owner()))
    except CnnvizError as error:
        keep_error(key, key, error)


def _stop(key: str) -> None:
    try:
        for record in _runs(key):
            if record.is_active:
                scheduler.stop(record.id)
    except CnnvizError as error:
        keep_error(key, key, error)


def _results(
    key: str,
    found: Comparison,
    measures: Sequence[str],
    conclude: Callable[[Sequence[Outcome]], str] | None,
) -> None:
    shown = found.outcomes
    if not found.is_asked:
        st.caption(_("These runs had other settings than those chosen now."))
    if any(history.epochs for outcome in shown for history in outcome.histories):
        if conclude is not None and found.is_complete:
            st.html(f'<p class="cnn-concluded" role="status">{escape(conclude(shown))}</p>')
        _chart(key, shown[:MOST_LINES], _drawn(key, measures))
    st.html(_table(shown, measures))
    if max(len(outcome.records) for outcome in shown) > 1:
        st.caption(_("Line: mean over the seeds; band: from the lowest to the highest."))
    count = len(found.records)
    if found.is_complete and count > 1:
        st.caption(_("All {count} runs have ended. Change a setting to train others.", count=count))
    numbers = ",".join(str(record.id) for record in found.records)
    page_link("runs", N_("Lay these runs over each other"), ":material/stacked_line_chart:", {"runs": numbers})


def _remarks(found: Comparison) -> list[str]:
    """What the link's runs lack, and which of them do not belong."""
    said = []
    if found.lacking and found.has_ended:
        ways = listed(plain(label) for label in found.lacking)
        said.append(_("Nothing is concluded: a run is missing of {ways}.", ways=ways))
    if found.others:
        runs = listed(found.others)
        said.append(_("Left out, as it is no part of this comparison: run {runs}.", runs=runs))
    if found.gone:
        said.append(_("Not here, or deleted: run {runs}.", runs=listed(found.gone)))
    return said


def _note_unread(key: str) -> None:
    """Keep what stands in the link and can be no run's number: the link itself is written anew without it."""
    said = state.given().get(f"{key}_runs", "").split(",")
    wrong = [shortened(part.strip()) for part in said if part.strip() and run.parse(part.strip()) is None]
    if wrong:
        st.session_state[f"{key}_unread"] = wrong[:MOST_PAIRED]


def _unread(key: str) -> list[str]:
    wrong = st.session_state.get(f"{key}_unread")
    return [_("The link names what is no run: {values}.", values=listed(map(plain, wrong)))] if wrong else []


def _sketch(variants: Sequence[Variant], measures: Sequence[str]) -> None:
    """Where the results will be: quiet lines, and in words what they will show."""
    text = _(
        "Here: {measure} epoch by epoch, a line each for {ways}. Below, a table, and a sentence on what was seen.",
        measure=_(MEASURES[measures[0]][0]),
        ways=" · ".join(variant.label for variant in variants),
    )
    picture = quote(sketch(min(len(variants), MOST_LINES), theme_type()))
    st.html(
        f'<figure class="cnn-paired-sketch"><img src="data:image/svg+xml,{picture}" alt="">'
        f"<figcaption>{escape(text)}</figcaption></figure>"
    )


def _drawn(key: str, measures: Sequence[str]) -> str:
    if len(measures) == 1:
        return measures[0]
    return str(
        st.segmented_control(
            _("Drawn"),
            list(measures),
            default=measures[0],
            required=True,
            format_func=lambda code: _(MEASURES[code][0]),
            key=f"{key}_drawn",
            label_visibility="collapsed",
        )
    )


def _chart(key: str, found: Sequence[Outcome], code: str) -> None:
    title, measure = MEASURES[code]
    bands = [outcome.band(measure) for outcome in found]
    planned = max(outcome.config.epochs for outcome in found)
    spoken = _(
        "{metric} over {axis}, newest values: {values}",
        metric=_(title),
        axis=_("Epoch"),
        values=listed(f"{band.label} {percent(float(band.mean[-1]))}" for band in bands if len(band.mean)),
    )
    figure = partial(paired_chart, bands, planned, _("Epoch"), _(title), theme_type())
    plotly_chart(figure, f"{key}_chart", spoken)


def _table(found: Sequence[Outcome], measures: Sequence[str]) -> str:
    """One row for each way: name, mean and spread of each measure, seconds, and what became of it if not finished."""
    heads = [_("Training"), *(_(MEASURES[code][0]) for code in measures), _("Seconds")]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(_row(outcome, measures, index) for index, outcome in enumerate(found))
    return f'<div class="cnn-paired"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(outcome: Outcome, measures: Sequence[str], index: int) -> str:
    cells = [_mean_and_spread(outcome.last(MEASURES[code][1])) for code in measures]
    seconds = sum(record.seconds for record in outcome.records)
    odd = [_(STATUSES[record.status]) for record in outcome.records if record.status != "finished"]
    if odd and len(outcome.records) > 1:
        odd.insert(0, _("{count} of {all}", count=len(outcome.records) - len(odd), all=len(outcome.records)))
    state = f" <small>{escape(listed(dict.fromkeys(odd)))}</small>" if odd else ""
    line = f'<img src="data:image/svg+xml,{quote(swatch(index, theme_type()))}" alt="">' if index < MOST_LINES else ""
    name = f'<th scope="row">{line}{escape(outcome.label)}{state}</th>'
    return f"<tr>{name}{''.join(f'<td>{cell}</td>' for cell in cells)}<td>{seconds:.1f}</td></tr>"


def _mean_and_spread(values: Sequence[float]) -> str:
    known = [value for value in values if value == value]
    if not known:
        return "–"
    mean = f"<b>{percent(fmean(known))}</b>"
    if len(known) == 1:
        return mean
    low, high = (percent(end(known)) for end in (min, max))
    return f"{mean} <small>{low.rstrip('%')}–{high}</small>"
