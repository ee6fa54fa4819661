"""Missing data in the order that decides most.

For every datum that leaves some programme open, a few answers at the ends of its range are tried: none and many
records, yes and no, least and most, every permitted term. Its gain is (programmes decided, conditions decided) on
average over those answers; the greatest gain is asked first, then what most programmes ask for, then the title. Facts
that decide nothing but how much is paid come last.
The order depends on nothing else: the same enterprise is asked the same questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wanqi.packs import Pack
from wanqi.rules.bounds import beyond
from wanqi.rules.plan import Aggregate, Input, Size
from wanqi.rules.programmes import Outcome
from wanqi.rules.sources import Member

from .model import Question
from .plans import Prepared

MANY = 1_000
TERMS = 6
_EARLY = date(1990, 1, 1)
WHO = {
    "审计报告": "企业（审计报告）",
    "税务": "税务部门",
    "平台": "上级平台导出",
    "登记机关": "市场监管部门",
    "企业自报": "企业",
}

Key = tuple[str, str, str]  # section, id, period


def questions(
    prepared: Prepared,
    organisation: Mapping[str, Any],
    outcomes: Sequence[Outcome],
    titles: Mapping[str, str],
) -> tuple[Question, ...]:
    """Return what to ask for, first what decides most. titles: of the programmes, by id."""
    row = prepared.evaluator.row(organisation)
    asking = {one.programme: set(one.missing) for one in outcomes if one.verdict == "unknown" and one.missing}
    paying = _paying(prepared, row, outcomes)
    if not asking:
        return tuple(sorted(_only_paid(prepared, paying, titles), key=_rank))
    evaluator = prepared.evaluator
    leaves = {column for one in prepared.plan.programmes for _, column in one.leaves if one.id in asking}
    places = [evaluator.places[column] for column in sorted(leaves)]
    order = [n for n, one in enumerate(prepared.plan.programmes) if one.id in asking]
    known = sum(1 for values in (evaluator.values(row),) for place in places if values[place] is not None)
    found = []
    for key, columns in _data(prepared, row, set().union(*asking.values())).items():
        tries = [{**row, **change} for change in _answers(columns, prepared.on)]
        decided: set[str] = set()
        programmes = conditions = 0
        for tried in tries:
            verdicts = evaluator.verdicts(tried)
            turned = [prepared.plan.programmes[n].id for n in order if verdicts[n] != 1]
            decided.update(turned)
            programmes += len(turned)
            values = evaluator.values(tried)
            conditions += sum(values[place] is not None for place in places) - known
        count = max(len(tries), 1)
        gain = Decimal(programmes) / count, Decimal(conditions) / count
        asked = [titles[id] for id, missing in asking.items() if key[1] in missing]
        found.append(_question(prepared.pack, key, gain, sorted(titles[id] for id in decided), asked))
    known_keys = {(one.section, one.id, one.period) for one in found}
    rest = {key: ids for key, ids in paying.items() if key not in known_keys}
    return tuple(sorted([*found, *_only_paid(prepared, rest, titles)], key=_rank))


def question_of(pack: Pack, section: str, id: str, period: str) -> Question | None:
    """Return the question about a datum whether or not anything waits for it; None for what the pack does not have."""
    if id not in (pack.facts if section == "facts" else pack.records if section == "records" else ()):
        return None
    return _question(pack, (section, id, period), (Decimal(0), Decimal(0)), (), ())


def _paying(prepared: Prepared, row: Mapping[str, Any], outcomes: Sequence[Outcome]) -> dict[Key, list[str]]:
    """Return every fact that is not known and that a sum reads, with the programmes that may pay it."""
    found: dict[Key, list[str]] = {}
    for outcome in outcomes:
        if outcome.amount is None or outcome.verdict == "unmet":
            continue
        for one in prepared.paid_by(outcome.programme):
            source = one.source
            if isinstance(source, Aggregate) or row.get(one.name) is not None:
                continue
            if source.fact in prepared.pack.facts:
                key = ("facts", source.fact, "" if source.year is None else str(source.year))
                found.setdefault(key, []).append(outcome.programme)
    return found


def _only_paid(
    prepared: Prepared, paying: Mapping[Key, Sequence[str]], titles: Mapping[str, str]
) -> Iterable[Question]:
    for key, ids in paying.items():
        asked = [titles[id] for id in dict.fromkeys(ids)]
        yield _question(prepared.pack, key, (Decimal(0), Decimal(0)), (), asked)


def _rank(one: Question) -> tuple[Any, ...]:
    return -one.gain[0], -one.gain[1], -len(one.asked), one.title, one.period


def _data(prepared: Prepared, row: Mapping[str, Any], wanted: set[str]) -> dict[Key, list[Input]]:
    """Return the columns of every datum that is wanted and not known."""
    found: dict[Key, list[Input]] = {}
    for one in prepared.plan.inputs:
        source = one.source
        if isinstance(source, Aggregate):
            if source.kind in wanted:
                found.setdefault(("records", source.kind, ""), []).append(one)
        elif source.fact in wanted and row.get(one.name) is None and source.fact in prepared.pack.facts:
            period = "" if source.year is None else str(source.year)
            found.setdefault(("facts", source.fact, period), []).append(one)
    return found


def _answers(columns: Sequence[Input], on: date) -> Iterable[dict[str, Any]]:
    """Return columns with a value, once for every answer that is tried."""
    first = columns[0]
    if isinstance(first.source, Aggregate):
        yield dict.fromkeys((one.name for one in columns), 0)
        yield {one.name: _most(one) for one in columns}
        return
    if isinstance(first.source, Member | Size):
        yield {one.name: False if isinstance(one.source, Member) else 0 for one in columns}
        yield {one.name: True if isinstance(one.source, Member) else 5 for one in columns}
        return
    kind = first.type
    if kind.base == "bool":
        values: tuple[Any, ...] = (False, True)
    elif kind.base == "date":
        values = (_EARLY, on)
    elif kind.coded:
        values = (kind.values or ())[:TERMS]
    else:
        values = (0, _most(first))
    for value in values:
        yield dict.fromkeys((one.name for one in columns), value)


def _most(one: Input) -> int:
    if one.type.base == "count":
        return MANY
    return min(beyond(one.type) - 1, 10**13)


def _question(
    pack: Pack, key: Key, gain: tuple[Decimal, Decimal], decides: Sequence[str], asked: Sequence[str]
) -> Question:
    section, id, period = key
    if section == "records":
        kind = pack.records.get(id)
        title = kind.title if kind else id
        who = "主管部门或企业"
        return Question(section, id, title, "", "records", "", (), tuple(decides), tuple(asked), gain, who)
    spec = pack.facts[id]
    unit = spec.source_unit or {"money": "元", "ratio": "%"}.get(spec.type) or spec.unit or ""
    usable = [WHO[one] for one in spec.prefer if one in WHO]
    who = "市场监管部门" if spec.home.startswith("organisation.") else "、".join(usable[:2]) or "企业"
    return Question(
        section,
        id,
        spec.title,
        period,
        spec.type,
        unit,
        tuple(spec.values or ()),
        tuple(decides),
        tuple(asked),
        gain,
        who,
    )
