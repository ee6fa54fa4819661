"""One question at a time: the one that decides most, with the fields it is answered by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from wanqi.core.errors import RowInvalid
from wanqi.packs import FieldSpec, Pack
from wanqi.policies.checkup import Question, question_of
from wanqi.policies.checkup.plans import prepared
from wanqi.registry.facts import values
from wanqi.registry.industries import industry_problem, names
from wanqi.rules import tree
from wanqi.rules.errors import ValueRefused
from wanqi.rules.plan import Aggregate

from .answers import COUNT, MOST_ROWS, Answers, rows_of

LINES = 3  # lines offered for records at first, and so many more when asked for
SECRET = "国防专利"
INDUSTRIES = "gbt4754"


@dataclass(frozen=True)
class Input:
    """One field of a question. kind: text, number, date, choice, yes, many, or code with the codes to choose from."""

    name: str
    title: str
    kind: str
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    values: tuple[str, ...] = ()


def key_of(one: Question) -> str:
    """Return what a form names a question by."""
    return f"{one.section}/{one.id}@{one.period}" if one.section == "facts" else f"{one.section}/{one.id}"


def next_question(asked: Sequence[Question], answers: Answers) -> Question | None:
    """Return the first question the visitor has not put aside."""
    return next((one for one in asked if key_of(one) not in answers.skipped), None)


def question_named(key: str, pack: Pack) -> Question | None:
    """Return the question a form names, whether or not it is still asked; None for what nobody asks."""
    section, _, name = key.partition("/")
    id, _, period = name.partition("@")
    return question_of(pack, section, id, period)


def inputs(
    one: Question, pack: Pack, *, on: date, typed: Mapping[str, str] | None = None, more: int = 0
) -> list[list[Input]]:
    """Return the fields of a question, a list a line: one line of one field for a fact, some lines for records.

    more: lines beyond those already there.
    """
    typed = typed or {}
    if one.section == "facts":
        return [[_field("value", "", pack.facts[one.id], pack, typed.get("value", ""))]]
    fields = fields_of(pack, one.id, on)
    last = max((int(number) for number, _, _ in map(_parted, typed) if number), default=0)
    lines = []
    for number in range(min(max(LINES, 1 + last) + more, MOST_ROWS)):
        line = [
            _field(f"{number}.{name}", spec.title, spec, pack, typed.get(f"{number}.{name}", ""))
            for name, spec in fields.items()
        ]
        line.append(
            Input(
                f"{number}.{COUNT}", "同样的有几条", "number", "条", value=typed.get(f"{number}.{COUNT}", "")
            )
        )
        lines.append(line)
    return lines


def fields_of(pack: Pack, kind: str, on: date) -> dict[str, FieldSpec]:
    """Return the fields of a kind of records that some condition reads; its first one where none is read."""
    spec = pack.records[kind]
    read = {
        name
        for one in prepared(pack, on, "new").plan.inputs
        if isinstance(one.source, Aggregate) and one.source.kind == kind
        for node in (one.source.value, one.source.where)
        if node is not None
        for name in tree.fields(node)
    }
    wanted = {name: field for name, field in spec.fields.items() if name in read or field.required}
    return wanted or dict(list(spec.fields.items())[:1])


def _field(name: str, title: str, spec: Any, pack: Pack, typed: str) -> Input:
    unit = values.usual_unit(spec)
    if spec.type == "bool":
        return Input(name, title, "yes", choices=(("是", "是"), ("否", "否")), value=typed)
    if spec.type in ("enum", "set"):
        choices = tuple((one, one) for one in spec.values or () if one != SECRET)
        kind = "many" if spec.type == "set" else "choice"
        return Input(name, title, kind, choices=choices, value=typed, values=tuple(typed.split("、")))
    if name.endswith(".programme"):
        titles = {id: one.title for id, one in pack.titles.items()}
        titles |= {id: one.programme.title for id, one in pack.programme_files.items()}
        return Input(
            name, title, "choice", choices=tuple(sorted(titles.items(), key=lambda one: one[1])), value=typed
        )
    if getattr(spec, "codes", None) == INDUSTRIES:
        listed = tuple((f"{code} {said}", "") for code, said in names(pack).items() if len(code) == 4)
        return Input(name, title, "code", choices=listed, value=typed)
    kind = "date" if spec.type == "date" else "text" if spec.type == "text" else "number"
    return Input(name, title, kind, unit, value=typed)


def _parted(name: str) -> tuple[str, str, str]:
    """Return (number of the line, ".", field) of the name of an input of records; an empty number for others."""
    number, dot, field = name.partition(".")
    of_line = bool(dot) and number.isascii() and number.isdigit() and len(number) <= 2
    return (number, dot, field) if of_line else ("", "", name)


def is_typed(posted: QueryDict) -> bool:
    """Return whether something stands in the fields of the question."""
    return any("".join(posted.getlist(name)).strip() for name in posted if name == "value") or bool(
        _lines(posted)
    )


def typed_again(key: str, answers: Answers) -> dict[str, str]:
    """Return what the fields of a question start with when its answer is changed: what was answered."""
    section, _, name = key.partition("/")
    if section == "facts":
        return {"value": answers.facts.get(name, "")}
    given = answers.records.get(name, [])
    return {f"{number}.{field}": said for number, line in enumerate(given) for field, said in line.items()}


def taken(one: Question, pack: Pack, answers: Answers, posted: QueryDict) -> Answers:
    """Return the answers with what was typed for a question. Raises RowInvalid with a message per field."""
    if one.section == "facts":
        typed = "、".join(posted.getlist("value")).strip()
        if not typed:
            raise RowInvalid({"value": ["请填写，或选“先跳过”。"]}, hint="")
        spec = pack.facts[one.id]
        if spec.codes == INDUSTRIES:
            typed = typed.split()[0]  # the name stands behind the code
            if wrong := industry_problem(typed, names(pack)):
                raise RowInvalid({"value": [wrong]}, hint="")
        try:
            found = values.read_value(spec, typed)
        except ValueRefused as refused:
            raise RowInvalid({"value": [f"{refused.message}{refused.hint}"]}, hint="") from None
        if found is None:
            raise RowInvalid({"value": [f"“{typed}”不是数据。是零的填0，不清楚的选“先跳过”。"]}, hint="")
        return Answers({**answers.facts, f"{one.id}@{one.period}": typed}, answers.records, answers.skipped)
    lines = _lines(posted)
    if not lines:
        raise RowInvalid({"0": ["请至少填一条；没有的，选“没有”。"]}, hint="")
    for number, line in lines.items():
        try:
            rows_of(pack, one.id, line)
        except RowInvalid as refused:
            raise RowInvalid(
                {f"{number}.{name}": said for name, said in refused.fields.items()}, hint=""
            ) from None
    return Answers(answers.facts, {**answers.records, one.id: list(lines.values())}, answers.skipped)


def _lines(posted: QueryDict) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for name in posted:
        number, _, field = _parted(name)
        typed = "、".join(posted.getlist(name)).strip()
        if number and int(number) < MOST_ROWS and typed:
            found.setdefault(int(number), {})[field] = typed
    return {number: line for number, line in sorted(found.items()) if set(line) - {COUNT}}


def said_none(one: Question, answers: Answers) -> Answers:
    """Return the answers with a kind of records of which there are none."""
    return Answers(answers.facts, {**answers.records, one.id: []}, answers.skipped)


def put_aside(one: Question, answers: Answers) -> Answers:
    """Return the answers with a question that is not asked again."""
    return Answers(answers.facts, answers.records, [*answers.skipped, key_of(one)])
