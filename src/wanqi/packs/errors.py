"""Problems found in pack files, and the errors that carry them.

PackError
├── PacksRefused     one or more problems, each with its place
└── UnknownRegion    no folder has this region id
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file; line and column count from 1."""

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} [{self.code}] {self.message}\n  {self.hint}"


class PackError(Exception):
    """Root of everything this package raises on purpose."""


class PacksRefused(PackError):
    """Carries every problem found, in the order of files and lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(one) for one in problems))
        self.problems = tuple(problems)


class UnknownRegion(PackError):
    """Names the region id that was asked for and those that exist."""

    def __init__(self, region: str, known: Sequence[str]) -> None:
        listed = "、".join(known) or "（没有）"
        super().__init__(f"没有地区 {region}。\n  现有地区：{listed}。")
        self.region = region
