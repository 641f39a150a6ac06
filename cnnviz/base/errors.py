"""Errors: every one a user can cause, as one translatable sentence. Knows nothing of Streamlit or torch.

CnnvizError
├── ConfigurationError    a parameter outside its rule (also a ValueError)
├── DataError
│   ├── MissingDataError  a data set is not on this machine
│   ├── CorruptDataError  a file was cut or changed since it was fetched
│   ├── DownloadError     a file could not be fetched
│   └── PictureError      a user's file is not a picture we can read
├── AnswerError           what a network answers is not a number
├── CheckpointError       a file is not a checkpoint, or not one for this network
└── RunError              a run cannot do what was asked of it
    └── BusyStoreError    another program holds the file of the runs
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from cnnviz.base.locale.typesetting import fill


class CnnvizError(Exception):
    """One sentence: parameter, rule, the value got, the next step.

    `template` is the English sentence with `{named}` gaps, which is also the key of its translation;
    `values` fill the gaps in any language.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(fill(template, values))
        self.template = template
        self.values = values

    def to_json(self) -> str:
        """To be kept, or told to another process: still a sentence of any language, as is one that fills a gap."""
        return json.dumps(self._parts(), default=_plain)

    @classmethod
    def from_json(cls: type[_E], text: str | bytes) -> _E:
        """What `to_json` wrote. Raises ValueError, KeyError, TypeError for another text."""
        return _from_parts(cls, json.loads(text))

    def _parts(self) -> dict[str, object]:
        return {"template": self.template, "values": self.values}


_E = TypeVar("_E", bound=CnnvizError)


def _plain(value: object) -> object:
    return value._parts() if isinstance(value, CnnvizError) else str(value)


def _from_parts(kind: type[_E], parts: Mapping[str, Any]) -> _E:
    values = {
        name: _from_parts(CnnvizError, value) if isinstance(value, dict) else value
        for name, value in parts["values"].items()
    }
    return kind(parts["template"], **values)


class ConfigurationError(CnnvizError, ValueError):
    """A parameter is outside its rule."""


class DataError(CnnvizError):
    """A data set or a picture cannot be used."""


class MissingDataError(DataError):
    """A data set is not on this machine."""


class CorruptDataError(DataError):
    """A file of a data set was cut or changed since it was fetched."""


class DownloadError(DataError):
    """A file could not be fetched."""


class PictureError(DataError):
    """A user's file is not a picture we can read."""


class AnswerError(CnnvizError):
    """What a network answers is not a number."""


class CheckpointError(CnnvizError):
    """A file is not a checkpoint, or not one for this network."""


class RunError(CnnvizError):
    """A run cannot do what was asked of it."""


class BusyStoreError(RunError):
    """Another program holds the file of the runs: the same will go later."""
