"""The `amount:` of a rule version: what is paid, as authors write it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wanqi.packs.specs.base import Number, Slug, SourceTag, Spec, Text, Title
from wanqi.rules import awards

Money = Annotated[int, Field(ge=0, lt=10**13)] | Number
Path = tuple[str | int, ...]
_FORMS = ("formula", "choose", "each_of", "marginal", "tiered")


class OptionSpec(Spec):
    """A sum (a number of 元 or an expression) where a condition holds."""

    when: Text
    amount: Money | Text
    title: Title | None = None


class BracketSpec(Spec):
    """The share paid of what lies above a bound."""

    above: Money
    rate: Number


class MarginalSpec(Spec):
    """Each bracket pays its rate on its own slice."""

    of: Text
    brackets: tuple[BracketSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        bounds = [Decimal(one.above) for one in self.brackets]
        if any(first >= second for first, second in pairwise(bounds)):
            raise ValueError("brackets 要按 above 从小到大排列。")
        return self


class TierSpec(Spec):
    """A rate on the whole base once the measure reaches a bound."""

    at_least: Money
    rate: Number


class TieredSpec(Spec):
    """One rate on the whole base, by the highest tier reached."""

    of: Text
    base: Text
    tiers: tuple[TierSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _falling(self) -> Self:
        bounds = [Decimal(one.at_least) for one in self.tiers]
        if any(first <= second for first, second in pairwise(bounds)):
            raise ValueError("tiers 要按 at_least 从大到小排列，先写最高一档。")
        return self


class LeastSpec(Spec):
    """A minimum, and what happens below it."""

    amount: Money
    below: Literal["unpaid", "raised"]


class SumSpec(Spec):
    """One paragraph in exactly one form, or several combined (parts + combine)."""

    id: Slug
    title: Title
    article: Title | None = None
    tag: SourceTag | None = None
    note: Text | None = None
    assumption: Text | None = None
    when: Text | None = None
    formula: Money | Text | None = None
    choose: tuple[OptionSpec, ...] | None = None
    each_of: tuple[OptionSpec, ...] | None = None
    marginal: MarginalSpec | None = None
    tiered: TieredSpec | None = None
    combine: awards.Combine | None = None
    parts: tuple[SumSpec, ...] | None = None
    limits: tuple[Money | Text, ...] = ()
    least: LeastSpec | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = [name for name in _FORMS if getattr(self, name) is not None]
        if len(given) + (self.parts is not None) != 1:
            raise ValueError(f"要写且只写一种：{'、'.join(_FORMS)}，或 parts。")
        if (self.parts is not None) != (self.combine is not None):
            raise ValueError("parts 和 combine 要一起写：combine 是 sum、highest 或 one_of。")
        if self.parts is not None and (self.when or self.least):
            raise ValueError("合并的一组不写 when 和 least，请写在各项里。")
        for name in ("choose", "each_of", "parts"):
            if getattr(self, name) == ():
                raise ValueError(f"{name} 至少写一项。")
        return self

    def expressions(self, path: Path) -> Iterator[tuple[Path, str, Literal["test", "value"]]]:
        """Yield (path, text, what it must be) of every expression below."""
        if self.when is not None:
            yield (*path, "when"), self.when, "test"
        if self.formula is not None:
            yield (*path, "formula"), str(self.formula), "value"
        for name in ("choose", "each_of"):
            for index, one in enumerate(getattr(self, name) or ()):
                yield (*path, name, index, "when"), one.when, "test"
                yield (*path, name, index, "amount"), str(one.amount), "value"
        if self.marginal is not None:
            yield (*path, "marginal", "of"), self.marginal.of, "value"
        if self.tiered is not None:
            yield (*path, "tiered", "of"), self.tiered.of, "value"
            yield (*path, "tiered", "base"), self.tiered.base, "value"
        for index, limit in enumerate(self.limits):
            yield (*path, "limits", index), str(limit), "value"
        for index, part in enumerate(self.parts or ()):
            yield from part.expressions((*path, "parts", index))

    def sum(self) -> awards.Sum | awards.Parts:
        """Return the paragraph as data of the engine."""
        limits = tuple(str(one) for one in self.limits)
        if self.parts is not None and self.combine is not None:
            parts = tuple(one.sum() for one in self.parts)
            return awards.Parts(self.id, self.title, self.combine, parts, limits)
        least = awards.Least(Decimal(self.least.amount), self.least.below) if self.least else None
        return awards.Sum(self.id, self.title, self._form(), self.when, limits, least, self.article, self.tag)

    def _form(self) -> awards.Formula | awards.First | awards.Each | awards.Marginal | awards.Tiered:
        if self.choose is not None:
            return awards.First(tuple(_option(one) for one in self.choose))
        if self.each_of is not None:
            return awards.Each(tuple(_option(one) for one in self.each_of))
        if self.marginal is not None:
            slices = tuple(awards.Bracket(Decimal(b.above), Decimal(b.rate)) for b in self.marginal.brackets)
            return awards.Marginal(self.marginal.of, slices)
        if self.tiered is not None:
            tiers = tuple(awards.Tier(Decimal(t.at_least), Decimal(t.rate)) for t in self.tiered.tiers)
            return awards.Tiered(self.tiered.of, self.tiered.base, tiers)
        return awards.Formula(str(self.formula))


class CapSpec(Spec):
    """The most one applicant may get; used: what counts against it already."""

    id: Slug
    title: Title
    amount: Money | Text
    used: Text | None = None


class PaidSpec(Spec):
    """Earlier payments for the same: pay the difference, or nothing once anything was paid."""

    amount: Text
    rule: Literal["difference", "once"]


class RoundingSpec(Spec):
    """stated: whether the document says it; texts rarely do, so that the default is shown as an assumption."""

    step: Literal["0.01", "1", "100", "10000"] = "0.01"
    mode: Literal["down", "half_up"] = "half_up"
    stated: bool = False


class StageSpec(Spec):
    """A part paid after a milestone."""

    id: Slug
    title: Title
    share: Number
    when: Text | None = None


class ShareSpec(Spec):
    """Who bears which part."""

    payer: Title
    share: Number


class ClawbackSpec(Spec):
    """What is taken back, and when."""

    title: Title
    when: Text
    share: Number = "1"


class PoolSpec(Spec):
    """A budget or a number of places shared by all applicants."""

    rule: Literal["proportional", "first_come", "rank"]
    total: Money | None = None
    places: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if self.total is None and self.places is None:
            raise ValueError("资金池要写 total（总额）或 places（名额）。")
        if self.rule == "proportional" and (self.total is None or self.places is not None):
            raise ValueError("按比例分配要写 total，不写 places。")
        return self

    def pool(self) -> awards.Pool:
        """Return the pool as data of the engine."""
        return awards.Pool(self.rule, None if self.total is None else Decimal(self.total), self.places)


class AwardSpec(Spec):
    """Everything a document says about the sum."""

    combine: awards.Combine = "sum"
    sums: tuple[SumSpec, ...] = Field(min_length=1)
    limits: tuple[Money | Text, ...] = ()
    caps: tuple[CapSpec, ...] = ()
    paid: PaidSpec | None = None
    order: tuple[Literal["caps", "paid"], ...] = ("caps", "paid")
    rounding: RoundingSpec = RoundingSpec()
    stages: tuple[StageSpec, ...] = ()
    shares: tuple[ShareSpec, ...] = ()
    clawback: tuple[ClawbackSpec, ...] = ()
    recipient: Literal["enterprise", "government", "operator", "park", "person"] = "enterprise"
    pool: PoolSpec | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name in ("stages", "shares"):
            parts = getattr(self, name)
            if parts and sum(Decimal(one.share) for one in parts) != 1:
                raise ValueError(f"{name} 的比例之和应为 1。")
        if sorted(self.order) != ["caps", "paid"]:
            raise ValueError("order 要写 caps 和 paid 各一次，先写的先算。")
        return self

    def expressions(self) -> Iterator[tuple[Path, str, Literal["test", "value"]]]:
        """Yield (path below `amount`, text, what it must be) of every expression."""
        for index, one in enumerate(self.sums):
            yield from one.expressions(("sums", index))
        for index, limit in enumerate(self.limits):
            yield ("limits", index), str(limit), "value"
        for index, cap in enumerate(self.caps):
            yield ("caps", index, "amount"), str(cap.amount), "value"
            if cap.used is not None:
                yield ("caps", index, "used"), cap.used, "value"
        if self.paid is not None:
            yield ("paid", "amount"), self.paid.amount, "value"
        for name in ("stages", "clawback"):
            for index, part in enumerate(getattr(self, name)):
                if part.when is not None:
                    yield (name, index, "when"), part.when, "test"

    def rule(self) -> awards.AwardRule:
        """Return the award as data of the engine."""
        root = awards.Parts(
            "amount",
            "合计",
            self.combine,
            tuple(one.sum() for one in self.sums),
            tuple(map(str, self.limits)),
        )
        rounding = awards.Rounding(Decimal(self.rounding.step), self.rounding.mode, self.rounding.stated)
        return awards.AwardRule(
            root=root,
            caps=tuple(awards.Cap(one.id, one.title, str(one.amount), one.used) for one in self.caps),
            netting=awards.Netting(self.paid.amount, self.paid.rule) if self.paid else None,
            order=self.order,
            rounding=rounding,
            stages=tuple(awards.Stage(s.id, s.title, Decimal(s.share), s.when) for s in self.stages),
            shares=tuple(awards.Share(one.payer, Decimal(one.share)) for one in self.shares),
            clawback=tuple(awards.Clawback(c.title, c.when, Decimal(c.share)) for c in self.clawback),
            recipient=self.recipient,
            pool=self.pool.pool() if self.pool else None,
        )


def _option(one: OptionSpec) -> awards.Option:
    return awards.Option(one.when, str(one.amount))
