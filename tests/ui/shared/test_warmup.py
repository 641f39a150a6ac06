"""What the first pages wait for is light: torch and pandas come after it, or with the page that needs them."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.page import PAGES

warmup._import(warmup.Stage.PAGES)
assert not {"torch", "torchvision", "pandas"} & set(sys.modules)
light = {f"cnnviz.ui.{page.name}.page" for page in PAGES if page.needs is warmup.Stage.PAGES}
assert light <= set(sys.modules) and len(light) >= 6, light
"""


@pytest.mark.slow
def test_the_first_stage_loads_nothing_heavy() -> None:
    """Every page that says it needs no torch is in, and nothing heavy with it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
