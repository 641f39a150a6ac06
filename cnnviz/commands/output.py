"""Output of the commands: sentences in the user's language, or one JSON object a line."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_, choose_language, translated
from cnnviz.base.locale.typesetting import fill
from cnnviz.base.machine import device_message
from cnnviz.data.dataset_spec import DatasetSpec


class Output:
    """Where a command writes. `as_json`: for programs; otherwise for people."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self._on_progress_line = False

    def translated(self, message: str, **values: object) -> str:
        """`message` in the language of `CNNVIZ_LANG`, its gaps filled."""
        return translate(message, **values)

    def say(self, message: str, **values: object) -> None:
        """One sentence, translated; nothing with --json."""
        self.line(translate(message, **values))

    def line(self, text: str = "") -> None:
        """One line as it is; nothing with --json."""
        if not self.as_json:
            self.end_progress()
            _print(text)

    def remarks(self, data: DatasetSpec) -> None:
        """What was done to the pictures of a folder, a sentence each, beside the output; nothing with --json."""
        if not self.as_json:
            for remark in data.remarks:
                print(translate(remark.template, **remark.values), file=sys.stderr)

    def record(self, **fields: object) -> None:
        """One JSON object, with --json only."""
        if self.as_json:
            _print(json.dumps(fields, ensure_ascii=False))

    def progress(self, text: str) -> None:
        """Overwrite the present line; nothing with --json or where output is not a terminal."""
        if self.as_json or not sys.stdout.isatty():
            return
        columns = shutil.get_terminal_size().columns - 1
        while _width(text) > columns:
            text = text[:-1]
        print("\r" + text + " " * (columns - _width(text)), end="", flush=True)
        self._on_progress_line = True

    def end_progress(self) -> None:
        """Clear the line that `progress` wrote."""
        if self._on_progress_line:
            print("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", end="", flush=True)
            self._on_progress_line = False

    def table(self, columns: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Rows under `head`; `columns` has "<" (left) or ">" (right, for numbers) for each. Nothing with --json."""
        cells = [[str(cell) for cell in row] for row in [head, *rows]]
        widths = [max(_width(row[column]) for row in cells) for column in range(len(head))]
        for row in cells:
            blanks = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
            self.line(
                "  ".join(
                    cell + blank if side == "<" else blank + cell
                    for side, cell, blank in zip(columns, row, blanks, strict=True)
                ).rstrip()
            )


def _print(text: str) -> None:
    """To standard output; once nobody reads it any more (`| head`) to nowhere: a training goes on all the same."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def translate(message: str, **values: object) -> str:
    """`message` in the language of `CNNVIZ_LANG`, its gaps filled."""
    text = translated(message, choose_language(os.environ.get("CNNVIZ_LANG")))
    return fill(text, values) if values else text


def in_words(device: str) -> str:
    """A device's name in the language of `CNNVIZ_LANG`."""
    message, values = device_message(device)
    return translate(message, **values)


def error_line(error: CnnvizError | str) -> str:
    """One line, whatever a value in it holds."""
    text = _sentence(error) if isinstance(error, CnnvizError) else error
    return " ".join(f"cnnviz: {text}".split())


def _sentence(error: CnnvizError) -> str:
    """Translated, also where one sentence quotes another."""
    values = {
        name: _sentence(value) if isinstance(value, CnnvizError) else value for name, value in error.values.items()
    }
    return fill(translate(error.template), values)


def _width(text: str) -> int:
    """Columns in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


_USAGE = N_("usage: ")
_HELP = N_("show this help and exit")
_HEADINGS = {"positional arguments": N_("positional arguments:"), "options": N_("options:")}  # as argparse names them


class Parser(argparse.ArgumentParser):
    """One for the whole command line, and one for each command."""

    def __init__(self, **usual: Any) -> None:
        super().__init__(formatter_class=_Formatter, add_help=False, **usual)
        self.add_argument("-h", "--help", action="help", help=translate(_HELP))

    def error(self, message: str) -> NoReturn:
        print(error_line(f"{message} ({self.prog} --help)"), file=sys.stderr)
        raise SystemExit(2)


class _Formatter(argparse.HelpFormatter):
    """Usage and headings in the visitor's language; argparse has them in English, and puts a colon behind headings."""

    def add_usage(
        self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, translate(_USAGE) if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(translate(_HEADINGS[heading]).removesuffix(":") if heading in _HEADINGS else heading)

    def format_help(self) -> str:
        return super().format_help().replace("：:\n", "：\n")
