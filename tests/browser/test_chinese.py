"""Chinese pages as they are rendered: set as Chinese is, and no English left over but names, symbols and code."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from cnnviz.commands import main
from tests.browser.reading import read
from tests.browser.server import Server, app_server
from tests.browser.waiting import SLOW, at_rest
from tests.chinese import faults

# What is written alike in both languages; names of data sets, networks and options of the engine are added.
SAME = """
    Adam AdamW AlexNet Alpaydin Applied AvgPool BatchNorm BasicBlock BN Bengio Bottleneck Bottou BY CC CIFAR CNN Conv
    cnn Fashion Flickr Gradient GIF GoogLeNet Haffner ImageNet Inception Kaynak Keras Kuzushiji Language LeCun LeNet
    Learning Linear MNIST MaxPool Based Document Recognition Softmax
    NumPy ONNX PNG PyTorch ReLU ResNet RGB Sobel Sigmoid SVG TensorBoard Optuna Streamlit VGG ZFNet UCI CPU GPU CSV JSON
    Flatten Dropout Tanh LeakyReLU Netron Runtime Alt Ctrl Delete End Enter Esc Home Shift Tab kB MB GB Hz px
    bias ceil conv dilation draw fc flatten float floor function groups kernel leaky mode model out padding pool relu
    same sigmoid softmax stride summary tanh valid channels features size max min cin cout hin hout kh kw nin nout
    win wout danielbuechele vultilion to dropout output count_include_pad torch
"""
WORD = re.compile(r"\b[A-Za-z]{2,}\b")
KNOWN = {word.lower() for word in WORD.findall(SAME)}

VIEWS = {  # where it is -> what is there when it is complete
    "home": ".flow canvas",
    "convolution": "[role=tab]",
    "networks": ".nw-block",
    "networks?networks_view=own": ".bp-row, .bp-kind, [data-part=kind]",
    "training": "[data-testid=stNumberInput]",
    "layers": "button.fm-map, .fm-sheet, [data-testid=stImage]",
    "evaluation?evaluation_checkpoint=run-1": ".cm-cell",
    "runs": "table",
    "data": ".ga-tile",
}


@pytest.fixture(scope="module")
def home_with_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with two short trainings, so that every page has something to say."""
    home = tmp_path_factory.mktemp("chinese")
    before = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_HOME", str(home))
        for seed in ("1", "2"):
            line = ["train", "--model", "lenet5", "--data", "digits", "--epochs", "2", "--batch-size", "256"]
            assert main([*line, "--seed", seed]) == 0
    torch.set_num_threads(before)
    with app_server(home) as server:
        yield server


@pytest.fixture
def chinese(browser: Browser) -> Iterator[Page]:
    """A Chinese visitor."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def opened(page: Page, server: Server, view: str) -> Page:
    """The page when it is complete."""
    name, _, query = view.partition("?")
    page.goto(f"{server.url}/{'' if name == 'home' else name}?lang=zh&{query}")
    page.locator(VIEWS[view]).first.wait_for(state="attached", timeout=SLOW)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN", timeout=SLOW)
    at_rest(page)
    return page


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_is_set_and_worded_in_chinese(chinese: Page, home_with_runs: Server, view: str) -> None:
    """Whatever was joined, and whatever Streamlit says of its own accord."""
    page = opened(chinese, home_with_runs, view)
    said = set(read(page))
    tabs = page.get_by_role("tab")
    for number in range(tabs.count()):
        if tabs.nth(number).is_visible():
            tabs.nth(number).click()
            at_rest(page)
            said |= set(read(page))
    assert [f"{line}: {fault}" for line in sorted(said) for fault in faults(line)] == []
    assert {word: line for line in said for word in WORD.findall(line) if word.lower() not in KNOWN} == {}


def test_the_uploader_speaks_chinese_and_works(chinese: Page, home_with_runs: Server) -> None:
    """By the keyboard, by its name, and with its refusal of what is no picture."""
    page = opened(chinese, home_with_runs, "layers")
    page.get_by_role("radio", name="文件").or_(page.get_by_role("button", name="文件")).first.click(timeout=SLOW)
    button = page.get_by_test_id("stFileUploader").get_by_role("button", name="选择文件")
    expect(button).to_be_visible(timeout=SLOW)
    at_rest(page)
    with page.expect_file_chooser(timeout=SLOW) as chooser:
        button.press("Enter")
    chooser.value.set_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"})
    expect(page.get_by_text("这不是可以读取的图片").first).to_be_visible(timeout=SLOW)
    said = read(page)
    assert any(re.fullmatch(r"每个文件不超过 \d+ ?MB.*", line) for line in said) or "移除“a.txt”" in said


def test_english_comes_back(chinese: Page, home_with_runs: Server) -> None:
    """With the language box, every word of Streamlit's is its own again."""
    page = opened(chinese, home_with_runs, "training")
    assert page.get_by_placeholder("请选择").count() > 0
    page.get_by_role("combobox", name="语言 · Language").click()
    page.get_by_role("option", name="English").click()
    expect(page.get_by_role("heading", level=1, name="Training")).to_be_visible(timeout=SLOW)
    expect(page.locator("html")).to_have_attribute("lang", "en", timeout=SLOW)
    at_rest(page)
    assert page.get_by_placeholder("Choose an option").count() > 0
    said = [line for line in read(page) if re.search(r"[\u4e00-\u9fff]", line)]
    assert set(said) <= {"简体中文"}
