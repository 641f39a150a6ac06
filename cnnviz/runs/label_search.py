"""Label search in a process of its own: training never runs in the web server. No torch here.

Its progress comes line by line as JSON; closing the generator ends the process. What was found is remembered for all
visitors of the server: the same configuration gives the same answers.

python -m cnnviz.runs.label_search '{"data": "digits", "label_noise": 0.2, ...}'
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Generator
from contextlib import suppress
from typing import Any

import numpy as np

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.locale import N_
from cnnviz.base.machine import child_environment
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import process

_MOST_KEPT = 8  # of 4,000 pictures and ten classes 160 kB each
_BROKEN = N_("The search came to nothing. Try again, or choose fewer pictures.")
_known: OrderedDict[tuple[TrainConfig, str], np.ndarray] = OrderedDict()
_lock = threading.Lock()


def search(config: TrainConfig, version: str = "") -> Generator[float | np.ndarray, None, None]:
    """How much is done, 0 to 1, again and again; at the end probabilities, float32 (n, k).

    `version` tells a data set from a later one of its name.

    Raises RunError, or what the search refused.
    """
    known = remembered(config, version)
    if known is None:
        yield 0.0
        known = yield from _ask(config)
        with _lock:
            _known[config, version] = known
            while len(_known) > _MOST_KEPT:
                _known.popitem(last=False)
    yield known


def remembered(config: TrainConfig, version: str = "") -> np.ndarray | None:
    """What a search of this server found."""
    with _lock:
        return _known.get((config, version))


def _ask(config: TrainConfig) -> Generator[float, None, np.ndarray]:
    child = subprocess.Popen(
        [sys.executable, "-m", "cnnviz.runs.label_search", config.to_json()],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env=child_environment(),
    )
    assert child.stdout is not None
    try:
        with child.stdout as lines:
            for line in lines:
                said = _read(line)
                if isinstance(said, float):
                    yield said
                elif said is not None:
                    return said
        raise RunError(_BROKEN)
    finally:
        child.kill()
        child.wait()


def _read(line: bytes) -> float | np.ndarray | None:
    with suppress(ValueError):
        said: Any = json.loads(line)
        if isinstance(said, dict) and "template" in said:
            raise CnnvizError.from_json(line)
        return np.array(said, np.float32) if isinstance(said, list) else float(said)
    return None


def main(text: str) -> int:
    """The process: print each share, then the answers; a refusal as `CnnvizError.to_json`."""
    from cnnviz.engine.label_search import Answers, search  # heavy

    process.step_back()
    try:
        for said in search(TrainConfig.from_json(text)):
            print(json.dumps(said.probabilities.round(6).tolist() if isinstance(said, Answers) else said), flush=True)
    except CnnvizError as error:
        print(error.to_json())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
