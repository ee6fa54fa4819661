"""What the expressions of a region's programmes may name, and the digest of everything a rule stands on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from wanqi.packs import converting
from wanqi.packs.specs.vocabulary import DerivedFact, RecordKind
from wanqi.rules import Expression, ExpressionRefused, Scope, Type, parse, tree
from wanqi.rules.types import CodeRule, RecordScope

if TYPE_CHECKING:
    from wanqi.packs.pack import Pack

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_TEXT = re.compile(r"'([^']*)'")


def build(pack: Pack) -> tuple[Scope, Mapping[str, ExpressionRefused]]:
    """Return the scope with every derived fact read, and what was refused of those that could not be.

    A derived fact may use others; one that needs itself, or a refused one, is refused.
    """
    scope = Scope(
        {name: pack.known_areas(one.value_type) for name, one in pack.facts.items()},
        known_tests=False,
        dated=True,
        annual=frozenset(name for name, one in pack.facts.items() if one.period == "annual"),
        records={name: _record(pack, one) for name, one in pack.records.items()},
        lists={name: one.prefixes for name, one in pack.codes.items()},
        params=converting.parameters(pack.params),
        programmes=frozenset((*pack.items.programmes, *pack.titles)),
        codes={
            name: CodeRule(pack.codes[one.codes].title, pack.codes[one.codes].prefixes, one.digits)
            for name, one in pack.facts.items()
            if one.codes in pack.codes and one.codes is not None and one.digits is not None
        },
        regions=frozenset(pack.chain),
    )
    derived: dict[str, Expression] = {}
    refused: dict[str, ExpressionRefused] = {}
    given = dict[str, Type]()
    for name in in_order(pack.derived):
        try:
            derived[name] = _derive(pack, name, replace(scope, derived=dict(derived), given=dict(given)))
        except ExpressionRefused as error:
            refused[name] = error
            continue
        if pack.derived[name].given:
            given[name] = pack.derived[name].value_type
    yearly = {name for name in given if tree.yearly(derived[name].root)}
    return replace(scope, derived=derived, given=given, annual=scope.annual | yearly), refused


def _record(pack: Pack, kind: RecordKind) -> RecordScope:
    fields = {name: pack.known_areas(one.value_type) for name, one in kind.fields.items()}
    return RecordScope(
        fields, {name: one.absent for name, one in kind.fields.items() if one.absent is not None}
    )


def _derive(pack: Pack, name: str, scope: Scope) -> Expression:
    spec = pack.derived[name]
    if spec.expression is not None:
        return parse(spec.expression, scope, expect=spec.value_type)
    assert spec.classes is not None
    from wanqi.rules.programmes import classes

    return classes.expression(converting.class_table(name, spec.classes), scope)


def in_order(specs: Mapping[str, DerivedFact]) -> list[str]:
    """Return the derived facts so that each comes after those it uses; those in a circle come last, as written."""
    needs = {
        name: {one for one in used_words(spec) if one in specs and one != name}
        for name, spec in specs.items()
    }
    found: list[str] = []
    waiting = list(specs)
    while waiting:
        ready = [name for name in waiting if needs[name] <= set(found)]
        found += ready or waiting
        waiting = [name for name in waiting if name not in ready] if ready else []
    return found


def circles(specs: Mapping[str, DerivedFact]) -> Iterable[str]:
    """Yield every derived fact that is computed from itself."""
    needs = {name: {one for one in used_words(spec) if one in specs} for name, spec in specs.items()}
    for start in specs:
        seen: set[str] = set()
        pending = list(needs[start])
        while pending:
            one = pending.pop()
            if one not in seen:
                seen.add(one)
                pending.extend(needs[one])
        if start in seen:
            yield start


def used_words(spec: DerivedFact) -> frozenset[str]:
    """Return every name the definition of a derived fact writes."""
    if spec.expression is not None:
        return frozenset(_WORD.findall(_TEXT.sub("''", spec.expression)))
    assert spec.classes is not None
    return frozenset((spec.classes.code, *(fact for row in spec.classes.rows for fact in row.bounds)))


def standing_on(pack: Pack, written: Iterable[str]) -> dict[str, str]:
    """Return `<section>/<id>` → digest of every vocabulary entry, parameter and code list some texts use."""
    found: dict[str, str] = {}
    pending = list(written)
    while pending:
        text = pending.pop()
        words = {*_WORD.findall(_TEXT.sub("''", text)), *_TEXT.findall(text)}
        for section in ("facts", "derived", "records", "params", "codes"):
            items = getattr(pack.items, section)
            for word in words & items.keys():
                if f"{section}/{word}" in found:
                    continue
                found[f"{section}/{word}"] = items[word].digest
                if section == "derived":
                    spec = pack.derived[word]
                    pending.append(spec.expression or " ".join(used_words(spec)))
    return dict(sorted(found.items()))
