"""Parser of the command line: argparse, its help in the language of `CNNVIZ_LANG`, its errors as one line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from cnnviz.base.locale import N_
from cnnviz.commands.output import error_line, translate

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
