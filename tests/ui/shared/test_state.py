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


def _relabelled() -> None:
    import streamlit as st

    from cnnviz.ui.shared import state

    answer = st.number_input("answer", 0, 9)
    names = {"": f"{answer}, the answer", "4": "4"}
    state.relabel("box", list(names.values()))
    state.select_code("why", list(names), key="box", name_of=names.__getitem__, default="")


def _news() -> None:
    import streamlit as st

    from cnnviz.ui.shared import state
    from cnnviz.ui.shared.link_parameters import parameter

    text = parameter("runs_text", "")
    state.visit_page(st.session_state.get("page", "runs"))
    if st.button("put"):
        text.put("mine")
    if st.button("mark"):
        text.mark("sent")
    st.write(str((text.news(), text.news())))


def _views() -> None:
    import streamlit as st

    from cnnviz.ui.shared import state
    from cnnviz.ui.shared.link_parameters import parameter

    @st.fragment
    def part() -> None:
        st.button("change", on_click=state.change_view, args=("box", "compare"))
        st.write(str(state.is_view_changing("box")))

    st.write(state.choose_view(parameter("runs_view", "compare"), {"compare": "Compare", "sweeps": "Sweeps"}, "box"))
    part()


def _news_of_the_newest() -> None:
    import streamlit as st

    from cnnviz.ui.shared import state
    from cnnviz.ui.shared.link_parameters import parameter

    text = parameter("runs_text", "")
    state.visit_page(st.session_state.get("page", "runs"))
    if st.button("twice"):
        text.put("mine")
        text.put("newer")
    st.write(str((text.news(among=1), text.news(among=1))))


def _news_of_a_visit() -> None:
    import streamlit as st

    from cnnviz.ui.shared import state
    from cnnviz.ui.shared.link_parameters import parameter

    state.visit_page(st.session_state.get("page", "runs"))
    st.write(str(parameter("runs_text", "").news(on_this_visit=True)))


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


def test_what_the_session_wrote_is_no_news() -> None:
    """Somebody's link is news once; what was put, or marked because the browser will write it, is none."""
    app = app_of(_news, runs_text="theirs")
    assert app.markdown[0].value == "('theirs', None)"
    assert app.run().markdown[0].value == "(None, None)"
    app.button[0].click().run()
    assert said(app) == {"runs_text": "mine"}
    app.button[1].click().run()
    for echo in ("mine", "sent", "theirs"):
        app.query_params["runs_text"] = echo
        assert app.run().markdown[0].value == "(None, None)", echo
    app.query_params["runs_text"] = "another"
    assert app.run().markdown[0].value == "('another', None)"


def test_an_older_text_may_count_as_news_again() -> None:
    """Where only the newest is known: the way Back is one that somebody went."""
    app = app_of(_news_of_the_newest)
    app.button[0].click().run()
    assert (said(app), app.markdown[0].value) == ({"runs_text": "newer"}, "(None, None)")
    app.query_params["runs_text"] = "mine"
    assert app.run().markdown[0].value == "('mine', None)"


def test_after_a_page_switch_a_link_is_news_again() -> None:
    """Where known is what this visit of the page took."""
    app = app_of(_news_of_a_visit, runs_text="theirs")
    assert app.markdown[0].value == "theirs"
    assert app.run().markdown[0].value == "None"
    app.session_state["page"] = "home"
    assert app.run().markdown[0].value == "theirs"


def test_a_group_comes_back_as_it_was() -> None:
    """All parameters of a page, and no others; a link that names one of them counts alone."""
    app = app_of(_one_group, runs="7,3", runs_log="true", lang="zh")
    assert said(switch_page(app)) == {"runs": "7,3", "runs_log": "true"}
    app.query_params.clear()
    app.query_params["runs_view"] = "board"
    assert said(app.run()) == {"runs_view": "board"}


def test_a_message_under_way_does_not_set_the_view_back() -> None:
    """A button of a fragment changes the view; the browser, which has not heard of it, sends the switch as it was."""
    app = app_of(_views, runs_view="sweeps")
    assert [each.value for each in app.markdown] == ["sweeps", "False"]
    app.button[0].click()
    app.segmented_control(key="box").set_value("sweeps")
    app.run()
    assert [each.value for each in app.markdown] == ["compare", "False"]
    assert said(app) == {}
    assert app.run().markdown[0].value == "compare"


def test_a_box_with_other_words_says_its_value_anew() -> None:
    """Once: the browser has kept the words of before. While they stay, the box is the visitor's."""
    app = app_of(_relabelled)
    assert not app.selectbox[0].proto.set_value
    app.number_input[0].set_value(4).run()
    assert app.selectbox[0].proto.set_value
    assert app.selectbox[0].proto.raw_value == "4, the answer"
    assert not app.run().selectbox[0].proto.set_value
    app.selectbox[0].set_value("4").run()
    app.number_input[0].set_value(7).run()
    assert app.selectbox[0].proto.raw_value == "4"
