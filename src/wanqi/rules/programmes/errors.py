"""Errors of programmes.

RulesError
├── ProgrammeRefused    a text of a programme is no expression of the language
├── ProgrammeUnknown    no programme has this id
├── FactUnknown         no derived fact has this id
└── OrganisationRefused the data of an organisation is not what the vocabulary allows
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from wanqi.rules.errors import ExpressionRefused, RulesError


class ProgrammeRefused(RulesError):
    """Names the programme, version and condition whose text is refused, and carries the refusal."""

    code = "programme.expression"

    def __init__(self, programme: str, version: str, condition: str, refusal: ExpressionRefused) -> None:
        super().__init__(f"{programme} {version} {condition}：{refusal}")
        self.place = f"{programme} {version} {condition}"
        self.cause = refusal.message
        self.hint = refusal.hint
        self.refusal = refusal


class ProgrammeUnknown(RulesError):
    """Names the programme that was asked for and the nearest one."""

    code = "programme.unknown"

    def __init__(self, programme: str, known: Iterable[str]) -> None:
        self.place = programme[:80]
        self.cause = "没有这个政策事项"
        self.hint = _nearest(programme, known)
        super().__init__(f"{self.place}：{self.cause}。{self.hint}")


class FactUnknown(RulesError):
    """Names the fact that was asked for and the nearest one."""

    code = "fact.unknown"

    def __init__(self, fact: str, known: Iterable[str]) -> None:
        self.place = fact[:80]
        self.cause = "没有这项派生数据"
        self.hint = _nearest(fact, known)
        super().__init__(f"{self.place}：{self.cause}。{self.hint}")


class OrganisationRefused(RulesError):
    """`code` is stable; `place` is the fact, record or field, `cause` what is wrong with it, `hint` the next step."""

    def __init__(self, code: str, place: str, cause: str, *, hint: str) -> None:
        super().__init__(f"{place}：{cause}。{hint}")
        self.code = code
        self.place = place
        self.cause = cause
        self.hint = hint


def _nearest(wanted: str, known: Iterable[str]) -> str:
    listed = sorted(known)
    near = get_close_matches(wanted, listed, n=1, cutoff=0.5)
    if near:
        return f"是不是 {near[0]}？"
    return (
        f"现有：{'、'.join(listed[:20])}" + ("等。" if len(listed) > 20 else "。")
        if listed
        else "这里一项也没有。"
    )
