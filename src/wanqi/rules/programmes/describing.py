"""The parts of a leaf for people: its years, its terms, and what each compares with what."""

from __future__ import annotations

from dataclasses import replace

from wanqi.rules import tree
from wanqi.rules.errors import RulesError
from wanqi.rules.folding import quotient
from wanqi.rules.plan import Part, Reading
from wanqi.rules.programmes.model import Basis
from wanqi.rules.programmes.reader import Reader
from wanqi.rules.spans import Span

_FLIPPED: dict[tree.Comparison, tree.Comparison] = {
    "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip
_OPPOSITE: dict[tree.Comparison, tree.Comparison] = {
    "=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
}  # fmt: skip
_UNITS = {"money": "元", "ratio": "比率", "count": "个"}


def leaf_part(basis: Basis, root: tree.Node, *, column: str, reader: Reader) -> Part:
    """Return the part of a leaf whose authored tree is `root` and whose answer stands in `column`."""
    part = _described(basis.id, root, reader, depth=0)
    return replace(part, column=column, title=basis.title, article=basis.article, tag=basis.tag)


def _described(id: str, node: tree.Node, reader: Reader, *, depth: int) -> Part:
    """Return the node as a part; groups open two levels down, deeper ones are one leaf."""
    test = reader.lowered(node)
    match node:
        case tree.All(parts=parts) | tree.Any(parts=parts) if depth < 2:
            children = tuple(
                _described(f"{id}.{index}", part, reader, depth=depth + 1)
                for index, part in enumerate(parts, start=1)
            )
            return Part(id, "all" if isinstance(node, tree.All) else "any", test=test, children=children)
        case tree.Window(function="each" | "some" as function, operand=operand, years=years) if depth < 2:
            base = reader.moment.base_year
            children = tuple(
                _described(f"{id}@{base - back}", operand, reader.earlier(back), depth=depth + 1)
                for back in range(years)
            )
            return Part(id, "all" if function == "each" else "any", test=test, children=children)
        case _:
            return Part(id, "leaf", test=test, reading=_reading(node, reader, negated=False))


def _reading(node: tree.Node, reader: Reader, *, negated: bool) -> Reading | None:
    match node:
        case tree.Not(operand=operand):
            return _reading(operand, reader, negated=not negated)
        case tree.Compare():
            return _comparison(node, reader, negated=negated)
        case tree.OneOf(operand=operand, values=values) if (
            not operand.type.numeric and operand.type.base != "date"
        ):
            found = reader.lowered(operand)
            choices = () if negated else tuple(str(one.value) for one in values)
            return Reading((found, found), None, None, choices)
        case tree.Field() | tree.Annual() | tree.Derived() | tree.Member():
            found = reader.lowered(node)
            return Reading((found, found), None, None)
        case _:
            return None


def _comparison(node: tree.Compare, reader: Reader, *, negated: bool) -> Reading | None:
    left, right, operator = node.left, node.right, node.operator
    if isinstance(left, tree.Literal | tree.Param | tree.Day):
        left, right, operator = right, left, _FLIPPED[operator]
    if negated:
        operator = _OPPOSITE[operator]
    if not left.type.numeric:
        value, limit = reader.lowered(left), reader.lowered(right)
        return Reading((value, value), operator, (limit, limit))
    limits, found = measured(right, reader), number_reading(left, reader)
    if limits is None or found is None:
        return None
    return replace(found, operator=operator, threshold=(limits.low, limits.high))


def number_reading(node: tree.Node, reader: Reader) -> Reading | None:
    """Return what is measured of an authored number, None where nothing is."""
    unit = unit_of(node)
    ends = measured(node, reader)
    if ends is not None:
        return Reading((ends.low, ends.high), None, None, unit=unit)
    while isinstance(node, tree.Derived):
        reader, node = reader.earlier(-node.shift), node.definition
    if not isinstance(node, tree.Ratio):
        return None
    over, under = measured(node.numerator, reader), measured(node.denominator, reader)
    if over is None or under is None:
        return None
    return Reading((over.low, over.high), None, None, unit=unit, under=(under.low, under.high))


def measured(node: tree.Node, reader: Reader) -> Span | None:
    """Return the two ends of an authored number, None where it has none: some growth rates can only be compared."""
    try:
        ends = reader.span(node)
    except RulesError:
        return None
    if any(_chooses_quotients(one) for end in (ends.low, ends.high) for one in tree.walk(end)):
        return None
    return ends


def _chooses_quotients(node: tree.Node) -> bool:
    """Whether a quotient stands where a number is chosen, which no backend has a value for."""
    match node:
        case (
            tree.Case(branches=branches, otherwise=otherwise)
            | tree.Reach(branches=branches, otherwise=otherwise)
        ):
            return quotient(otherwise) or any(quotient(value) for _, value in branches)
        case tree.Call(arguments=arguments):
            return any(quotient(one) for one in arguments)
        case _:
            return False


def unit_of(node: tree.Node) -> str | None:
    """Return the unit a number is written in: its own, else that of its type."""
    return node.type.unit or _UNITS.get(node.type.base)
