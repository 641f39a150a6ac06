"""Pretrained weights, as torchvision publishes them: fetched once, checked, kept where torchvision keeps them.

In the background one download serves however many ask, and is given up when nobody waits any more; a thread suffices,
since it only waits for the network. What a killed download leaves counts for nothing and is removed later. Knows
nothing of pages: whoever waits says so now and then.
"""

from __future__ import annotations

import pickle
import re
import threading
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from cnnviz.base.download import ABANDONED, FAILURES, NotPublishedError, RefusedError, download
from cnnviz.base.errors import CnnvizError, DownloadError
from cnnviz.base.files import remove_leftovers, temporary
from cnnviz.base.locale import N_
from cnnviz.models.zoo import ZOO

Progress = Callable[[int, int], None]

_LARGEST = 1 << 30  # bytes; VGG-19, the largest published file, has 0.6 of that
_AUXILIARY = ("aux1.", "aux2.", "AuxLogits.")  # classifiers that helped training, and that we leave out


MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pictures / 255, as published with them


def load_into(model: nn.Module, name: str) -> None:
    """Give `model`, built as `name`, the published weights; for other than 1,000 classes all but its last layer's.

    Raises DownloadError if they are not on this machine and cannot be fetched.
    """
    weights = _published(fetch(name))
    last, head = [(path, layer) for path, layer in model.named_modules() if isinstance(layer, nn.Linear)][-1]
    if weights[f"{last}.weight"].shape != head.weight.shape:
        own = {f"{last}.weight": head.weight, f"{last}.bias": head.bias}
        weights.update({key: value.detach() for key, value in own.items()})
    model.load_state_dict(weights)
    scale_input(model, name)


def give(outline: nn.Module, name: str) -> nn.Module:
    """`outline`, on the meta device, with the published weights; where their file allows it they stay on the disk
    until a layer is used.

    Raises DownloadError if they are not on this machine and cannot be fetched.
    """
    outline.load_state_dict(_published(fetch(name)), assign=True)
    scale_input(outline, name)
    return outline.eval()


def is_offered(name: str) -> bool:
    """Whether weights of `name` are published."""
    return bool(ZOO[name].weights)


def scale_input(model: nn.Module, name: str) -> None:
    """The published weights of some networks want pictures from -1 to 1: those then scale what they get themselves."""
    if ZOO[name].scales_input:
        setattr(model, "transform_input", True)  # noqa: B010  # torchvision's own switch, unknown to nn.Module


def is_here(name: str) -> bool:
    """Whether the weights of `name` are on this machine already."""
    return _place(address(name)).is_file()


def address(name: str) -> str:
    """Where torchvision publishes the weights of `name`."""
    from torchvision import models  # heavy

    return str(getattr(models, ZOO[name].weights).IMAGENET1K_V1.url)


def fetch(name: str, progress: Progress | None = None) -> Path:
    """The file with the weights of `name`, fetched if need be. `progress` is called with (bytes done, bytes in all).

    The total is 0 where the server does not say. Raises DownloadError.
    """
    url = address(name)
    target = _place(url)
    if target.is_file():
        return target
    title, host = ZOO[name].title, urllib.parse.urlsplit(url).netloc
    published = re.search(r"-([0-9a-f]{8,64})\.", target.name)  # how the SHA-256 begins
    try:
        if published is None:
            raise NotPublishedError
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(target.parent, silent_for=ABANDONED)
        with temporary(target) as part:
            download(url, part, f"sha256:{published.group(1)}", _LARGEST, progress)
            part.replace(target)
    except FAILURES as error:
        raise _failure(error, name=title, host=host) from error
    except OSError as error:
        raise DownloadError(_DISK, folder=target.parent, reason=error.strerror or error) from error
    return target


def _failure(error: Exception, **values: object) -> DownloadError:
    if isinstance(error, RefusedError):
        return DownloadError(_REFUSED, **values, status=error.status)
    return DownloadError(_NOT_PUBLISHED if isinstance(error, NotPublishedError) else _OFFLINE, **values)


def _published(path: Path) -> dict[str, Tensor]:
    """The weights in a file, those of the auxiliary classifiers left out. Raises DownloadError for a broken file."""
    try:
        weights = _read(path)
    except (RuntimeError, pickle.UnpicklingError, EOFError, OSError) as error:
        raise DownloadError(_BROKEN, path=path) from error
    return {key: value for key, value in weights.items() if not key.startswith(_AUXILIARY)}


def _read(path: Path) -> dict[str, Tensor]:
    try:
        return dict(torch.load(path, map_location="cpu", weights_only=True, mmap=True))
    except RuntimeError:  # torch's format before 1.6, as of AlexNet's file, cannot be mapped
        return dict(torch.load(path, map_location="cpu", weights_only=True))


def _place(url: str) -> Path:
    """Where torch.hub, and so torchvision, would keep it."""
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(urllib.parse.urlsplit(url).path).name


PATIENCE = 90.0  # seconds without a word from anybody: browsers let a hidden tab speak once a minute
_BYTES_PER_WEIGHT = 4


class Download:
    """The published weights of one network on their way; `begin` makes it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done, self.total = 0, expected_bytes(name)  # the total is the server's own once it has answered
        self.error: CnnvizError | None = None
        self._wanted = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"weights of {name}", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether bytes may still come."""
        return self._thread.is_alive()

    @property
    def share(self) -> float:
        """How much is here, 0..1."""
        return min(1.0, self.done / self.total)

    def want(self) -> None:
        """Somebody still waits for it."""
        self._wanted = time.monotonic()

    def wait(self, seconds: float | None = None) -> None:
        """Until it has ended, or for so long."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            fetch(self.name, self._hear)
        except _GivenUpError:
            pass
        except CnnvizError as error:
            self.error = error
        except Exception as error:  # a thread's traceback would be seen by nobody
            self.error = DownloadError(_FAILED, name=ZOO[self.name].title, reason=type(error).__name__)

    def _hear(self, done: int, total: int) -> None:
        self.done, self.total = done, total or self.total
        if time.monotonic() - self._wanted > PATIENCE:
            raise _GivenUpError


def expected_bytes(name: str) -> int:
    """What the file will weigh: 4 bytes a weight, before the server has said."""
    return ZOO[name].params * _BYTES_PER_WEIGHT


def begin(name: str) -> Download:
    """The download of `name` that is running, else a new one."""
    with _lock:
        found = _downloads.get(name)
        if found is None or not found.is_running:
            found = _downloads[name] = Download(name)
            found._thread.start()
        found.want()
        return found


def underway(name: str) -> Download | None:
    """The download of `name`, if one is running."""
    found = _downloads.get(name)
    return found if found is not None and found.is_running else None


class _GivenUpError(Exception):
    """Nobody waits for it any more."""


_downloads: dict[str, Download] = {}  # at most one for each network of the zoo
_lock = threading.Lock()
_OFFLINE = N_(
    "The pretrained weights of {name} could not be fetched: no connection to {host}. "
    "Connect to the internet and try again, or take fresh weights, which need no network."
)
_REFUSED = N_(
    "The pretrained weights of {name} could not be fetched: {host} answered {status}. "
    "Try again later, or take fresh weights, which need no network."
)
_NOT_PUBLISHED = N_(
    "The pretrained weights of {name} could not be fetched: what {host} sent is not the published file "
    "(a login page, perhaps). Try again on another network, or take fresh weights, which need none."
)
_BROKEN = N_("`{path}` is not a file of weights. Delete it, then fetch the weights again.")
_DISK = N_(
    "`{folder}` cannot be written ({reason}). "
    "Make room or set TORCH_HOME to a folder of yours, or take fresh weights, which need no file."
)
_FAILED = N_("The pretrained weights of {name} could not be fetched ({reason}). Try again, or take fresh weights.")
