"""Running worked examples of programmes and derived facts against the rule engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from wanqi.packs.errors import Problem
from wanqi.packs.naming import unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.cases import CasesFile, DerivedCase, ProgrammeCase
from wanqi.rules import ValueRefused
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import Derivation, compile_plan, evaluate

_HINT = "改正用例，或改正它检验的定义。"
Case = ProgrammeCase | DerivedCase


class Compiled:
    """Plans and derivations of one region, each made once."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._plans: dict[tuple[str, date, str], Plan] = {}
        self._derivations: dict[tuple[str, date], Derivation] = {}

    def plan(self, programme: str, on: date, kind: str) -> Plan:
        """Return the plan of one programme."""
        key = (programme, on, kind)
        if key not in self._plans:
            chosen = [self.pack.programmes[programme]]
            self._plans[key] = compile_plan(
                chosen, region=self.pack.region, on=on, kind=kind, scope=self.pack.rule_scope
            )
        return self._plans[key]

    def derivation(self, fact: str, on: date) -> Derivation:
        """Return what computes one derived fact."""
        if (fact, on) not in self._derivations:
            self._derivations[(fact, on)] = Derivation(
                [fact], region=self.pack.region, on=on, scope=self.pack.rule_scope
            )
        return self._derivations[(fact, on)]


def names(item: Item[CasesFile], case: Case, pack: Pack, at: Path) -> Iterator[Problem]:
    """Yield facts, kinds and fields of a case that the vocabulary does not have."""
    known = (*pack.facts, *pack.rule_scope.given)
    for name in case.facts or {}:
        if name not in known:
            yield unknown(item, (*at, "facts", name), "企业数据", name, known)
    for kind, rows in (case.records or {}).items():
        if kind not in pack.records:
            yield unknown(item, (*at, "records", kind), "数据类别", kind, pack.records)
            continue
        fields = {**pack.records[kind].fields, "complete_until": None}
        for index, row in enumerate(rows or ()):
            for name in row:
                if name not in fields:
                    yield unknown(item, (*at, "records", kind, index, name), "字段", name, fields)


def derived(
    item: Item[CasesFile], case: DerivedCase, compiled: Compiled, at: Path
) -> tuple[list[Problem], str | None]:
    """Return the problems of a case of a derived fact, and what was answered (None where it was not)."""
    try:
        answer = compiled.derivation(case.derived, case.on).evaluate(organisation(case))[case.derived]
    except ValueRefused as error:
        return [_value(item, case, error, at)], None
    found, expected = word(answer), word(case.expect)
    if found == expected or _equal(answer, case.expect):
        return [], expected
    message = f"应为 {expected}，算得 {found}。"
    return [item.file.problem((*at, "expect"), "case.answer", message, _HINT)], found


def programme(item: Item[CasesFile], case: ProgrammeCase, compiled: Compiled, at: Path) -> Iterable[Problem]:
    """Yield every difference between what a case expects and what the programme answers."""
    plan = compiled.plan(case.programme, case.on, case.kind)
    try:
        found = evaluate(plan, organisation(case))[0]
    except ValueRefused as error:
        yield _value(item, case, error, at)
        return
    for key in ("verdict", "why", "version", "score", "amount", "missing"):
        if key not in case.expect.model_fields_set:
            continue
        wanted, given = getattr(case.expect, key), getattr(found, key)
        if not _same(key, wanted, given):
            message = f"{key} 应为 {word(wanted)}，算得 {word(given)}。"
            yield item.file.problem((*at, "expect", key), "case.answer", message, _HINT)
    verdicts = dict(_verdicts(found.conditions)) if case.expect.conditions else {}
    for id, wanted in case.expect.conditions.items():
        place = (*at, "expect", "conditions", id)
        if id not in verdicts:
            yield unknown(item, place, "条件", id, list(verdicts))
        elif verdicts[id] != wanted:
            message = f"条件 {id} 应为 {wanted}，算得 {verdicts[id]}。"
            yield item.file.problem(place, "case.answer", message, _HINT)


def _verdicts(node: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if node is not None:
        yield node["id"], node["verdict"]
        for child in node.get("children") or ():
            yield from _verdicts(child)


def _same(key: str, wanted: object, given: object) -> bool:
    if key in ("score", "amount") and isinstance(wanted, tuple) and isinstance(given, list | tuple):
        return all(_equal(one, other) for one, other in zip(wanted, given, strict=True))
    if key == "missing" and isinstance(wanted, tuple) and isinstance(given, list | tuple):
        return sorted(wanted) == sorted(given)
    return wanted == given


def _equal(wanted: object, given: object) -> bool:
    """Whether two values are the same, numbers by their size."""
    if wanted is None or given is None or isinstance(wanted, bool) or isinstance(given, bool):
        return wanted is given
    try:
        return Fraction(str(wanted)) == Fraction(str(given))
    except ValueError:
        return wanted == given


def _value(item: Item[CasesFile], case: Case, error: ValueRefused, at: Path) -> Problem:
    path: Path = at
    for step in error.field.split("."):
        path = (
            *path,
            int(step) if step.isdecimal() and (*path, int(step)) in item.file.tree.places else step,
        )
    return item.file.problem(path, "case.value", error.message, error.hint)


def organisation(case: Case) -> dict[str, Any]:
    """Return the organisation of a case as JSON carries one."""
    facts = {name: _json(value) for name, value in (case.facts or {}).items()}
    records = {
        kind: None if rows is None else [{name: _json(one) for name, one in row.items()} for row in rows]
        for kind, rows in (case.records or {}).items()
    }
    return {"facts": facts, "records": records}


def _json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _json(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def word(value: object) -> str:
    """Return an answer as cases write it: unknown, true, false, a number, a pair, or the text itself."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else str(float(value))
    if isinstance(value, tuple | list):
        return f"[{', '.join(word(one) for one in value)}]"
    return str(value)
