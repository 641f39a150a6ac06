"""Small made data sets in MNIST's format, and a server on 127.0.0.1 that hands out their archives as told."""

from __future__ import annotations

import gzip
import hashlib
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.idx import FILES, IdxFiles, Sources
from tests.polling import PATIENCE

COUNTS = {"train": 30, "t10k": 20}


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """An array as an IDX file of unsigned bytes."""
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def contents(seed: int = 0) -> dict[str, bytes]:
    """The four files of a data set of 30 + 20 noisy 28 x 28 pictures of ten classes."""
    random = np.random.default_rng(seed)
    made = {}
    for prefix, count in COUNTS.items():
        made[f"{prefix}-images-idx3-ubyte"] = idx_bytes(random.integers(0, 256, (count, 28, 28), dtype=np.uint8))
        made[f"{prefix}-labels-idx1-ubyte"] = idx_bytes((np.arange(count) % 10).astype(np.uint8))
    return made


def archives(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """File -> its .gz."""
    return {name: gzip.compress(content, mtime=0) for name, content in files.items()}


def made_files(files: Mapping[str, bytes], folder: str = "FashionMNIST", name: str = "fashion-mnist") -> IdxFiles:
    """What the registry would say of made files."""
    packed = archives(files)
    return IdxFiles(name=name, folder=folder, archive_bytes={file: len(packed[file]) for file in FILES})


def write(root: Path, files: Mapping[str, bytes], folder: str = "FashionMNIST") -> Path:
    """Unpacked files where torchvision would put them; returns their folder."""
    directory = root / folder / "raw"
    directory.mkdir(parents=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)
    return directory


def sources(files: Mapping[str, bytes], *mirrors: str) -> Sources:
    """Mirrors, and the true md5 of every archive."""
    return Sources(mirrors, {name: hashlib.md5(packed).hexdigest() for name, packed in archives(files).items()})


Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


def whole(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """The archive as it is."""
    _head(request, 200, len(content))
    request.wfile.write(content)


def cut(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """Half the archive, and the connection closed."""
    _head(request, 200, len(content))
    request.wfile.write(content[: len(content) // 2])


def changed(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """As many bytes as there should be, but others."""
    _head(request, 200, len(content))
    request.wfile.write(content[:-1] + bytes([content[-1] ^ 1]))


def login_page(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """What a hotel's network answers to every address."""
    page = b"<html>Please log in</html>"
    _head(request, 200, len(page))
    request.wfile.write(page)


def not_found(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """404."""
    _head(request, 404, 0)


def slow(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """Half the archive at once, the rest when the test is over."""
    _head(request, 200, len(content))
    request.wfile.write(content[: len(content) // 2])
    request.wfile.flush()
    request.server.is_over.wait(PATIENCE)  # type: ignore[attr-defined]


class Mirror(ThreadingHTTPServer):
    """Answers GET /FILE.gz; keeps what was asked for."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, packed: Mapping[str, bytes], answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.packed, self.answer, self.asked = packed, answer, list[str]()
        self.is_over = threading.Event()

    @property
    def address(self) -> str:
        """The base address, with a slash at its end."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        name = self.path.strip("/").removesuffix(".gz")
        self.server.asked.append(name)
        self.server.answer(self, self.server.packed[name])

    def log_message(self, format: str, *args: object) -> None:
        pass


def _head(request: BaseHTTPRequestHandler, status: int, length: int) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(length))
    request.end_headers()


@contextmanager
def served(packed: Mapping[str, bytes], answer: Answer = whole) -> Iterator[Mirror]:
    """A running server that has these bytes under NAME.gz."""
    server = Mirror(packed, answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def mirror(files: Mapping[str, bytes], answer: Answer = whole) -> AbstractContextManager[Mirror]:
    """A running mirror of made files."""
    return served(archives(files), answer)
