"""What a visitor sees of a page on a server that is still loading PyTorch."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.polling import PATIENCE


def _waits() -> None:
    from cnnviz.ui.shared.page import waiting

    waiting("Layers")


def test_a_page_that_waits_has_its_title_and_says_why() -> None:
    """No empty page with a notice that goes away before the page is there; in the visitor's language."""
    for language, title, why in (
        ("en", "Layers", "PyTorch is being loaded: the page follows in a moment …"),
        ("zh", "逐层查看", "正在加载 PyTorch：页面随后显示……"),
    ):
        app = AppTest.from_function(_waits, default_timeout=PATIENCE)
        app.query_params["lang"] = language
        app.run()
        assert not app.exception
        assert [shown.value for shown in app.title] == [title]
        assert any(why in shown.proto.body for shown in app.get("html"))
