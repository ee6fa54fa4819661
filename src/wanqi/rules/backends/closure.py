"""A whole plan as one generated Python function: one organisation in microseconds, whole numbers only.

Inside the function a truth value is 0 (false), 1 (unknown) or 3 (true): bit 0 says it may be true, bit 1 that it
is, so that Kleene's and and or are `&` and `|`. Author's texts and constants reach the source as literals written
by `repr`, or as objects in its name space.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from operator import itemgetter
from typing import cast

from wanqi.rules import tree
from wanqi.rules.backends.python import Python, Text
from wanqi.rules.backends.target import kind_of
from wanqi.rules.backends.translation import Number, Translation
from wanqi.rules.plan import Named, Plan

Row = Mapping[str, object]
Raw = bool | int | str | object | None

_TRUTHS = (False, None, None, True)
_CODES = (0, 1, 1, 2)
_KEPT_PLANS = 8


class Closure:
    """One compiled plan.

    index: the place of every named column in what `run` returns. scale: the decimal places of every numeric one.
    """

    def __init__(self, plan: Plan) -> None:
        names = [named for stage in plan.stages for named in stage]
        writer = _Writer()
        writer.define(names)
        self.index: Mapping[str, int] = {name: place for place, (name, _) in enumerate(names)}
        self.scale: Mapping[str, int] = {name: one.scale for name, one in writer.translation.numbers.items()}
        self._quotients = writer.quotients
        self.run: Callable[[Row], tuple[Raw, ...]] = writer.function(
            [writer.result(name) for name, _ in names]
        )
        """Return every named column in the order of the stages: truths as bool or None, numbers as whole ones
        at their scale (a quotient as a pair), None unknown. The row is a snapshot's: whole numbers."""
        writer = _Writer()
        writer.define(names if plan.programmes else ())
        codes = [f"_codes[{writer.translation.plains[one.verdict].text}]" for one in plan.programmes]
        self.verdicts = cast("Callable[[Row], tuple[int, ...]]", writer.function(codes))
        """Return 0 unmet, 1 unknown or 2 met for every programme in the plan's order."""

    def exact(self, name: str, raw: Raw) -> Fraction | None:
        """Return a numeric column's exact value in its own unit."""
        if raw is None:
            return None
        over, under = raw if isinstance(raw, tuple) else (raw, 1)
        return _fraction(over, under, self.scale[name])


_compiled: dict[int, tuple[Plan, Closure]] = {}


def compile_plan(plan: Plan) -> Closure:
    """Return the plan's closure; the last few plans are kept, so that asking again costs nothing."""
    found = _compiled.get(id(plan))
    if found is not None:
        return found[1]
    closure = Closure(plan)
    while len(_compiled) >= _KEPT_PLANS:
        _compiled.pop(next(iter(_compiled)), None)
    _compiled[id(plan)] = (plan, closure)
    return closure


def compile_nodes(nodes: Sequence[tree.Node], plan: Plan) -> Callable[[Row], tuple[object, ...]]:
    """Return a function from a snapshot row to the exact values of the nodes.

    Numbers are int or Fraction in the node's own unit (元, not fen); None is unknown. A node may read the plan's
    inputs and every named column of its stages.
    """
    names = [named for stage in plan.stages for named in stage]
    writer = _Writer()
    writer.define(_needed(nodes, names))
    return writer.function([writer.value(node) for node in nodes])


def _needed(nodes: Sequence[tree.Node], names: Sequence[Named]) -> list[Named]:
    """Return the named columns that the nodes read, directly or through others, in their order."""
    wanted = {name for node in nodes for name in tree.fields(node)}
    kept: list[Named] = []
    for name, node in reversed(names):
        if name in wanted:
            kept.append((name, node))
            wanted.update(tree.fields(node))
    return kept[::-1]


class _Writer:
    """Writes the source of one function."""

    def __init__(self) -> None:
        self.target = Python()
        self.translation = Translation(self.target)
        self.quotients: set[str] = set()

    def define(self, names: Sequence[Named]) -> None:
        """Compute every named node into a variable of its own."""
        for name, node in names:
            if not node.type.numeric:
                self.translation.plains[name] = self.target.share(
                    self.translation.plain(node), kind=kind_of(node.type.base)
                )
                continue
            number = self.translation.settled(self.translation.number(node))
            self.translation.numbers[name] = self.shared(number)
            if number.denominator is not None:
                self.quotients.add(name)

    def shared(self, number: Number[Text]) -> Number[Text]:
        """Return the number with both its sides in variables."""
        top, under = number.numerator, number.denominator
        top = replace(top, text=self.target.share(top.text, kind="number"))
        if under is not None:
            under = replace(under, text=self.target.share(under.text, kind="number"))
        return replace(number, numerator=top, denominator=under)

    def result(self, name: str) -> str:
        """Return the text of a named column as `run` gives it."""
        if name in self.translation.plains:
            plain = self.translation.plains[name]
            return f"_truths[{plain.text}]" if plain.truth else self.target.settled(plain)
        number = self.translation.numbers[name]
        top = self.target.settled(number.numerator.text)
        if number.denominator is None:
            return top
        under = self.target.settled(number.denominator.text)
        return _unless_null((top, under), f"({top}, {under})")

    def value(self, node: tree.Node) -> str:
        """Return the text of a node's exact value."""
        if not node.type.numeric:
            plain = self.target.share(self.translation.plain(node), kind=kind_of(node.type.base))
            return f"_truths[{plain.text}]" if plain.truth else self.target.settled(plain)
        number = self.shared(self.translation.settled(self.translation.number(node)))
        top, under = number.numerator, number.denominator
        if top.constant is not None and under is None:
            return self.target.keep(_fraction(top.constant, 1, number.scale))
        text = self.target.settled(top.text)
        if under is None and number.scale == 0:
            return text
        if under is None:
            return f"(None if {text} is None else _fraction({text}, 1, {number.scale}))"
        bottom = self.target.settled(under.text)
        return (
            f"(None if {text} is None or {bottom} is None else _fraction({text}, {bottom}, {number.scale}))"
        )

    def function(self, results: Sequence[str]) -> Callable[[Row], tuple[object, ...]]:
        """Compile the function that returns the results as a tuple."""
        body = [*self.target.lines, f"return ({''.join(one + ', ' for one in results)})"]
        variables, columns = list(self.target.read.values()), list(self.target.read)
        if variables:
            body.insert(0, f"{', '.join(variables)}, = _columns(row)")
        source = "def run(row):\n" + "".join(f"    {line}\n" for line in body)
        space: dict[str, object] = {
            **self.target.kept,
            "_columns": reading(columns),
            "_truths": _TRUTHS,
            "_codes": _CODES,
            "_fraction": _fraction,
            "_read": {None: 1, False: 0, True: 3},
        }
        exec(compile(source, "<plan>", "exec"), space)
        return cast("Callable[[Row], tuple[object, ...]]", space["run"])


def _unless_null(parts: Sequence[str], text: str) -> str:
    """Return a text that is None if one of the variables among the parts is."""
    nulls = [f"{one} is None" for one in parts if one.isidentifier()]
    return f"(None if {' or '.join(nulls)} else {text})" if nulls else text


def reading(columns: Sequence[str]) -> Callable[[Row], tuple[object, ...]]:
    """Return the function that takes the columns out of a row at once; one the row has not is unknown."""
    if len(columns) < 2:
        return lambda row: tuple(row.get(one) for one in columns)
    quick: Callable[[Row], tuple[object, ...]] = itemgetter(*columns)

    def taken(row: Row) -> tuple[object, ...]:
        try:
            return quick(row)
        except KeyError:
            return tuple(row.get(one) for one in columns)

    return taken


def _fraction(over: int, under: int, scale: int) -> Fraction:
    return Fraction(over, under * 10**scale) if scale >= 0 else Fraction(over * 10**-scale, under)
