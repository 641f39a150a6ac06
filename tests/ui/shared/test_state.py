"""Link state: what a page reads and writes by hand, and what outlives a page switch."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.polling import PATIENCE


def _one_parameter() -> None:
    import streamlit as st

    from cnnviz.ui.shared.link_parameters import parameter

    number = parameter("data_sample", 1)
    if st.button("keep"):
        number.keep(3)
    if st.button("forget"):
        number.forget()
    st.write(str(number.kept()))


def _one_group() -> None:
    from cnnviz.ui.shared.state import LinkGroup

    LinkGroup("runs").restore()


def app_of(script: Callable[[], None], **link: str) -> AppTest:
    app = AppTest.from_function(script, default_timeout=PATIENCE)
    app.query_params.update(link)
    return app.run()


def said(app: AppTest) -> dict[str, str]:
    """The link."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def switch_page(app: AppTest) -> AppTest:
    """A page switch empties the link and leaves the session."""
    app.query_params.clear()
    return app.run()


def test_what_is_kept_outlives_a_page_switch() -> None:
    """In the link at once, in the session until it is forgotten; the link counts first."""
    app = app_of(_one_parameter)
    assert app.markdown[0].value == "1"
    app.button[0].click().run()
    assert (app.markdown[0].value, said(app)) == ("3", {"data_sample": "3"})
    assert switch_page(app).markdown[0].value == "3"
    app.query_params["data_sample"] = "5"
    assert app.run().markdown[0].value == "5"
    app.button[1].click().run()
    assert (app.markdown[0].value, said(app)) == ("1", {})


def test_the_default_and_what_is_of_no_use_stay_out() -> None:
    """A link with something else of that name has the default."""
    assert app_of(_one_parameter, data_sample="seven").markdown[0].value == "1"


def test_a_group_comes_back_as_it_was() -> None:
    """All parameters of a page, and no others; a link that names one of them counts alone."""
    app = app_of(_one_group, runs="7,3", runs_log="true", lang="zh")
    assert said(switch_page(app)) == {"runs": "7,3", "runs_log": "true"}
    app.query_params.clear()
    app.query_params["runs_view"] = "board"
    assert said(app.run()) == {"runs_view": "board"}
