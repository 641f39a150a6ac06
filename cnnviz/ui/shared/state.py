"""Link state: how a page reads and writes its part of the address by hand, and keeps it over a page switch, which
empties the address. What a link may hold, link_parameters.py says.

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
_SPOKEN = "coded_spoken"  # in the session: key -> the language its box was drawn in last
# In the session: key -> (number of the visit, the codes taken from the link or written to it since then). The link
# comes back with every run of the page, one change late: a code in it that is known is an echo of the box, and one that
# is not was typed or followed by somebody, and counts.
_KNOWN = "coded_known"


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

    def put(self, value: T | None) -> None:
        """From now on the link says this; None, the default, and what is not of the kind take the parameter out."""
        text = "" if value is None or value == self.default else self.write(value)
        if not text or self.parse(text) is None:
            self.clear()
        elif st.query_params.get(self.name) != text:  # each write is sent
            st.query_params[self.name] = text

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
    shown, before = st.session_state.get(_PAGE, ("", 0))
    if shown != page:
        st.session_state[_PAGE] = (page, before + 1)


def relabel(key: str) -> None:
    """Call it before a box whose options are translated: in another language it says its value anew.

    The browser keeps a box's words, and would go on sending those of the language before: they are no option any more.
    """
    spoken: dict[str, str] = st.session_state.setdefault(_SPOKEN, {})
    if spoken.get(key, language()) != language() and key in st.session_state:
        st.session_state[key] = st.session_state[key]
    spoken[key] = language()


def choose_view(parameter: LinkParam[str], views: Mapping[str, str], key: str) -> str:
    """The switch between a page's views (code -> message), in the link by their codes: Streamlit would write words."""
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


def take_code(key: str, codes: Sequence[str]) -> None:
    """The code that the link says goes into the box: when somebody comes with it, not when it lags behind the box.

    Call it before the box with this key is made. A page switch or a code that is not in `_KNOWN` is somebody coming.
    """
    relabel(key)
    if st.session_state.get(key, codes[0]) not in (*codes, None):
        del st.session_state[key]
    known: dict[str, tuple[int, frozenset[str]]] = st.session_state.setdefault(_KNOWN, {})
    now = st.session_state.get(_PAGE, ("", 0))[1]
    visited, texts = known.get(key, (None, frozenset()))
    said = _parameter(key, codes).said()
    if said is not None and (visited != now or said not in texts):
        st.session_state[key] = said
    known[key] = (now, (texts if visited == now else frozenset()) | ({said} if said is not None else set()))


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
    _write(key, codes, None if chosen == default else chosen)
    return chosen


def choose_code(title: str, codes: Sequence[str], *, key: str, name_of: Callable[[str], str], default: str) -> str:
    """The same where there always is one."""
    return select_code(title, codes, key=key, name_of=name_of, default=default) or default


def _write(key: str, codes: Sequence[str], text: str | None) -> None:
    _parameter(key, codes).put(text)
    if text is not None:
        number, texts = st.session_state[_KNOWN][key]
        st.session_state[_KNOWN][key] = (number, texts | {text})


def _parameter(key: str, codes: Sequence[str]) -> LinkParam[str]:
    kind = one_of(codes)
    return LinkParam(key, kind.parse, kind.write, "")
