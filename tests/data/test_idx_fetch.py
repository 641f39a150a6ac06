"""Fetching: whole files or nothing, whatever the network, the disk or a kill does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cnnviz.base.errors import DownloadError
from cnnviz.base.files import remove_leftovers
from cnnviz.data import idx as fetching
from cnnviz.data.download import ABANDONED
from cnnviz.data.idx import FILES, IdxFiles, Sources, fetch, recorded, torchvision_sources
from cnnviz.data.registry import DATASETS
from tests.data import made
from tests.polling import PATIENCE, until

CONTENTS = made.contents()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's proxy has no part in this."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def files() -> IdxFiles:
    """The made data set under Fashion-MNIST's name."""
    return made.made_files(CONTENTS)


def use(monkeypatch: pytest.MonkeyPatch, sources: Sources) -> None:
    """Let fetching find `sources` where it would ask torchvision."""
    monkeypatch.setattr(fetching, "torchvision_sources", lambda folder: sources)


def raw(root: Path) -> list[str]:
    """What lies in the data set's folder."""
    folder = root / "FashionMNIST" / "raw"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_fetched_files_are_the_published_ones(files: IdxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After fetching, the four files lie in torchvision's layout with their hashes recorded, and nothing else."""
    with made.mirror(CONTENTS) as server:
        use(monkeypatch, made.sources(CONTENTS, server.address))
        fetch(files, tmp_path)
        assert raw(tmp_path) == sorted([*FILES, "sha256.json"])
        for name, content in CONTENTS.items():
            path = tmp_path / "FashionMNIST" / "raw" / name
            assert path.read_bytes() == content
            assert len(recorded(path) or "") == 64
        fetch(files, tmp_path)
        assert sorted(server.asked) == sorted(FILES), "nothing is asked for twice"
    split = files.load("train", tmp_path, (1, 28, 28), 10)
    assert split.images.shape == (30, 1, 28, 28)
    assert split.labels[:11].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]


def test_progress_counts_to_the_end(files: IdxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress only grows, and ends with all bytes done; the total is what the archives weigh."""
    heard: list[tuple[int, int]] = []
    with made.mirror(CONTENTS) as server:
        use(monkeypatch, made.sources(CONTENTS, server.address))
        fetch(files, tmp_path, lambda done, total: heard.append((done, total)))
    total = sum(files.archive_bytes.values())
    assert {each for _, each in heard} == {total}
    done = [done for done, _ in heard]
    assert done == sorted(done)
    assert done[-1] == total


def test_second_mirror_is_asked_after_a_404(files: IdxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror without the file is passed over."""
    with made.mirror(CONTENTS, made.not_found) as first, made.mirror(CONTENTS) as second:
        use(monkeypatch, made.sources(CONTENTS, first.address, second.address))
        fetch(files, tmp_path)
        assert len(first.asked) == len(second.asked) == 4
    assert [problem for _, problem in files.check(tmp_path)] == ["ok"] * 4


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (made.cut, "broke off"),
        (made.changed, "is not the published file"),
        (made.login_page, "is not the published file"),
        (made.not_found, "answered 404"),
    ],
)
def test_what_a_mirror_gets_wrong_is_said(
    answer: made.Answer, says: str, files: IdxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut, changed or missing file leaves nothing behind and is told in a sentence with a way on."""
    with made.mirror(CONTENTS, answer) as server:
        use(monkeypatch, made.sources(CONTENTS, server.address))
        with pytest.raises(DownloadError, match=says) as caught:
            fetch(files, tmp_path)
    assert "digits" in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    assert raw(tmp_path) == []
    assert not files.are_present(tmp_path)


def test_without_a_network_digits_are_offered(files: IdxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection gives one sentence that offers the embedded data set."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/"
    use(monkeypatch, made.sources(CONTENTS, nobody, nobody))
    with pytest.raises(DownloadError, match="no connection to") as caught:
        fetch(files, tmp_path)
    assert "use digits, which needs no network" in str(caught.value)
    assert raw(tmp_path) == []


def test_only_what_is_broken_is_fetched_again(files: IdxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was cut is replaced; the sound ones are left alone."""
    with made.mirror(CONTENTS) as server:
        use(monkeypatch, made.sources(CONTENTS, server.address))
        fetch(files, tmp_path)
        server.asked.clear()
        broken = tmp_path / "FashionMNIST" / "raw" / FILES[2]
        broken.write_bytes(broken.read_bytes()[:-1])
        fetch(files, tmp_path)
        assert server.asked == [FILES[2]]
        assert broken.read_bytes() == CONTENTS[FILES[2]]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_kill_in_the_middle_leaves_nothing_that_counts(files: IdxFiles, tmp_path: Path) -> None:
    """A process killed while a file comes leaves only leftovers: the file is not there, and old leftovers are swept."""
    with made.mirror(CONTENTS, made.slow) as server:
        process = subprocess.Popen([sys.executable, "-c", _FETCH, server.address, str(tmp_path)])
        try:
            until(lambda: any(name.startswith(".") for name in raw(tmp_path)))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    (leftover,) = raw(tmp_path)
    assert leftover.startswith(".train-images-idx3-ubyte-")
    assert not files.are_present(tmp_path)
    folder = tmp_path / "FashionMNIST" / "raw"
    assert remove_leftovers(folder, ABANDONED) == [], "it might still be coming"
    assert remove_leftovers(folder, ABANDONED, now=time.time() + 3600) == [folder / leftover]
    assert raw(tmp_path) == []


def test_two_processes_at_once(files: IdxFiles, tmp_path: Path) -> None:
    """Two processes that fetch at the same time both succeed, and every file is whole."""
    with made.mirror(CONTENTS) as server:
        command = [sys.executable, "-c", _FETCH, server.address, str(tmp_path)]
        processes = [subprocess.Popen(command) for _ in range(2)]
        assert [process.wait(timeout=PATIENCE) for process in processes] == [0, 0]
    assert [problem for _, problem in files.check(tmp_path)] == ["ok"] * 4
    assert raw(tmp_path) == sorted([*FILES, "sha256.json"])


def test_a_read_only_share_is_left_alone(files: IdxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A root that may not be written is named, with the variable that chooses another."""
    use(monkeypatch, made.sources(CONTENTS, "http://127.0.0.1:9/"))
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(DownloadError, match="cannot be written") as caught:
            fetch(files, tmp_path)
    finally:
        tmp_path.chmod(0o755)
    assert "CNNVIZ_DATA" in str(caught.value)
    assert raw(tmp_path) == []


@pytest.mark.parametrize(
    "spec", [spec for spec in DATASETS.values() if isinstance(spec.files, IdxFiles)], ids=lambda spec: spec.name
)
def test_torchvision_knows_our_files(spec: object) -> None:
    """torchvision's class of that name has mirrors and an md5 for each of our files."""
    files = spec.files  # type: ignore[attr-defined]
    sources = torchvision_sources(files.folder)
    assert set(sources.md5) == set(files.archive_bytes) == set(FILES)
    assert all(len(md5) == 32 for md5 in sources.md5.values())
    assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in sources.mirrors)


def test_made_archives_are_not_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even with a right md5, what is not published MNIST is refused at its first use."""
    mnist = DATASETS["mnist"].files
    assert isinstance(mnist, IdxFiles)
    with made.mirror(CONTENTS) as server:
        use(monkeypatch, made.sources(CONTENTS, server.address))
        fetch(mnist, tmp_path)
    assert all("was cut or changed" in problem for _, problem in mnist.check(tmp_path))
    assert np.fromfile(tmp_path / "MNIST" / "raw" / FILES[1], dtype=np.uint8).size == 38


# A process of its own that fetches the made data set: argv is mirror, root.
_FETCH = """
import sys
from pathlib import Path
from cnnviz.data import idx as fetching
from tests.data import made
contents = made.contents()
fetching.torchvision_sources = lambda folder: made.sources(contents, sys.argv[1])
fetching.fetch(made.made_files(contents), Path(sys.argv[2]))
"""
