"""The operator `check`: the figures of a sentence weighed against each other before it is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from wanqi import figures
from wanqi.figures import Finding, Interval
from wanqi.packs import IndicatorSpec

from .figures import Figure
from .periods import Period

if TYPE_CHECKING:
    from .engine import Evaluation


def findings(spec: IndicatorSpec) -> tuple[Finding, ...]:
    """Return what is found about the sentence of a check, errors first."""
    return _found(json.dumps(spec.claims_data, ensure_ascii=False))


@lru_cache(maxsize=64)
def _found(claims: str) -> tuple[Finding, ...]:
    # A sentence that was sent does not change; trying every repair of it takes a second.
    return figures.check(figures.claims_from(json.loads(claims)))


def check(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """Return the number of findings, with all of them in the note."""
    found = findings(spec)
    return replace(
        evaluation.blank(spec, period, as_of),
        value=Fraction(len(found)),
        interval=Interval.point(len(found)),
        definition=f"核对的句子：{spec.sentence}",
        arithmetic=tuple(line for one in found for line in one.arithmetic),
        note=told(found),
    )


def told(found: Sequence[Finding]) -> str:
    """Return findings as sentences: level, message, sums, and single changes that would make them agree."""
    if not found:
        return "经核无误：各数之间没有矛盾。"
    return "\n".join(_one(finding) for finding in found)


def _one(finding: Finding) -> str:
    parts = [f"{figures.LEVEL_TITLES[finding.level]}：{finding.message}"]
    if finding.arithmetic:
        parts.append(f"算式：{'；'.join(finding.arithmetic)}。")
    if finding.repair:
        parts.append(f"改任意一处即可相符：{'、'.join(str(repair) for repair in finding.repair)}。")
    return "".join(parts)
