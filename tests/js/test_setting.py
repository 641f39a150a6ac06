"""The link's two readers: what the browser makes of a query string, Python does, and back."""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from typing import Any

from cnnviz.arithmetic.setting import CHOICES, RANGES, Setting
from cnnviz.ui.convolution.presets import PRESETS
from cnnviz.ui.convolution.questions import QUESTIONS
from cnnviz.ui.convolution.why import composed_link
from tests.js.node import call
from tests.js.twins import SWITCHES

PARSE = """return JSON.stringify(JSON.parse(given).map((text) => {
    const { pixels, weights, ...setting } = m.parseLink(text).setting;
    return { setting, link: m.linkOf(setting, { custom: false }) };
}));"""
SIZES = "return JSON.stringify(JSON.parse(given).map((text) => m.sizeOf(m.parseLink(text).setting)));"
WRITE = "return JSON.stringify(JSON.parse(given).map((s) => m.linkOf({ ...m.DEFAULTS, ...s })));"
REREAD = "return JSON.stringify(JSON.parse(given).map((text) => m.parseLink(text).setting));"

KERNELS = (
    "identity",
    "blur",
    "sharpen",
    "sobel-x",
    "laplacian",
    "emboss",
    "typed",
    "lenet5-mnist",
    "lenet5-classic-kmnist",
)


def ask(body: str, given: list[Any]) -> list[Any]:
    """What `body` answers to `given`: as text each way."""
    answers: list[Any] = json.loads(call("convolution/component/arithmetic/setting.js", body, json.dumps(given)))
    return answers


def random_setting(generator: random.Random) -> dict[str, Any]:
    """As the browser keeps it, each part changed or not; pixels and weights where they are used."""
    pair = {letter: [generator.randint(*ends) for _ in range(2)] for letter, ends in RANGES.items()}
    alike = generator.random() < 0.5
    full: dict[str, Any] = {
        **{letter: [both[1], both[1]] if alike else both for letter, both in pair.items()},
        **{name: generator.choice(values) for name, values in CHOICES.items()},
        **{name: generator.random() < 0.5 for name in SWITCHES},
        "channels": generator.choice((1, 3)),
        **{name: generator.randint(1, 9999) for name in ("pick", "filter", "step")},
        "kernel": generator.choice(KERNELS),
        "bias": round(generator.uniform(-9999, 9999), generator.randint(0, 9)),
    }
    chosen = {name: value for name, value in full.items() if generator.random() < 0.6}
    if any(chosen[letter][0] != chosen[letter][1] for letter in RANGES if letter in chosen):
        chosen["apart"] = True
    if chosen.get("input") in ("typed", "drawing"):
        chosen["pixels"] = numbers(generator)
    if chosen.get("kernel") == "typed" and chosen.get("mode") not in ("pool", "flatten"):
        chosen["weights"] = numbers(generator)
    return chosen


def numbers(generator: random.Random) -> list[list[list[float]]]:
    """One array a channel, row by row: few different numbers, or many with many digits."""
    channels, height, width = generator.choice((1, 3)), generator.randint(1, 9), generator.randint(1, 9)
    few = generator.random() < 0.5
    one = (lambda: generator.randint(-1, 1)) if few else (lambda: generator.uniform(-300, 300))
    return [[[one() for _ in range(width)] for _ in range(height)] for _ in range(channels)]


def test_links_name_the_same_setting_in_both() -> None:
    """3,000 settings: the browser writes a link, both read the same from it, and both write it again alike."""
    generator = random.Random(0)
    settings = [random_setting(generator) for _ in range(3000)]
    links = ask(WRITE, settings)
    for setting, again in zip(settings, ask(REREAD, links), strict=True):
        assert {name: again[name] for name in setting} == setting
    both_read_alike(links)


def both_read_alike(links: list[str]) -> None:
    for text, found in zip(links, ask(PARSE, links), strict=True):
        ours = Setting.from_link(text)
        assert json.loads(json.dumps(asdict(ours))) == found["setting"], text
        assert ours.link == found["link"], text
        assert Setting.from_link(ours.link) == ours


def test_a_wrong_value_is_reported_and_nothing_else_is_lost() -> None:
    """The browser names the parameter and the value that it did not take."""
    body = "const { setting, problems } = m.parseLink(given); return [problems, setting.n, setting.k, setting.mode];"
    found = call(
        "convolution/component/arithmetic/setting.js",
        body,
        "n=28&k=12&mode=pooling&lang=zh&s=0&utm=1",
    )
    wrong = [
        {"parameter": "k", "value": "12"},
        {"parameter": "mode", "value": "pooling"},
        {"parameter": "s", "value": "0"},
    ]
    assert found == [wrong, [28, 28], [3, 3], "conv"]


def test_the_layer_of_a_link_is_the_same_in_both() -> None:
    """Axes and output of 2,000 settings: flat ones, pairs, poolings; size 0 where Python says that torch refuses."""
    generator = random.Random(2)
    settings = [{**random_setting(generator), "k": [generator.randint(1, 4)] * 2} for _ in range(2000)]
    links = ask(WRITE, settings)
    refused = 0
    for text, sizes in zip(links, ask(SIZES, links), strict=True):
        setting = Setting.from_link(text)
        size = setting.output_size
        refused += size is None
        if size is None:
            assert 0 in sizes, text
        elif setting.flat or setting.mode == "flatten":
            assert sizes == [1, size], text
        else:
            assert sizes == (list(size) if isinstance(size, tuple) else [size, size]), text
    assert 300 < refused < 1500


def test_every_preset_and_question_is_read() -> None:
    """No problem in any of the lesson's links, and the same link written back."""
    links = [preset.link for preset in PRESETS] + [question.link for question in QUESTIONS]
    both_read_alike(links)
    body = "return JSON.stringify(JSON.parse(given).flatMap((text) => m.parseLink(text).problems));"
    assert ask(body, links) == []


def test_the_composed_kernel_is_read() -> None:
    """The weights that `why.py` writes into a link arrive as rows of numbers."""
    [found] = ask(REREAD, [composed_link()])
    assert len(found["weights"]) == 1
    assert found["weights"][0][2] == [6, 12, 0, -12, -6]
