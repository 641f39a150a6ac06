"""Link state: how a page reads and writes its part of the address by hand, and keeps it over a page switch.

A switch empties the address. What a link may hold, link_parameters.py says.

A parameter comes to its page in one of three ways: as a `LinkParam`, by `read` and `put`; as a widget with
`bind="query-params"`, which Streamlit reads and writes; as a code, the untranslated name of an option ("adamw"), by
`select_code`, since a bound select box would write the words it shows into the link.
A link can say anything, and comes from anybody. What is no value of its parameter's kind is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.base.link_kinds import one_of
from cnnviz.ui.shared.i18n import _, language

T = TypeVar("T")
_PAGE = "coded_page"  # in the session: (the page that is shown, how many were shown before)
_SPOKEN = "coded_spoken"  # in the session: key -> (the language its box was drawn in last, the words of its options)
_NO_PAGE = ("", 0)
# In the session: name -> [(number of the visit, text), ...] that was taken from the link or written to it, the newest
# last. The link comes back with every run of the page, one change late: a text in it that is known is an echo, and one
# that is not was typed or followed by somebody, and is news.
_KNOWN = "link_known"
_MOST_KNOWN = 50  # texts of each parameter


@dataclass(frozen=True)
class LinkParam(Generic[T]):
    """A parameter that a page reads and writes by hand; those bound to a widget Streamlit reads.

    The session may keep a copy of it, for the way back to its page.
    """

    name: str
    parse: Callable[[str], T | None]  # None for a text that is no such value
    write: Callable[[T], str]
    default: T  # is left out of the link

    def said(self) -> T | None:
        """What the link says; None if nothing, or nothing of this kind."""
        text = st.query_params.get(self.name)
        return None if text is None else self.parse(text)

    def read(self) -> T:
        """What the link says, else the default."""
        said = self.said()
        return self.default if said is None else said

    def news(self, among: int = _MOST_KNOWN, *, on_this_visit: bool = False) -> T | None:
        """What the link says, where somebody comes with it; None for what this session took from it or wrote itself.

        Known are the `among` latest texts, not the newest alone: the address may lag behind the page.
        `on_this_visit`: since the last page switch.
        """
        said = self.said()
        if said is None:
            return None
        text, visit = st.query_params[self.name], st.session_state.get(_PAGE, _NO_PAGE)[1]
        is_known = any(text == each and (when == visit or not on_this_visit) for when, each in self._known()[-among:])
        self.mark(text)
        return None if is_known else said

    def mark(self, text: str) -> None:
        """The link says this because the session does, or will: it is no news."""
        others = [each for each in self._known() if each[1] != text]
        known = [*others, (st.session_state.get(_PAGE, _NO_PAGE)[1], text)]
        st.session_state.setdefault(_KNOWN, {})[self.name] = known[-_MOST_KNOWN:]

    def put(self, value: T | None) -> None:
        """From now on the link says this; None, the default, and what is not of the kind take the parameter out."""
        text = "" if value is None or value == self.default else self.write(value)
        if not text or self.parse(text) is None:
            text = ""
            self.clear()
        elif st.query_params.get(self.name) != text:  # each write is sent
            st.query_params[self.name] = text
        self.mark(text)

    def clear(self) -> None:
        """Take it out of the link."""
        if self.name in st.query_params:
            del st.query_params[self.name]

    def kept(self) -> T:
        """What the link says, after a page switch what the session keeps, else the default."""
        said = self.said()
        kept: T = st.session_state.get(self._key, self.default) if said is None else said
        return kept

    def keep(self, value: T) -> None:
        """From now on link and session say this."""
        st.session_state[self._key] = value
        self.put(value)

    def forget(self) -> None:
        """Neither link nor session says anything any more."""
        st.session_state.pop(self._key, None)
        self.clear()

    def _known(self) -> list[tuple[int, str]]:
        known: list[tuple[int, str]] = st.session_state.get(_KNOWN, {}).get(self.name, [])
        return known

    @property
    def _key(self) -> str:
        return f"{self.name}_kept"


@dataclass(frozen=True)
class LinkGroup:
    """All parameters of a page, `name` and `name_...`: the session keeps them as they stand in the link."""

    name: str

    def restore(self) -> None:
        """After a page switch, put back what the session keeps; a link that says anything of ours counts alone."""
        if not self._ours():
            for name, text in st.session_state.get(self._key, {}).items():
                st.query_params[name] = text
        self.keep()

    def keep(self) -> None:
        """Keep what the link says."""
        st.session_state[self._key] = self._ours()

    def _ours(self) -> dict[str, str]:
        return {name: text for name, text in given().items() if name == self.name or name.startswith(f"{self.name}_")}

    @property
    def _key(self) -> str:
        return f"{self.name}_kept"


def given() -> dict[str, str]:
    """Everything the link says, as it came; of a parameter that comes twice, the last."""
    return dict(st.query_params.to_dict())


def every(name: str) -> list[str]:
    """All values of a parameter that may come more than once."""
    return list(st.query_params.get_all(name))


def remove(names: Iterable[str]) -> None:
    """Take parameters out before any widget is made.

    A widget that is bound to the link reads a copy of it which was made before the page ran; so that goes too.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as parameters:
        for name in names:
            parameters.remove_param(name)
        parameters.set_initial_query_params_from_current()


def visit_page(page: str) -> None:
    """Part of every page's frame: a link to it decides again what its boxes say."""
    shown, before = st.session_state.get(_PAGE, _NO_PAGE)
    if shown != page:
        st.session_state[_PAGE] = (page, before + 1)


def relabel(key: str, words: Sequence[str] | None = None) -> None:
    """Call it before a box whose options are translated: in another language it says its value anew.

    `words`: what the options are called now, where that changes within a language too. The browser keeps a box's
    words, and would go on sending those of before: they are no option any more.
    """
    spoken: dict[str, tuple[str, Sequence[str] | None]] = st.session_state.setdefault(_SPOKEN, {})
    before = spoken.get(key)
    now = (language(), words if words is not None or before is None else before[1])
    if before not in (None, now) and key in st.session_state:
        st.session_state[key] = st.session_state[key]
    spoken[key] = now


def choose_view(parameter: LinkParam[str], views: Mapping[str, str], key: str) -> str:
    """The switch between a page's views (code -> message), in the link by their codes: Streamlit would write words."""
    changed = st.session_state.pop(_next(key), None)
    if changed is not None:
        st.session_state[key] = changed
    view = st.segmented_control(
        _("Show"),
        list(views),
        default=parameter.read(),
        required=True,
        format_func=lambda each: _(views[each]),
        key=key,
        label_visibility="collapsed",
    )
    parameter.put(str(view))
    return str(view)


def change_view(key: str, view: str) -> None:
    """From the next run of the page on, this view is shown.

    The switch itself cannot be set before: a message of the browser that is under way, as a timer sends them, has it
    as it was, and would set it back.
    """
    st.session_state[_next(key)] = view


def change_code(key: str, code: str) -> None:
    """From the next run of the page on, the box or switch of codes says this, if it has it."""
    st.session_state[_next(key)] = code


def is_view_changing(key: str) -> bool:
    """Whether the page must run for the view that is wanted."""
    return _next(key) in st.session_state


def _next(key: str) -> str:
    return f"{key}_next"


def take_code(key: str, codes: Sequence[str]) -> None:
    """The code that the link says goes into the box: when somebody comes with it, not when it lags behind the box.

    Call it before the box with this key is made. After a page switch whatever the link says is somebody coming.
    """
    relabel(key)
    changed = st.session_state.pop(_next(key), None)
    if changed is not None:
        st.session_state[key] = changed
    if st.session_state.get(key, codes[0]) not in (*codes, None):
        del st.session_state[key]
    news = _parameter(key, codes).news(on_this_visit=True)
    if news is not None:
        st.session_state[key] = news


def select_code(
    title: str,
    codes: Sequence[str],
    *,
    key: str,
    name_of: Callable[[str], str],
    default: str | None = None,
    **usual: Any,
) -> str | None:
    """A select box of codes that shows their names; the code that is chosen. The link leaves `default` out."""
    take_code(key, codes)
    index = None if default is None else list(codes).index(default)
    names = {code: name_of(code) for code in codes}
    chosen = st.selectbox(title, codes, index, key=key, format_func=names.__getitem__, persist_state="session", **usual)
    _parameter(key, codes).put(None if chosen == default else chosen)
    return chosen


def choose_code(
    title: str, codes: Sequence[str], *, key: str, name_of: Callable[[str], str], default: str, **usual: Any
) -> str:
    """The same where there always is one."""
    return select_code(title, codes, key=key, name_of=name_of, default=default, **usual) or default


def switch_code(title: str, codes: Sequence[str], *, key: str, name_of: Callable[[str], str], **usual: Any) -> str:
    """A switch of codes that shows their names, at first the first one; the code that is chosen. As `choose_code`.

    `default`, where another one is to be shown at first; the link leaves out the first one all the same.
    """
    take_code(key, codes)
    usual = {"default": codes[0], **usual}
    names = {code: name_of(code) for code in codes}
    chosen = st.segmented_control(
        title, codes, required=True, key=key, format_func=names.__getitem__, persist_state="session", **usual
    )
    _parameter(key, codes).put(None if chosen == codes[0] else str(chosen))
    return str(chosen)


def _parameter(key: str, codes: Sequence[str]) -> LinkParam[str]:
    kind = one_of(codes)
    return LinkParam(key, kind.parse, kind.write, "")
