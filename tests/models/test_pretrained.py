"""Pretrained weights: fetched once and checked; offline, broken or of another shape, one sentence. A local server."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from cnnviz.base.errors import ConfigurationError, DownloadError
from cnnviz.models import pretrained
from cnnviz.models.registry import MODELS


class _Server(ThreadingHTTPServer):
    content, status, cut, asked = b"", 200, 0, 0


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content[: len(self.server.content) - self.server.cut])

    def log_message(self, *arguments: object) -> None:
        """Nothing to the terminal."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """ResNet-18's weights as torchvision would publish them."""
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("published") / "weights.pth"
    torch.save(MODELS["resnet18"].build().state_dict(), path)
    return path.read_bytes()


@pytest.fixture
def server(published: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    """A server with them, and a home of our own for what is fetched."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = _Server(("127.0.0.1", 0), _Handler)
    made.content = published
    digest = hashlib.sha256(published).hexdigest()[:8]
    url = f"http://127.0.0.1:{made.server_port}/models/resnet18-{digest}.pth"
    monkeypatch.setattr(pretrained, "address", lambda name: url)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "torch").rglob("*") if path.is_file())


def test_fetched_once_with_progress(server: _Server, tmp_path: Path) -> None:
    """The caller hears how far it is; the second time nothing is asked of the network."""
    heard: list[tuple[int, int]] = []
    path = pretrained.fetch("resnet18", lambda done, total: heard.append((done, total)))
    assert heard[-1] == (len(server.content), len(server.content))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert pretrained.is_here("resnet18")
    assert pretrained.fetch("resnet18") == path
    assert server.asked == 1
    assert files(tmp_path) == [path.name]


def test_the_weights_are_the_published_ones(server: _Server) -> None:
    """Every tensor; and with other classes all but the last layer."""
    pretrained.fetch("resnet18")
    torch.manual_seed(1)
    expected = MODELS["resnet18"].build().state_dict()
    got = MODELS["resnet18"].build(pretrained=True).state_dict()
    assert all(torch.equal(got[key], value) for key, value in expected.items())
    fine_tuned = MODELS["resnet18"].build(num_classes=2, pretrained=True).state_dict()
    assert fine_tuned["fc.weight"].shape == (2, 512)
    assert all(torch.equal(fine_tuned[key], value) for key, value in expected.items() if not key.startswith("fc."))


def test_a_fine_tuned_network_still_scales_its_pictures() -> None:
    """A checkpoint is loaded into an outline: it must do to pictures what the network did that was trained."""
    assert MODELS["googlenet"].outline(num_classes=2, pretrained=True).transform_input
    assert not MODELS["googlenet"].outline(num_classes=2).transform_input
    assert not hasattr(MODELS["resnet18"].outline(num_classes=2, pretrained=True), "transform_input")


@pytest.mark.parametrize("is_new", [True, False], ids=["zip", "before torch 1.6"])
def test_given_to_an_outline(published: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_new: bool) -> None:
    """Shapes without numbers get the published ones, of files of either format, ready to answer."""
    path = tmp_path / "weights.pth"
    expected = torch.load(io.BytesIO(published), weights_only=True)
    torch.save(expected, path, _use_new_zipfile_serialization=is_new)
    monkeypatch.setattr(pretrained, "fetch", lambda name: path)
    model = pretrained.give(MODELS["resnet18"].outline(), "resnet18")
    got = model.state_dict()
    assert all(torch.equal(got[key], value) for key, value in expected.items())
    assert not model.training


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"status": 404}, r"ResNet-18 could not be fetched: 127.0.0.1:[0-9]+ answered 404"),
        ({"content": b"<html>please log in</html>"}, "is not the published file"),
        ({"cut": 100}, "no connection to 127.0.0.1"),
    ],
    ids=["refused", "a login page", "broken off"],
)
def test_faults_are_one_sentence(server: _Server, tmp_path: Path, fault: dict[str, object], says: str) -> None:
    """The reason, the next step; nothing is left behind."""
    for name, value in fault.items():
        setattr(server, name, value)
    with pytest.raises(DownloadError, match=says):
        MODELS["resnet18"].build(pretrained=True)
    assert files(tmp_path) == []


def test_a_broken_file_is_one_sentence(server: _Server) -> None:
    """A file that somebody cut or exchanged says which one it is, and what to do."""
    path = pretrained.fetch("resnet18")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DownloadError, match="is not a file of weights") as raised:
        MODELS["resnet18"].build(pretrained=True)
    assert str(path) in str(raised.value)


def test_offline_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens: what, where, and what to do."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(pretrained, "address", lambda name: "http://127.0.0.1:9/vgg16-397923af.pth")
    with pytest.raises(DownloadError) as caught:
        pretrained.fetch("vgg16")
    assert str(caught.value) == (
        "The pretrained weights of VGG-16 could not be fetched: no connection to 127.0.0.1:9. "
        "Connect to the internet and try again, or take fresh weights, which need no network."
    )


def test_a_folder_that_cannot_be_written(server: _Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where the folder should be: said, with the fix."""
    (tmp_path / "torch").write_text("in the way")
    with pytest.raises(DownloadError, match=r"cannot be written .* set TORCH_HOME"):
        pretrained.fetch("resnet18")


@pytest.mark.parametrize("name", [name for name, spec in MODELS.items() if any(o.name == "pretrained" for o in spec.options)])  # fmt: skip  # noqa: E501
def test_every_address_is_torchvisions(name: str) -> None:
    """Each network that says it has pretrained weights has an address whose name carries the file's SHA-256."""
    assert pretrained.address(name).startswith("https://download.pytorch.org/models/")
    assert len(pretrained.address(name).rsplit("-", 1)[1]) == len("01234567.pth")


def test_what_pretrained_weights_do_not_fit() -> None:
    """Another activation, or grey pictures, would make them worthless: refused before anything is fetched."""
    with pytest.raises(ConfigurationError, match="resnet18 was pretrained with activation relu"):
        MODELS["resnet18"].build(activation="tanh", pretrained=True)
    with pytest.raises(ConfigurationError, match="pictures of 3 channels"):
        MODELS["resnet18"].build(in_channels=1, pretrained=True)
