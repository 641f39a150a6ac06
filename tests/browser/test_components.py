"""The modules of the first page's component, loaded as they lie there, against NumPy and torch."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page
from safetensors.torch import save_file

from cnnviz.base.paths import shipped_checkpoints
from cnnviz.data.mnist_style import centre_like_mnist
from cnnviz.engine.card import Card, load_card, weights_path
from cnnviz.models.registry import MODELS
from cnnviz.ui.home.network import browser_network
from tests.browser.modules import ORIGIN, with_modules

LENETS = [name for name in MODELS if name.startswith("lenet5")]


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of cnnviz/components."""
    context = browser.new_context()
    page = context.new_page()
    with_modules(page)
    yield page
    context.close()


def _drawing(seed: int) -> np.ndarray:
    """A thick random walk on a sheet of random size."""
    chance = np.random.default_rng(seed)
    height, width = (int(side) for side in chance.integers(20, 300, 2))
    ink = np.zeros((height, width), dtype=np.uint8)
    y, x = chance.uniform(0, height), chance.uniform(0, width)
    radius = chance.uniform(1, 12)
    rows, columns = np.mgrid[:height, :width]
    for _ in range(int(chance.integers(1, 25))):
        far = np.hypot(rows - y, columns - x)
        ink = np.maximum(ink, np.clip((radius + 0.5 - far) * 255, 0, 255).astype(np.uint8))
        y, x = np.clip(y + chance.normal(0, height / 8), 0, height), np.clip(x + chance.normal(0, width / 8), 0, width)
    return ink


DRAWINGS = {f"walk {seed}": _drawing(seed) for seed in range(40)}
DRAWINGS["blank"] = np.zeros((280, 280), dtype=np.uint8)
DRAWINGS["faint"] = np.full((280, 280), 12, dtype=np.uint8)
DRAWINGS["one pixel"] = np.eye(1, 900, 451, dtype=np.uint8).reshape(30, 30) * 255
DRAWINGS["a line"] = np.pad(np.full((200, 3), 255, dtype=np.uint8), ((40, 40), (5, 200)))
DRAWINGS["full"] = np.full((64, 64), 255, dtype=np.uint8)


@pytest.mark.parametrize("name", DRAWINGS)
def test_digit_is_centred_as_in_python(modules: Page, name: str) -> None:
    """The browser and Python make the same 28x28 picture of a drawing, within 2 grey levels."""
    ink = DRAWINGS[name]
    height, width = ink.shape
    ours = modules.evaluate(
        """async ([origin, ink, width, height]) => {
            const { fromBase64 } = await import(origin + "/shared/component/base64.js");
            const { centreLikeMnist } = await import(origin + "/shared/component/digit.js");
            return Array.from(centreLikeMnist(fromBase64(ink), width, height));
        }""",
        [ORIGIN, base64.b64encode(ink.tobytes()).decode(), width, height],
    )
    theirs = centre_like_mnist(ink)
    assert np.abs(np.array(ours).reshape(28, 28) - theirs.astype(int)).max() <= 2


def test_base64_round_trip(modules: Page) -> None:
    """A picture survives the way to the server and back."""
    back = modules.evaluate(
        """async (origin) => {
            const { fromBase64, toBase64 } = await import(origin + "/shared/component/base64.js");
            return Array.from(fromBase64(toBase64(Uint8Array.from({ length: 784 }, (_, i) => i % 256))));
        }""",
        ORIGIN,
    )
    assert back == [i % 256 for i in range(784)]


@pytest.mark.parametrize("name", LENETS)
@pytest.mark.parametrize("kind", ["stroke", "noise", "blank"])
def test_every_layer_equals_torch(modules: Page, name: str, kind: str, tmp_path: Path) -> None:
    """Each layer's shape and values, softmax included, are torch's to 1e-4 on the same picture."""
    torch.manual_seed(7)
    model = MODELS[name].build(1, 10).eval()
    path = tmp_path / f"{name}.safetensors"
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, path)
    card = Card(name, "mnist", tuple("0123456789"), (1, 28, 28), (0.1307,), (0.3081,))
    _compare(modules, path, card, model, _picture(kind))


def test_the_shipped_checkpoint_equals_torch(modules: Page) -> None:
    """The network of the first page answers as torch does with the same file."""
    from cnnviz.engine.checkpoint import load

    path = weights_path(shipped_checkpoints() / "lenet5-mnist")
    model, _ = load(path)
    _compare(modules, path, load_card(path), model, _picture("stroke"))


def _picture(kind: str) -> np.ndarray:
    if kind == "noise":
        return np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    return centre_like_mnist(_drawing(3)) if kind == "stroke" else np.zeros((28, 28), dtype=np.uint8)


def _compare(modules: Page, path: Path, card: Card, model: torch.nn.Module, picture: np.ndarray) -> None:
    network = browser_network(path, card, str.format)
    outputs = modules.evaluate(
        """async ([origin, network, picture]) => {
            const { floatsFromBase64 } = await import(origin + "/shared/component/base64.js");
            const { forward } = await import(origin + "/shared/component/network.js");
            const layers = network.layers.map((layer) =>
                layer.weight
                    ? { ...layer, weight: floatsFromBase64(layer.weight), bias: floatsFromBase64(layer.bias) }
                    : layer);
            const input = Float32Array.from(picture, (level) => (level / 255 - network.mean) / network.std);
            return forward(layers, input, [1, 28, 28]).map(
                ({ name, shape, values }) => ({ name, shape, values: Array.from(values) }));
        }""",
        [ORIGIN, network, picture.ravel().tolist()],
    )
    x = (torch.from_numpy(picture).float().div(255)[None, None] - card.mean[0]) / card.std[0]
    expected = []
    with torch.inference_mode():
        for layer_name, layer in model.named_children():
            x = layer(x)
            expected.append((layer_name, list(x.shape[1:]), x[0].numpy().ravel()))
        expected.append(("softmax", [10], x.softmax(dim=1)[0].numpy()))
    assert [output["name"] for output in outputs] == [layer_name for layer_name, _, _ in expected]
    for output, (_, shape, values) in zip(outputs, expected, strict=True):
        assert output["shape"] == shape
        np.testing.assert_allclose(output["values"], values, atol=1e-4)


@pytest.mark.parametrize(
    ("probabilities", "said"),
    [
        ([0.01] * 9 + [0.91], "9 91%"),
        ([0.0] * 8 + [0.999, 0.001], "8 >99%"),
        ([0.0] * 8 + [0.9999999, 0.0000001], "8 >99%"),
        ([0.4, 0.35] + [0.25 / 8] * 8, "0 unsure 0 or 1"),
        (None, "nothing"),
    ],
)
def test_certainty_in_words(modules: Page, probabilities: list[float] | None, said: str) -> None:
    """Below one half the answer says that it is not sure, and names both digits; no ink, no answer."""
    shown = modules.evaluate(
        """async ([origin, probabilities]) => {
            const { createAnswer } = await import(origin + "/home/component/answer.js");
            const host = document.createElement("section");
            const answer = createAnswer(host);
            answer.configure({ blank: "nothing", unsure: "unsure {first} or {second}", reads: "", readsUnsure: "" });
            answer.show(probabilities && Float32Array.from(probabilities));
            return [...host.querySelector(".winner").children].map((part) => part.textContent).join(" ").trim();
        }""",
        [ORIGIN, probabilities],
    )
    assert shown == said


@pytest.mark.parametrize(("share", "written"), [(0.978, "97.8%"), (0.9999, ">99.9%"), (1, "100.0%"), (0, "0.0%")])
def test_only_all_reads_as_all(modules: Page, share: float, written: str) -> None:
    """The legend of a curve never says 100% of what is not quite all."""
    shown = modules.evaluate(
        """async ([origin, share]) =>
            (await import(origin + "/shared/component/ticks.js")).numberText(share, "percent", 1)""",
        [ORIGIN, share],
    )
    assert shown == written
