"""From an award to pairs of core nodes: an unknown input widens the pair, and no sum is ever negative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce

from wanqi.rules.awards.model import (
    AwardRule,
    Cap,
    CompiledAward,
    Each,
    First,
    Formula,
    Least,
    Marginal,
    Netting,
    Option,
    Parts,
    Rounding,
    Source,
    Sum,
    Tiered,
)
from wanqi.rules.spans import Span
from wanqi.rules.tree import (
    All,
    Any,
    Arithmetic,
    Call,
    Compare,
    Floor,
    Literal,
    Node,
    Operation,
    Ratio,
    Reach,
    Side,
    Unknown,
)
from wanqi.rules.types import BOOL, MONEY, RATIO

_ZERO = Literal(Decimal(0), MONEY)
_NOTHING = Span(_ZERO, _ZERO)


def compiled(rule: AwardRule, source: Source) -> CompiledAward:
    """Return the sum of the rule and its steps, in the order its document gives."""
    work = _Compiling(source)
    total = work.parts(rule.root)
    for step in rule.order:
        if step == "caps":
            for cap in rule.caps:
                total = work.note(cap.id, cap.title, _capped(total, cap, source))
        elif rule.netting is not None:
            total = work.note("paid", "扣除已付", _netted(total, rule.netting, source))
    total = _rounded(total, rule.rounding)
    return CompiledAward(total, tuple(work.steps))


@dataclass
class _Compiling:
    source: Source
    steps: list[tuple[str, str, Span]] = field(default_factory=list)

    def note(self, id: str, title: str, span: Span) -> Span:
        self.steps.append((id, title, span))
        return span

    def parts(self, group: Parts) -> Span:
        spans = [self.parts(one) if isinstance(one, Parts) else self.sum(one) for one in group.parts]
        joined = reduce(_plus, spans) if group.combine == "sum" else _greatest(spans)
        for limit in group.limits:
            joined = _least(joined, _not_negative(self.source.value(limit)))
        return self.note(group.id, group.title, joined) if len(group.parts) > 1 else joined

    def sum(self, one: Sum) -> Span:
        span = _not_negative(self.form(one.form))
        for limit in one.limits:
            span = _least(span, _not_negative(self.source.value(limit)))
        if one.least is not None:
            span = _at_least(span, one.least)
        if one.when is not None:
            span = _choice([(self.source.test(one.when), span)], _NOTHING)
        return self.note(one.id, one.title, span)

    def form(self, form: Formula | First | Each | Marginal | Tiered) -> Span:
        match form:
            case Formula(text=text):
                return _settled(self.source.value(text))
            case First(options=options, otherwise=otherwise):
                return _choice([self.option(one) for one in options], self.source.value(otherwise))
            case Each(options=options):
                return reduce(_plus, [_choice([self.option(one)], _NOTHING) for one in options])
            case Marginal():
                return self.marginal(form)
            case Tiered():
                return self.tiered(form)

    def option(self, one: Option) -> tuple[Node, Span]:
        return self.source.test(one.when), _settled(self.source.value(one.amount))

    def marginal(self, form: Marginal) -> Span:
        measured = _not_negative(self.source.value(form.of))
        tops = [one.above for one in form.brackets[1:]]
        slices = [
            Span(
                _slice(measured.low, one.above, top, one.rate, "low"),
                _slice(measured.high, one.above, top, one.rate, "high"),
            )
            for one, top in zip(form.brackets, [*tops, None], strict=True)
        ]
        return reduce(_plus, slices)

    def tiered(self, form: Tiered) -> Span:
        measured, base = self.source.value(form.of), _not_negative(self.source.value(form.base))
        branches = [(reaches(measured, one.at_least), _times(base, one.rate)) for one in form.tiers]
        return _choice(branches, _NOTHING)


def reaches(span: Span, bound: Decimal) -> Node:
    """Return the core node of `span >= bound`: true from the lower end on, false below the upper end."""
    mark = Literal(bound, span.low.type)
    certain, possible = Compare(">=", span.low, mark), Compare(">=", span.high, mark)
    return certain if span.low == span.high else Any((certain, All((possible, Unknown(BOOL)))))


def _choice(branches: Sequence[tuple[Node, Span]], otherwise: Span) -> Span:
    def side(which: Side) -> Node:
        outcomes = tuple((test, span.low if which == "low" else span.high) for test, span in branches)
        return Reach(outcomes, otherwise.low if which == "low" else otherwise.high, which, MONEY)

    return Span(side("low"), side("high"))


def _plus(one: Span, two: Span) -> Span:
    return Span(_add("+", one.low, two.low), _add("+", one.high, two.high))


def _add(operator: Operation, left: Node, right: Node) -> Node:
    return Arithmetic(operator, left, right, MONEY)


def _times(span: Span, rate: Decimal) -> Span:
    by = Literal(rate, RATIO)
    return Span(Arithmetic("*", by, span.low, MONEY), Arithmetic("*", by, span.high, MONEY))


def _greatest(spans: Sequence[Span]) -> Span:
    if len(spans) == 1:
        return spans[0]
    lows, highs = tuple(one.low for one in spans), tuple(one.high for one in spans)
    return Span(Call("greatest_known", lows, MONEY), Call("greatest", highs, MONEY))


def _least(one: Span, two: Span) -> Span:
    return Span(Call("least", (one.low, two.low), MONEY), Call("least_known", (one.high, two.high), MONEY))


def _not_negative(span: Span) -> Span:
    """Return the span from zero up: what is unknown below is at least nothing."""
    return Span(Call("greatest_known", (span.low, _ZERO), MONEY), Call("greatest", (span.high, _ZERO), MONEY))


def _slice(measured: Node, above: Decimal, top: Decimal | None, rate: Decimal, side: Side) -> Node:
    """Return rate × the part of the measure between two bounds; an unknown upper end fills the whole slice."""
    within = measured
    if top is not None:
        within = Call("least" if side == "low" else "least_known", (measured, Literal(top, MONEY)), MONEY)
    part = Call("greatest", (_add("-", within, Literal(above, MONEY)), _ZERO), MONEY)
    return Arithmetic("*", Literal(rate, RATIO), part, MONEY)


def _at_least(span: Span, least: Least) -> Span:
    bound = Literal(least.amount, MONEY)
    instead = Span(bound, bound) if least.below == "raised" else _NOTHING
    low = Reach(((Compare(">=", span.low, bound), span.low),), instead.low, "low", MONEY)
    high = Reach(((Compare("<", span.high, bound), instead.high),), span.high, "high", MONEY)
    return Span(low, high)


def _capped(total: Span, cap: Cap, source: Source) -> Span:
    room = source.value(cap.amount)
    if cap.used is not None:
        used = source.value(cap.used)
        room = Span(_add("-", room.low, used.high), _add("-", room.high, used.low))
    return _least(total, _not_negative(room))


def _netted(total: Span, netting: Netting, source: Source) -> Span:
    paid = _not_negative(source.value(netting.paid))
    if netting.rule == "difference":
        return _not_negative(Span(_add("-", total.low, paid.high), _add("-", total.high, paid.low)))
    return _choice([(reaches(paid, Decimal("0.01")), _NOTHING)], total)


def _settled(span: Span) -> Span:
    """Return the span in whole fen where it holds a quotient: only then may it be capped or chosen from."""
    if not (_has_quotient(span.low) or _has_quotient(span.high)):
        return span
    return _rounded(span, Rounding())


def _has_quotient(node: Node) -> bool:
    if isinstance(node, Arithmetic):
        return _has_quotient(node.left) or _has_quotient(node.right)
    return isinstance(node, Ratio)


def _rounded(span: Span, rounding: Rounding) -> Span:
    def one(node: Node) -> Node:
        if rounding.mode == "half_up":
            # Half a fen has a third decimal: a plain number, since money has two.
            node = _add("+", node, Literal(rounding.step / 2, RATIO))
        return Floor(node, rounding.step, MONEY)

    return Span(one(span.low), one(span.high))
