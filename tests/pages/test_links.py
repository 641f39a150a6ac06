"""Whatever a link says, no page breaks: values out of their kind are left out and said, and all of it is text."""

from __future__ import annotations

from functools import cache

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from cnnviz.ui.shared.link_parameters import kinds
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE
from tests.ui.hostile import FOREIGN, MARKDOWN, VALUES

pytestmark = pytest.mark.slow

PAGES = ("convolution", "data", "evaluation", "home", "layers", "networks", "runs", "training")
SETTING = ("mode", "n", "k", "p", "s", "d", "o", "flat", "apart", "input", "pick", "kernel", "filter", "bias", "step")
TURNS = 6  # page runs, in each of which every parameter has another value


def parameters(page: str) -> list[str]:
    """Those that the page reads, and the language."""
    if page == "convolution":
        return [*SETTING, "lang"]
    return [name for name in kinds() if name.split("_")[0] in (page, "lang")]


def run(page: str, query: dict[str, str]) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / f"{page}.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def markdown(app: AppTest) -> list[str]:
    """Every text that the browser reads as Markdown: bodies, headings, messages, labels, explanations."""
    protos = [element.proto for element in app if hasattr(element, "proto")]
    fields = ("body", "label", "help", "markdown", "text")
    return [
        str(getattr(proto, name)) for proto in protos for name in fields if isinstance(getattr(proto, name, 0), str)
    ]


def foreign(texts: list[str]) -> list[str]:
    """Texts of which a link, a picture or an icon would come. What we write ourselves has none of these."""
    live = (
        f"](http://{FOREIGN}",
        f"http://{FOREIGN}",
        f"www.{FOREIGN}",
        f"me@{FOREIGN}",
        ":material/home:",
        "$\\LaTeX",
    )
    return [text for text in texts if any(each in text for each in live)]


@cache
def queries(page: str) -> list[dict[str, str]]:
    """`TURNS` links; from one to the next each parameter goes on through `VALUES`, the numbers among the first."""
    names = parameters(page)
    step = len(VALUES) // TURNS + 1
    return [
        {name: VALUES[(index + turn * step) % len(VALUES)] for index, name in enumerate(names)} for turn in range(TURNS)
    ]


@pytest.mark.parametrize("turn", range(TURNS))
@pytest.mark.parametrize("page", PAGES)
def test_every_parameter_may_say_anything(page: str, turn: int) -> None:
    """No exception, and nothing on the page that is not text."""
    scheduler.store().add(TrainConfig())
    app = run(page, queries(page)[turn])
    assert not app.exception
    assert foreign(markdown(app)) == []


@pytest.mark.parametrize("page", PAGES)
def test_what_is_bound_to_the_link_is_in_the_table(page: str) -> None:
    """A widget that reads the link by itself has a kind and a range there, or an odd link could end the page."""
    app = run(
        page, {"training_schedule": "step", "networks_model": "vgg16"} if page in ("training", "networks") else {}
    )
    bound = {getattr(element.proto, "query_param_key", "") for element in app if hasattr(element, "proto")} - {""}
    if "link_known" in app.session_state:
        bound |= set(app.session_state["link_known"])
    assert bound <= set(kinds())
    assert bound or page in ("convolution", "home", "runs")


@pytest.mark.parametrize("value", ["1e999", "inf", "9" * 309, "9" * 4301, "-1", "１"])
@pytest.mark.parametrize("page", ["layers", "training", "networks"])
def test_a_number_beyond_its_range_is_the_default(page: str, value: str) -> None:
    """The page says which parameter and what it had; the controls stand as without a link."""
    names = {
        "layers": ["layers_map", "layers_picture"],
        "training": ["training_run", "training_pin"],
        "networks": ["networks_classes_lenet5", "networks_batch_size"],
    }[page]
    app = run(page, dict.fromkeys(names, value))
    assert not app.exception
    [warning] = app.warning
    for name in names:
        assert name.replace("_", "\\_") in warning.value
        assert name not in app.query_params
    assert warning.value.count("must be a whole number from 1 to") == 2
    assert not app.button(key="link_close").click().run().warning


@pytest.mark.parametrize("page", ["layers", "evaluation"])
@pytest.mark.parametrize("name", MARKDOWN)
def test_a_checkpoint_that_is_not_here(page: str, name: str) -> None:
    """It is named as text, and the one that is shown too."""
    app = run(page, {f"{page}_checkpoint": name})
    assert not app.exception
    assert "There is no checkpoint" in app.warning[0].value
    assert foreign(markdown(app)) == []


def test_a_link_knows_the_norms_of_the_smallest_flip() -> None:
    """They stand there again, since what a link may hold is known before torch is in."""
    from cnnviz.inspection.flip import SHAPES

    parse = kinds()["layers_bend_shape"].parse
    assert tuple(shape for shape in (*SHAPES, "other") if parse(shape) is not None) == SHAPES
