"""What a visitor has answered so far: it travels with the page's own form and is stored nowhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wanqi.core.errors import RowInvalid, StepRefused
from wanqi.packs import FactSpec, Pack
from wanqi.registry.facts import values
from wanqi.registry.facts.records import checked_fields
from wanqi.registry.industries import industry_name, names
from wanqi.rules.errors import ValueRefused

LONGEST = 60_000  # characters of all answers
MOST_ROWS = 30  # records of one kind
MOST_ALIKE = 99  # of one line of records
COUNT = "count"


@dataclass(frozen=True)
class Line:
    """One answer as it is shown to be changed. key: what the form names it by."""

    key: str
    title: str
    words: str


@dataclass
class Answers:
    """facts: (id, period) as "id@period" → what was typed, in the item's usual unit; records: kind → lines as typed.

    skipped: keys of questions the visitor did not want to answer.
    """

    facts: dict[str, str] = field(default_factory=dict)
    records: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the answers as the form carries them."""
        return json.dumps([self.facts, self.records, self.skipped], ensure_ascii=False, separators=(",", ":"))

    def organisation(self, pack: Pack) -> dict[str, Any]:
        """Return what `wanqi evaluate` reads. Raises ValueRefused or RowInvalid for an answer it cannot take."""
        facts: dict[str, Any] = {}
        for key, typed in self.facts.items():
            id, _, period = key.partition("@")
            spec = pack.facts.get(id)
            if spec is None:
                continue
            value = values.as_json(spec, values.read_value(spec, typed))
            if spec.period == "annual":
                facts.setdefault(id, {})[period] = value
            else:
                facts[id] = value
        records = {
            kind: [row for line in lines for row in rows_of(pack, kind, line)]
            for kind, lines in self.records.items()
            if kind in pack.records
        }
        return {"id": "", "facts": facts, "records": records}

    def lines(self, pack: Pack) -> list[Line]:
        """Return every answer in words, in the order it was given."""
        found = []
        for key, typed in self.facts.items():
            id, _, period = key.partition("@")
            spec = pack.facts.get(id)
            if spec is not None:
                year = f"{period}年度" if period else ""
                words = _words(spec, typed)
                if spec.codes is not None:
                    words = f"{words} {industry_name(words, names(pack))}".strip()
                found.append(Line(f"facts/{key}", f"{year}{spec.title}", words))
        for kind, given in self.records.items():
            if kind in pack.records:
                count = sum(_alike(one) for one in given)
                found.append(
                    Line(f"records/{kind}", pack.records[kind].title, f"{count}条" if count else "没有")
                )
        return found

    def without(self, key: str) -> Answers:
        """Return the answers with one taken back, so that it is asked again."""
        section, _, name = key.partition("/")
        return Answers(
            {id: typed for id, typed in self.facts.items() if section != "facts" or id != name},
            {kind: given for kind, given in self.records.items() if section != "records" or kind != name},
            [one for one in self.skipped if one != key],
        )


def _words(spec: FactSpec, typed: str) -> str:
    try:
        return values.in_words(spec, values.read_value(spec, typed))
    except ValueRefused:
        return typed


def read(text: str) -> Answers:
    """Return the answers a form carries. Raises StepRefused for what no form of ours has written."""
    if not text:
        return Answers()
    try:
        if len(text) > LONGEST:
            raise ValueError
        facts, records, skipped = json.loads(text)
        return Answers(
            {_short(key): _short(typed) for key, typed in facts.items()},
            {
                _short(kind): [
                    {_short(name): _short(one) for name, one in line.items()} for line in given[:MOST_ROWS]
                ]
                for kind, given in records.items()
            },
            [_short(key) for key in skipped],
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise StepRefused("此前填写的内容已读不出。", hint="请重新开始自测。") from None


def _short(given: object) -> str:
    if not isinstance(given, str) or len(given) > values.LONGEST or "\x00" in given:
        raise ValueError(given)
    return given


def rows_of(pack: Pack, kind: str, line: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the records that one line stands for. Raises RowInvalid with a message per field."""
    spec = pack.records[kind]
    given: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    for name, typed in line.items():
        if name == COUNT or name not in spec.fields:
            continue
        try:
            given[name] = values.read_value(spec.fields[name], typed)
        except ValueRefused as refused:
            problems[name] = [f"{spec.fields[name].title}：{refused.message}{refused.hint}"]
    if not 1 <= _alike(line) <= MOST_ALIKE:
        problems[COUNT] = [f"件数：请填1至{MOST_ALIKE}的整数。"]
    if problems:
        raise RowInvalid(problems, hint="请改正后再继续。")
    return [checked_fields(spec, given)] * _alike(line)


def _alike(line: Mapping[str, str]) -> int:
    typed = line.get(COUNT, "").strip() or "1"
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else 0
