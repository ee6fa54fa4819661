"""Checking claims before a text goes out: which figures cannot all be true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Literal

from wanqi.figures.claims import Claim, Claims, Relation
from wanqi.figures.display import display
from wanqi.figures.errors import ClaimsRefused
from wanqi.figures.network import Width, conflicts, groups, loose, possible, wide
from wanqi.figures.relations import QUERIES, run_rate
from wanqi.figures.slips import Repair, power, printed_in, repairs, shown
from wanqi.figures.wording import explained

Level = Literal["error", "query", "note"]

LEVEL_TITLES: Mapping[Level, str] = {"error": "数据差错", "query": "存疑待核", "note": "表述不规范"}

_LEAST_POWER: Mapping[str, Fraction] = {"A": Fraction(1, 2), "B": Fraction(9, 10)}
_MOST_CHOICES = 4096
# A year-end forecast is asked about when the rest of the year must bring this much more than the pace so far.
_PACE_ASKED = Fraction(5, 4)


@dataclass(frozen=True, slots=True)
class Finding:
    """One root cause: figures that cannot all be true, or that need another look.

    `figures` are the claim ids concerned, `written` the numbers as printed, `arithmetic` the sums line by
    line, `repair` the single changes that would make them agree, `power` the share of one-digit slips that
    this check would notice (None where it was not weighed).
    """

    level: Level
    relation: str
    figures: tuple[str, ...]
    written: tuple[str, ...]
    message: str
    arithmetic: tuple[str, ...] = ()
    repair: tuple[Repair, ...] = ()
    power: Fraction | None = None

    @property
    def title(self) -> str:
        """The level in the words of the screen."""
        return LEVEL_TITLES[self.level]

    def as_json(self) -> dict[str, object]:
        """The finding in the shape of the audit's JSON lines, without a span: claims as data have none."""
        return {
            "level": self.level,
            "relation": self.relation,
            "figures": list(self.written),
            "message": self.message,
            "arithmetic": list(self.arithmetic),
            "repair": [str(repair) for repair in self.repair],
        }


def check(claims: Claims) -> tuple[Finding, ...]:
    """All findings, errors first; a claim set that agrees gives none.

    An error needs every licensed reading to fail: rounding, truncation, hedges and other readings of the same
    words. Raises ClaimsRefused when the readings multiply beyond what can be judged.
    """
    findings: list[Finding] = []
    for group in groups([r for r in claims.relations if r.name not in QUERIES]):
        if prod(len(relation.readings) for relation in group) > _MOST_CHOICES:
            raise ClaimsRefused("relations", "相连的读法组合过多", "请把互不相关的数字分成几组核对。")
        findings += _judged(claims.claims, group)
    findings += _ranges(claims.claims)
    for relation in claims.relations:
        if relation.name == "run_rate":
            findings += _pace(claims.claims, relation)
        elif relation.name == "full_coverage":
            findings += _coverage(claims.claims, relation)
    order = {"error": 0, "query": 1, "note": 2}
    return tuple(sorted(findings, key=lambda finding: order[finding.level]))


def _judged(claims: Mapping[str, Claim], group: Sequence[Relation]) -> list[Finding]:
    if possible(claims, group, wide):
        return []
    return [_finding(claims, core, group) for core in _merged(conflicts(claims, group, wide))]


def _merged(cores: Sequence[tuple[Relation, ...]]) -> list[tuple[Relation, ...]]:
    """Conflicts of one kind that share a figure have one root cause."""
    merged: list[tuple[Relation, ...]] = []
    for core in cores:
        names = {c for relation in core for c in relation.readings[0].claims}
        for n, other in enumerate(merged):
            shared = names & {c for relation in other for c in relation.readings[0].claims}
            if shared and {r.name for r in core} == {r.name for r in other}:
                merged[n] = (*other, *core)
                break
        else:
            merged.append(core)
    return merged


def _finding(claims: Mapping[str, Claim], core: Sequence[Relation], group: Sequence[Relation]) -> Finding:
    figures = printed_in(claims, core)
    written = tuple(claim.quantity.text for claim in figures if claim.quantity)
    names = tuple(claim.id for claim in figures)
    message, lines = explained(claims, core)
    name = _name(claims, core)
    if _last_digit(claims, core):
        message = f"{message.removesuffix('是否有误，请核对。')}仅末位不合，可能是截尾或凑整，请核对。"
        return Finding("note", name, names, written, message, lines)
    fixes = repairs(claims, core, group)
    noticed = power(claims, core, fixes[0] if fixes else None)
    level: Level = "error" if _licensed(figures, core, noticed) else "query"
    return Finding(level, name, names, written, message, lines, fixes, noticed)


def _last_digit(claims: Mapping[str, Claim], core: Sequence[Relation]) -> bool:
    """True when a last digit explains the conflict.

    Within one relation all figures may be truncated, since writers do it by habit; across several only one,
    or the slack of many would excuse anything.
    """
    if len(core) == 1:
        return possible(claims, core, loose)
    return any(possible(claims, core, _loose_only(one)) for one in printed_in(claims, core))


def _loose_only(one: Claim) -> Width:
    return lambda claim: loose(claim) if claim.id == one.id else wide(claim)


def _name(claims: Mapping[str, Claim], core: Sequence[Relation]) -> str:
    """The relation of a finding: a rate on an unprinted count is a matter of whole numbers."""
    first = core[0]
    if len(core) == 1:
        for role, name in (("base", "implied_base"), ("part", "implied_part"), ("whole", "implied_whole")):
            claim = first.readings[0].roles.get(role)
            if claim and claims[claim].quantity is None and claims[claim].whole:
                return name
    return first.name


def _licensed(figures: Sequence[Claim], core: Sequence[Relation], noticed: Fraction) -> bool:
    """True when a conflict may be called an error.

    What the text itself states needs a check that notices half of all slips; what takes an inference needs
    nine in ten, and figures of one subject and area. A part above its whole needs no power: few slips show in
    such a comparison, but the one that does is beyond doubt.
    """
    stated = all(relation.licence == "A" for relation in core)
    if stated and all(relation.name == "subset" or _open_list(relation) for relation in core):
        return True
    if stated:
        return noticed >= _LEAST_POWER["A"]
    same = len({(claim.subject, claim.area) for claim in figures}) == 1
    return same and noticed >= _LEAST_POWER["B"]


def _open_list(relation: Relation) -> bool:
    return relation.name == "sum" and not relation.exhaustive


def _ranges(claims: Mapping[str, Claim]) -> list[Finding]:
    return [
        Finding(
            "error", "range", (claim.id,), (claim.quantity.text,),
            f"{claim.title}{claim.quantity.text}前大后小。是否写反，请核对。",
        )
        for claim in claims.values()
        if claim.quantity and claim.quantity.upper is not None and claim.quantity.upper < claim.quantity.value
    ]  # fmt: skip


def _pace(claims: Mapping[str, Claim], relation: Relation) -> list[Finding]:
    """A query when a forecast needs the rest of the period to bring far more than the pace so far."""
    roles = relation.readings[0].roles
    stock, flow, forecast = (claims[roles[role]] for role in ("stock", "flow", "forecast"))
    if not (stock.quantity and flow.quantity and forecast.quantity):
        return []
    had, brought, hoped = stock.quantity.value, flow.quantity.value, forecast.quantity.value
    straight = run_rate(had, brought, done=relation.done, of=relation.of)
    needed, usual = hoped - had, straight - had
    if needed <= usual * _PACE_ASKED or relation.done >= relation.of:
        return []
    halves = relation.done == 6 and relation.of == 12
    past, rest = (
        ("上半年", "下半年") if halves else (f"前{relation.done}个月", f"后{relation.of - relation.done}个月")
    )
    lines = (
        f"{display(hoped)}−{display(had)}={shown(needed, flow)}（{rest}需新增）",
        f"{display(had)}+{display(usual)}={shown(straight, stock)}（按当前进度的年末数）",
    )
    return [
        Finding(
            "query", relation.name, (stock.id, flow.id, forecast.id),
            (stock.quantity.text, flow.quantity.text, forecast.quantity.text),
            f"{forecast.quantity.text}要求{rest}再新增{shown(needed, flow)}，而{past}为"
            f"{flow.quantity.text}；按当前进度年末约{shown(straight, stock)}。预计的依据请核实。",
            lines,
        )
    ]  # fmt: skip


def _coverage(claims: Mapping[str, Claim], relation: Relation) -> list[Finding]:
    """A query when 全覆盖 stands next to a rate below 100 %."""
    claim = claims[relation.readings[0].roles["rate"]]
    if claim.quantity is None or (claim.quantity.interval.high or 1) >= 1:
        return []
    return [
        Finding(
            "query", relation.name, (claim.id,), (claim.quantity.text,),
            f"前面写“全覆盖”，{claim.title}为{claim.quantity.text}，两者的范围是否不同，请核实。",
        )
    ]  # fmt: skip
