"""A class table as one expression: the class of an organisation by its industry and the bounds it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from wanqi.rules import tree
from wanqi.rules.parsing import parse
from wanqi.rules.programmes.model import ClassRow, ClassTable
from wanqi.rules.tree import Expression
from wanqi.rules.types import BOOL, TEXT, Scope, Type


def expression(table: ClassTable, scope: Scope) -> Expression:
    """Return the derived fact of the table: an enum of its classes.

    Known only where every class still reachable is the same: an unknown industry leaves it unknown, since one that no
    row names has no class; an unknown figure leaves it unknown unless no value of it would change the class.
    Raises ExpressionRefused where the table names a fact the scope does not have.
    """
    kind = Type("enum", table.classes)
    facts = dict.fromkeys(fact for row in table.rows for fact in row.bounds)
    values = {fact: parse(fact, scope, expect=None).root for fact in facts}
    code = parse(table.code, scope, expect=TEXT).root
    matches = [_matches(row, code) for row in table.rows]
    branches = [
        (
            _any(_reaches(row, match, values, place) for row, match in zip(table.rows, matches, strict=True)),
            name,
        )
        for place, name in enumerate(table.classes[:-1])
    ]
    branches.append((_any(matches), table.classes[-1]))
    root = tree.Case(
        tuple((when, tree.Literal(name, kind)) for when, name in branches), tree.Unknown(kind), kind
    )
    return Expression(table.id, root, kind, tuple(dict.fromkeys((table.code, *facts))))


def _matches(row: ClassRow, code: tree.Node) -> tree.Node:
    inside = _starts(code, row.prefixes)
    return tree.All((inside, tree.Not(_starts(code, row.excepted)))) if row.excepted else inside


def _starts(code: tree.Node, prefixes: tuple[str, ...]) -> tree.Node:
    return tree.Call("starts_with", (code, *(tree.Literal(one, TEXT) for one in prefixes)), BOOL)


def _reaches(row: ClassRow, match: tree.Node, values: dict[str, tree.Node], place: int) -> tree.Node:
    bounds = tuple(
        tree.Compare(">=", values[fact], tree.Literal(Decimal(bound[place]), values[fact].type))
        for fact, bound in row.bounds.items()
    )
    return tree.All((match, *bounds))


def _any(parts: Iterable[tree.Node]) -> tree.Node:
    return tree.Any(tuple(parts))
