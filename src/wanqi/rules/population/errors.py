"""Errors of population runs.

RulesError
├── FactsRefused     a file or column of facts is not what the vocabulary says
├── EngineMissing    the engine asked for is not installed
└── OutputRefused    the folder for the answers holds something else
    └── DiskFull     there is no room for them
"""

from __future__ import annotations

from wanqi.rules.errors import RulesError


class FactsRefused(RulesError):
    """`code` is stable; `place` the file and column, `cause` what is wrong there, `hint` the next step."""

    def __init__(self, code: str, place: str, cause: str, *, hint: str) -> None:
        super().__init__(f"{place}：{cause}。{hint}")
        self.code = code
        self.place = place
        self.cause = cause
        self.hint = hint


class EngineMissing(FactsRefused):
    """Names what has to be installed; exit status 3, since it is this machine that lacks it."""

    exit_status = 3


class OutputRefused(FactsRefused):
    """Names the folder that was not written."""


class DiskFull(OutputRefused):
    """Exit status 3: the same command goes on where it was once there is room."""

    exit_status = 3
