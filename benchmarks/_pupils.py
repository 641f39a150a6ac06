"""Pupils without browsers, in a process of their own: sessions that walk all pages of a server, each at its own pace.

python -m benchmarks._pupils URL arrive COUNT          # all at one instant, one page each
python -m benchmarks._pupils URL walk COUNT SECONDS    # each opens page after page, and works on it, until time is up

Prints an `Answers` as JSON.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from cnnviz.ui.shared.page import PAGES
from tests.browser.session import Session

THINK = 2.0  # seconds between an answer and the next question, on average
TURNS = 3  # of a control of a page before the next one is opened
PATHS = tuple("" if page.name == "home" else page.name for page in PAGES)


def turn(page: str, number: int) -> tuple[str, dict[str, Any]]:
    """What is turned most on a page, and the value it has the `number`th time: another one each time."""
    ink = bytes(250 * (9 + number % 9 < pixel % 28 < 20 and 112 <= pixel < 672) for pixel in range(28 * 28))
    return {
        "": ("home_stage", {"json_value": json.dumps({"drawing": base64.b64encode(ink).decode()})}),
        "convolution": ("convolution_stage", {"json_value": json.dumps({"link": f"n={7 + number % 9}&k=3&p=1"})}),
        "networks": ("Model", {"string_value": ("LeNet-5", "AlexNet", "VGG-16", "ResNet-18", "GoogLeNet")[number % 5]}),
        "training": ("Epochs", {"double_value": 2.0 + number % 9}),
        "layers": ("Feature map", {"double_value": 1.0 + number % 6}),
        "evaluation": ("Per cent of each true class instead of counts", {"bool_value": number % 2 == 0}),
        "runs": ("Show", {"string_array_value": (["Compare"], ["Leaderboard"])[number % 2]}),
        "data": ("Another sample", {"trigger_value": True}),
    }[page]


@dataclass
class Answers:
    """Seconds from asking to having the whole answer, and what went wrong."""

    opened: list[float] = field(default_factory=list)  # a page
    turned: list[float] = field(default_factory=list)  # a control of a page that is open
    wrong: list[str] = field(default_factory=list)


def pupils(url: str, *how: str | float) -> Answers:
    """What they were answered. They are gone at the end."""
    command = [sys.executable, "-m", "benchmarks._pupils", url, *map(str, how)]
    return Answers(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))


@contextmanager
def walking(url: str, count: int) -> Iterator[None]:
    """`count` of them walk meanwhile; all have come when the block begins."""
    command = [sys.executable, "-m", "benchmarks._pupils", url, "walk", str(count), str(24 * 60 * 60)]
    process = subprocess.Popen(command)
    try:
        time.sleep(2 * THINK)
        yield
    finally:
        process.terminate()
        process.wait()


async def arrive(url: str, count: int) -> Answers:
    """`count` sessions at one instant, spread over the pages."""
    answers = Answers()
    await asyncio.gather(*(_arrive(url, PATHS[number % len(PATHS)], answers) for number in range(count)))
    return answers


async def _arrive(url: str, page: str, answers: Answers) -> None:
    async with Session(url, page=page) as pupil:
        answers.opened.append(await pupil.run())
        answers.wrong += pupil.exceptions


async def walk(url: str, count: int, seconds: float) -> Answers:
    """`count` sessions, each from a page of its own onwards; they come within one time of thought."""
    answers = Answers()
    until = time.monotonic() + seconds
    await asyncio.gather(*(_walk(url, number, until, answers) for number in range(count)))
    return answers


async def _walk(url: str, number: int, until: float, answers: Answers) -> None:
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, THINK))
    async with Session(url, page=PATHS[number % len(PATHS)]) as pupil:
        opening = pupil.run()
        while True:
            answers.opened.append(await opening)
            for turned in range(TURNS):
                await asyncio.sleep(chance.uniform(0.5, 1.5) * THINK)
                if time.monotonic() > until:
                    answers.wrong += pupil.exceptions
                    return
                label, value = turn(pupil.page, number + turned)
                answers.turned.append(await pupil.set(label, **value))
            number += 1
            await asyncio.sleep(chance.uniform(0.5, 1.5) * THINK)
            opening = pupil.visit(PATHS[number % len(PATHS)])


def main(url: str, what: str, count: str, seconds: str = "0") -> None:
    """Print what they were answered."""
    answers = asyncio.run(arrive(url, int(count)) if what == "arrive" else walk(url, int(count), float(seconds)))
    print(json.dumps(asdict(answers)))


if __name__ == "__main__":
    main(*sys.argv[1:])
