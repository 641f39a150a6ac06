"""The command line, one module for each command: its arguments (`add_arguments`) and what it does (`run`).

Exit codes: 0, 2 (one line on stderr says what is wrong), 130 (Ctrl-C).
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.commands.output import Output, Parser, error_line

_ABOUT = N_("A visual explorer of convolutional networks.")
COMMANDS = {
    "doctor": N_("what a teacher checks before class: device, versions, data, write access, port"),
    "data": N_("list the data sets, fetch them, or check their files"),
    "train": N_("train a network; the app shows the run too"),
    "evaluate": N_("how well a checkpoint does on the test images, class by class"),
    "summary": N_("layers of a network: shapes, weights, multiply-accumulates, receptive field"),
    "bench": N_("speed, each against the plain way, in one run"),
}
_INTERRUPTED = 130  # 128 + SIGINT, as shells expect


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console without Chinese or ticks shows "?"
    try:
        chosen = _parse(arguments)
        code: int = import_module(f"cnnviz.commands.{chosen.command}").run(chosen, Output(chosen.json))
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse: --help, or an error it has printed
        return stop.code if isinstance(stop.code, int) else 2
    except CnnvizError as error:
        print(error_line(error), file=sys.stderr)
        return 2
    except BrokenPipeError:  # `| head`: nobody reads any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk, a folder that cannot be read
        print(error_line(str(error)), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return _INTERRUPTED


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    out = Output()
    parser = Parser(prog="python -m cnnviz", description=out.translated(_ABOUT))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=out.translated(purpose), description=out.translated(purpose))
        command.add_argument("--json", action="store_true", help=out.translated(N_("one JSON object a line")))
        if name == _command_of(arguments):  # only this one's module is imported
            import_module(f"cnnviz.commands.{name}").add_arguments(command, out)
    return parser.parse_args(arguments)


def _command_of(arguments: Sequence[str]) -> str | None:
    return next((word for word in arguments if not word.startswith("-")), None)
