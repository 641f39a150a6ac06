"""The convolution page on the server's side: what it sends once, what it makes of a link, and that it stays light."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.convolution.words import WORDS
from tests.polling import PATIENCE

PAGE = str(Path(__file__).parents[2] / "pages" / "convolution.py")


def opened(lang: str = "en", **link: str) -> AppTest:
    """The page, opened by a link such as `?n=28`."""
    at = AppTest.from_file(PAGE)
    at.query_params["lang"] = lang
    for name, value in link.items():
        at.query_params[name] = value
    at.run(timeout=PATIENCE)
    assert not at.exception
    return at


def sent(at: AppTest) -> Any:
    """The data of the page's component."""
    [stage] = [each for each in at.get("bidi_component") if each.proto.component_name.endswith("convolution")]
    return json.loads(stage.proto.json)[0]


def shown(at: AppTest) -> str:
    """Everything the panels say."""
    return "\n".join(element.proto.body for element in at.get("html")) + "\n".join(text.value for text in at.markdown)


def test_the_browser_gets_words_examples_and_content_once() -> None:
    """Every part's words, the presets, digits, photos and filters; all of it the same whatever is set."""
    data = sent(opened())
    assert data["language"] == "en"
    assert set(data["strings"]) == set(WORDS)
    assert data["strings"]["stage"]["play"] == "Play"
    assert len(data["presets"]) > 20
    assert {"digits", "photos", "networks"} <= set(data)
    assert sent(opened(n="28", k="5", mode="pool")) == data


def test_the_content_is_small() -> None:
    """Photos, digits and filters stay under 150 kB: 40 students get them at once."""
    assert len(json.dumps(sent(opened()))) < 150_000


def test_a_link_opens_the_panels_on_it() -> None:
    """Before the browser has said a word the panels already speak of the link's setting."""
    assert "28 + 2 × 2 − 5" in formula(opened(n="28", k="5", p="2"))


def formula(at: AppTest) -> str:
    """PyTorch's formula with its numbers, as screen readers get it: the first panel's first."""
    labels = re.findall(r'aria-label="([^"]*)"', shown(at))
    return next(label for label in labels if "/" in label)


def test_the_panels_show_what_the_browser_commits() -> None:
    """Its link goes before the address, and is still known when the component forgets it: on another page and back."""
    at = opened(n="28")
    at.session_state["convolution_stage"] = {"link": "n=50&k=7&s=2"}
    assert "50 + 2 × 0 − 7" in formula(at.run(timeout=PATIENCE))
    at.session_state["convolution_stage"] = {"link": None}
    assert "50 + 2 × 0 − 7" in formula(at.run(timeout=PATIENCE))
    at.session_state["convolution_stage"] = {"link": ""}  # every slider where it began, the address empty
    del at.query_params["n"]
    assert "6 + 2 × 0 − 3" in formula(at.run(timeout=PATIENCE))


@pytest.mark.parametrize("said", ["mode=evil&n=9999&k=0x3&s=-1", "&&&===%zz", "n=" + "9" * 5000, "\0", "<script>"])
def test_whatever_a_browser_says_is_a_setting(said: str) -> None:
    """A message of a stranger's making has the defaults, and no traceback."""
    at = opened(n="28")
    at.session_state["convolution_stage"] = {"link": said}
    at.run(timeout=PATIENCE)
    assert not at.exception
    assert "6 + 2 × 0 − 3" in formula(at)


@pytest.mark.parametrize("link", [{"n": "999"}, {"k": "-1"}, {"mode": "evil"}, {"bias": "nan"}, {"x": "%00"}])
def test_a_wrong_link_is_no_error(link: dict[str, str]) -> None:
    """What a link cannot mean has its default."""
    assert sent(opened(**link)) == sent(opened())


def test_a_secret_is_kept_while_predicting() -> None:
    """The panels that would tell the size wait until the prediction is over."""
    assert "It would give the answer away" in shown(opened(predict="1"))
    assert "It would give the answer away" not in shown(opened())


def test_chinese() -> None:
    """Words, examples and panels are Chinese too."""
    at = opened("zh")
    assert at.title[0].value == "卷积"
    data = sent(at)
    assert data["strings"]["stage"]["play"] == "播放"
    assert data["presets"][0]["title"] == "6 变成 4"


def test_the_page_never_imports_torch() -> None:
    """Nor scikit-learn, nor pandas: it comes up at once. (The server's warm-up comes after it.)"""
    script = f"""
import sys
from streamlit.testing.v1 import AppTest
at = AppTest.from_file({PAGE!r}).run(timeout={PATIENCE})
assert not at.exception and at.get("bidi_component")
print(sorted({{"torch", "torchvision", "sklearn", "pandas"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout.strip() == "[]"
