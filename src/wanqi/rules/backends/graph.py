"""A plan's operations as one graph in which equal ones are the same, and its writing into a language.

What stands in several places is computed once, as a column of its own. A column of a layer reads only columns of
earlier layers, so that a layer is one SELECT or one `with_columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, cast

from wanqi.rules.backends.target import Bit, Branch, E, Kind, Packing, Target, kind_of
from wanqi.rules.backends.translation import Number, Translation
from wanqi.rules.plan import Plan
from wanqi.rules.tree import Comparison, Operation

_UNDER = "÷"
# What costs no more to write twice than to keep.
_FEW = 2  # beginnings that are looked for one by one; conditions worth a guard of their own
_BYTES = 8  # of a text that make one number
_FREE = frozenset({"column", "integer", "constant", "unknown"})
# What is known whatever it is made of, and what may be unknown though all it is made of is known.
_ALWAYS = frozenset(
    {"integer", "constant", "known", "possible", "certain", "leads", "pick", "state", "code", "word"}
)
_NEVER = frozenset({"unknown", "leading", "floor_divide"})


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One operation: the method of `Target` that writes it, what that is given, and the terms among it.

    sure: it is proved to be known in every row.
    """

    place: int
    method: str
    given: tuple[object, ...]
    named: tuple[tuple[str, object], ...]
    inside: tuple[Term, ...]
    sure: bool


class Graph(Target[Term]):
    """Collects terms; one with the same method and operands as an earlier one is that one.

    full: columns without any unknown value: what only they decide is never asked whether it is known.
    """

    def __init__(self, full: Container[str] = ()) -> None:
        self.terms: list[Term] = []
        self._full = full
        self._known: dict[object, Term] = {}

    def _term(self, method: str, *given: object, **named: object) -> Term:
        inside: list[Term] = []
        options = tuple(named.items())
        key = (method, _key(given, inside), _key(options, inside))
        found = self._known.get(key)
        if found is None:
            sure = self._sure(method, given, inside)
            found = self._known[key] = Term(len(self.terms), method, given, options, tuple(inside), sure)
            self.terms.append(found)
        return found

    def _sure(self, method: str, given: tuple[object, ...], inside: Sequence[Term]) -> bool:
        if method in _ALWAYS or method in _NEVER:
            return method in _ALWAYS
        match method, given:
            case "column", (name, _):
                return name in self._full
            case "choose", (tuple() as branches, Term() as otherwise):  # an unknown condition counts as no
                return otherwise.sure and all(value.sure for _, value in branches)
            case "extreme", _:
                return any(one.sure for one in inside)
            case _:
                return all(one.sure for one in inside)

    def column(self, name: str, kind: Kind) -> Term:
        return self._term("column", name, kind)

    def integer(self, value: int, *, wide: bool) -> Term:
        return self._term("integer", value, wide=wide)

    def constant(self, value: str | date | bool) -> Term:
        return self._term("constant", value)

    def unknown(self, kind: Kind, *, wide: bool = False) -> Term:
        return self._term("unknown", kind, wide=wide)

    def widen(self, value: Term) -> Term:
        return self._term("widen", value)

    def arithmetic(self, operator: Operation, left: Term, right: Term) -> Term:
        return self._term("arithmetic", operator, left, right)

    def floor_divide(self, value: Term, divisor: Term, *, natural: bool = False) -> Term:
        return self._term("floor_divide", value, divisor, natural=natural)

    def compare(self, operator: Comparison, left: Term, right: Term, *, kind: Kind) -> Term:
        return self._term("compare", operator, left, right, kind=kind)

    def one_of(self, operand: Term, constants: Sequence[str | date | int], *, kind: Kind) -> Term:
        return self._term("one_of", operand, tuple(constants), kind=kind)

    def conjunction(self, parts: Sequence[Term]) -> Term:
        return self._joined("conjunction", parts, neutral=True)

    def disjunction(self, parts: Sequence[Term]) -> Term:
        return self._joined("disjunction", parts, neutral=False)

    def _joined(self, method: str, parts: Sequence[Term], *, neutral: bool) -> Term:
        distinct = tuple(one for one in dict.fromkeys(parts) if _truth(one) is not neutral)
        if any(_truth(one) is not None for one in distinct):
            return self.constant(not neutral)
        if not distinct:
            return self.constant(neutral)
        return distinct[0] if len(distinct) == 1 else self._term(method, distinct)

    def negation(self, part: Term) -> Term:
        if part.method == "negation":
            return part.inside[0]
        truth = _truth(part)
        return self._term("negation", part) if truth is None else self.constant(not truth)

    def at_least(self, count: int, parts: Sequence[Term]) -> Term:
        return self._term("at_least", count, tuple(parts))

    def known(self, value: Term, *, kind: Kind) -> Term:
        return self.constant(True) if value.sure else self._term("known", value, kind=kind)

    def possible(self, condition: Term) -> Term:
        return condition if condition.sure else self._term("possible", condition)

    def certain(self, condition: Term) -> Term:
        return condition if condition.sure else self._term("certain", condition)

    def choose(self, branches: Sequence[Branch[Term]], otherwise: Term, *, kind: Kind) -> Term:
        kept, rest = self._reachable(branches, otherwise)
        return self._chosen(kept, rest, kind=kind) if kept else rest

    def _chosen(self, branches: Sequence[Branch[Term]], otherwise: Term, *, kind: Kind) -> Term:
        return self._term("choose", tuple(branches), otherwise, kind=kind)

    def _reachable(
        self, branches: Sequence[Branch[Term]], otherwise: Term
    ) -> tuple[list[Branch[Term]], Term]:
        """Return the branches that some row may take, and the otherwise: the first that every row takes left."""
        kept: list[Branch[Term]] = []
        for condition, value in branches:
            earlier = {one for one, _ in kept}
            truth = _truth(condition)
            if truth is False or condition in earlier:
                continue
            if truth is True or (condition.sure and self.negation(condition) in earlier):
                otherwise = value
                break
            kept.append((condition, value))
        while kept and kept[-1][1] is otherwise:
            kept.pop()
        return kept, otherwise

    def extreme(self, parts: Sequence[Term], *, greatest: bool, kind: Kind) -> Term:
        return self._term("extreme", tuple(parts), greatest=greatest, kind=kind)

    def starts_with(self, text: Term, prefixes: Sequence[str]) -> Term:
        return self._term("starts_with", text, tuple(prefixes))

    def year(self, day: Term) -> Term:
        return self._term("year", day)

    def month(self, day: Term) -> Term:
        return self._term("month", day)

    def state(self, condition: Term, *, unknown: int) -> Term:
        return self._term("state", condition, unknown=unknown)

    def share(self, value: Term, *, kind: Kind) -> Term:
        return value


class PackingGraph(Graph, Packing[Term]):
    """The same for a language that packs: its own ways are taken wherever they say the same."""

    def _chosen(self, branches: Sequence[Branch[Term]], otherwise: Term, *, kind: Kind) -> Term:
        values = [_constant(value) for value in (*(value for _, value in branches), otherwise)]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            return self.pick([when for when, _ in branches], known[:-1], known[-1])
        return super()._chosen(branches, otherwise, kind=kind)

    def starts_with(self, text: Term, prefixes: Sequence[str]) -> Term:
        lengths = {one: len(one.encode()) for one in prefixes}
        if len(prefixes) <= _FEW or not all(0 < one <= _BYTES for one in lengths.values()):
            return super().starts_with(text, prefixes)
        # The beginnings of one length are taken once for all conditions on that text.
        groups = {
            length: [one for one in prefixes if lengths[one] == length]
            for length in sorted(set(lengths.values()))
        }
        tests = [self.leads(self.leading(text, length), same) for length, same in groups.items()]
        known = self.known(text, kind="text")
        return self.choose([(known, self.disjunction(tests))], self.unknown("truth"), kind="truth")

    def pick(self, conditions: Sequence[Term], values: Sequence[int], otherwise: int) -> Term:
        guarded = _one_guard(conditions)
        if guarded is None:
            return self._term("pick", tuple(conditions), tuple(values), otherwise)
        # Bands of one quotient: whether it has a value is asked once, and both ends share what is below.
        guard, inside = guarded
        possible = conditions[0].method == "possible"
        picked = self.pick([self.possible(one) for one in inside] if possible else inside, values, otherwise)
        rest = self.integer(values[0] if possible else otherwise, wide=False)
        return self.choose([(guard, picked)], rest, kind="number")

    def code(self, verdict: Term, *, sure: bool = False) -> Term:
        return self._term("code", verdict, sure=verdict.sure)

    def leading(self, text: Term, length: int) -> Term:
        return self._term("leading", text, length)

    def leads(self, number: Term, prefixes: Sequence[str]) -> Term:
        return self._term("leads", number, tuple(prefixes))

    def word(self, bits: Sequence[Bit[Term]], *, unknown: bool) -> Term:
        told = tuple((place, one, one.sure) for place, one, _ in bits if not (unknown and one.sure))
        return self._term("word", told, unknown=unknown)


def _one_guard(conditions: Sequence[Term]) -> tuple[Term, list[Term]] | None:
    """Return the guard that several conditions have in common, without which they are unknown, and what it guards.

    Either all of the conditions ask for what is possible, or none does.
    """
    bare = [one.inside[0] if one.method == "possible" else one for one in conditions]
    if len(bare) < _FEW or len({one.method == "possible" for one in conditions}) > 1:
        return None
    guards, inside = set[Term](), list[Term]()
    for one in bare:
        match one:
            case Term(method="choose", given=(((Term() as guard, Term() as value),), Term(method="unknown"))):
                guards.add(guard)
                inside.append(value)
            case _:
                return None
    return (guards.pop(), inside) if len(guards) == 1 else None


def _truth(term: Term) -> bool | None:
    """Return the value of a constant truth, None for anything else."""
    value = term.given[0] if term.method == "constant" else None
    return value if isinstance(value, bool) else None


def _constant(term: Term) -> int | None:
    """Return the number of a 64-bit constant, None for anything else."""
    narrow = term.method == "integer" and not dict(term.named)["wide"]
    return cast("int", term.given[0]) if narrow else None


def _key(value: object, inside: list[Term]) -> object:
    """Return what two equal operands have in common; the terms among them are added to a list."""
    if isinstance(value, Term):
        inside.append(value)
        return (Term, value.place)
    if isinstance(value, tuple):
        return tuple(_key(one, inside) for one in value)
    return type(value), value


def named(plan: Plan, translation: Translation[Term], given: Container[str] = ()) -> dict[str, Term]:
    """Translate every named node of a plan; return the terms of its columns, a quotient's denominator as one more.

    given: the names of columns that are there already: they are read, not computed.
    """
    target, found = translation.target, dict[str, Term]()
    for stage in plan.stages:
        for name, node in stage:
            if not node.type.numeric:
                kind = kind_of(node.type.base)
                there = name in given
                found[name] = target.column(name, kind) if there else translation.plain(node)
                translation.plains[name] = found[name]
                continue
            number = translation.settled(translation.number(node))
            if name in given:
                number = _read(number, name, target)
            translation.numbers[name] = number
            found[name] = number.numerator.text
            if number.denominator is not None:
                found[under_name(name)] = number.denominator.text
    return {name: term for name, term in found.items() if name.removesuffix(_UNDER) not in given}


def _read(number: Number[Term], name: str, target: Target[Term]) -> Number[Term]:
    under = number.denominator
    return replace(
        number,
        numerator=replace(number.numerator, text=target.column(name, "number"), constant=None),
        denominator=under and replace(under, text=target.column(under_name(name), "number"), constant=None),
    )


def under_name(name: str) -> str:
    """Return the column with the denominators of a named quotient."""
    return f"{name}{_UNDER}"


class Writing(Generic[E]):
    """Writes some terms of a graph into a language, in layers.

    roots: name → the term to be a column of that name. keep: makes a column of a value that may stand in layer n, and
    returns it as an operand.
    """

    def __init__(
        self,
        graph: Graph,
        roots: Mapping[str, Term],
        target: Target[E],
        keep: Callable[[str, E, int], E],
    ) -> None:
        self._target = target
        self._keep = keep
        self._written: dict[Term, E] = {}
        self._depth: dict[Term, int] = {}
        uses = _uses(roots.values())
        names: dict[Term, list[str]] = {}
        for name, root in roots.items():
            names.setdefault(root, []).append(name)
        count = 0
        for term in graph.terms:
            if term not in uses:
                continue
            self._write(term)
            own = names.get(term, [])
            for name in own:
                self._name(term, name)
            if not own and uses[term] > 1 and term.method not in _FREE:
                self._name(term, f"~t{count}")
                count += 1

    def _write(self, term: Term) -> None:
        given = [self._operand(one) for one in term.given]
        named = {name: self._operand(one) for name, one in term.named}
        self._written[term] = cast("E", getattr(self._target, term.method)(*given, **named))
        self._depth[term] = max((self._depth[one] for one in term.inside), default=0)

    def _name(self, term: Term, name: str) -> None:
        depth = self._depth[term]
        self._written[term] = self._keep(name, self._written[term], depth)
        self._depth[term] = depth + 1

    def _operand(self, value: object) -> object:
        if isinstance(value, Term):
            return self._written[value]
        return tuple(self._operand(one) for one in value) if isinstance(value, tuple) else value


def _uses(roots: Iterable[Term]) -> dict[Term, int]:
    """Return in how many places every term stands that the roots need."""
    uses: dict[Term, int] = {}
    waiting = list(roots)
    while waiting:
        term = waiting.pop()
        uses[term] = uses.get(term, 0) + 1
        if uses[term] == 1:
            waiting.extend(term.inside)
    return uses
