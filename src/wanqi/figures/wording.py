"""What a finding says: the sum shown, as a question, and never an accusation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from wanqi.figures.claims import Claim, Relation
from wanqi.figures.display import display
from wanqi.figures.intervals import Interval
from wanqi.figures.network import domains, face, projections
from wanqi.figures.relations import RULES
from wanqi.figures.slips import implied, printed_in, rewritten, shown

_ASK = "是否有误，请核对"


def figure_text(claim: Claim) -> str:
    """The number of a claim as printed, without hedge: what stands in a sum."""
    if claim.quantity is None:
        return claim.title
    value = claim.quantity.value
    text = shown(value, claim)
    return text.removesuffix(claim.unit) if claim.whole else text


def explained(claims: Mapping[str, Claim], core: Sequence[Relation]) -> tuple[str, tuple[str, ...]]:
    """Message and arithmetic lines of relations that cannot hold together."""
    lines = [line for relation in core for line in _lines(claims, relation)]
    pivot = _pivot(claims, core)
    if pivot is not None:
        return _through(claims, core, pivot)
    if len(core) == 1:
        said = _alone(claims, core[0])
        return f"{said}。{_ASK}。", tuple(lines)
    figures = "、".join(f"{c.title}{c.quantity.text if c.quantity else ''}" for c in printed_in(claims, core))
    sums = f"：{'；'.join(lines)}" if lines else ""
    return f"{figures}放在一起对不上{sums}。{_ASK}。", tuple(lines)


def _pivot(claims: Mapping[str, Claim], core: Sequence[Relation]) -> Claim | None:
    """The unprinted figure on which exactly two relations disagree."""
    if len(core) != 2:
        return None
    first, second = ({*relation.readings[0].claims} for relation in core)
    hidden = [claims[c] for c in first & second if claims[c].quantity is None]
    return hidden[0] if len(hidden) == 1 else None


def _through(
    claims: Mapping[str, Claim], core: Sequence[Relation], pivot: Claim
) -> tuple[str, tuple[str, ...]]:
    """The message by way of the unprinted figure: what each relation makes of it, and of the printed rate."""
    # The relation with the printed rate comes second: its rate is what the message ends on.
    first, second = core if _rate_of(claims, core[1]) else (core[1], core[0])
    one, other = (_middle(implied(pivot.id, claims, [relation]), pivot) for relation in (first, second))
    if one is None or other is None:
        return f"{first.name}与{second.name}对不上。{_ASK}。", ()
    by_one, by_other = shown(one, pivot), shown(other, pivot)
    lines = [
        f"{_expression(claims, first, pivot.id)}={by_one}（{pivot.title}）",
        f"{_expression(claims, second, pivot.id)}={by_other}（{pivot.title}）",
    ]
    said = f"{_expression(claims, first, pivot.id)}={by_one}，即{pivot.title}应为{by_one}"
    rate = _rate_of(claims, second)
    settled = _middle(implied(rate.id, claims, core), rate) if rate else None
    if rate is None or rate.quantity is None or settled is None:
        return f"{said}；{lines[1]}。两者不一致，{_ASK}。", tuple(lines)
    known = dict(claims) | {pivot.id: _printed_as(pivot, by_one)}
    lines.append(f"{_expression(known, second, rate.id)}={shown(settled, rate)}（{rate.title}）")
    return (
        f"{said}；按此计算，{lines[2].split('（')[0]}，而文中为{rate.quantity.text}"
        f"（{rate.quantity.text}对应的{pivot.title}是{by_other}）。{_ASK}。"
    ), tuple(lines)


def _printed_as(claim: Claim, text: str) -> Claim:
    return rewritten(claim, text) or claim


def _rate_of(claims: Mapping[str, Claim], relation: Relation) -> Claim | None:
    derived = RULES[relation.name].derived if relation.name in RULES else None
    claim = claims[relation.readings[0].roles[derived]] if derived else None
    return claim if claim is not None and claim.quantity else None


def _alone(claims: Mapping[str, Claim], relation: Relation) -> str:
    hidden = [claims[c] for c in relation.readings[0].claims if claims[c].quantity is None]
    if hidden:
        return _without_whole(claims, relation, hidden[0])
    lines = _lines(claims, relation)
    return lines[0] if lines else _alone_unsummed(claims, relation)


def _without_whole(claims: Mapping[str, Claim], relation: Relation, hidden: Claim) -> str:
    left = implied(hidden.id, claims, [relation])
    if left is None or left.low is None or left.high is None:
        return "、".join(c.quantity.text for c in printed_in(claims, [relation]) if c.quantity) + "对不上"
    low, high = display(left.low, decimals=2), display(left.high, decimals=2)
    span = low if low == high else f"{low}—{high}"
    return (
        f"{_expression(claims, relation, hidden.id)}={span}，{hidden.title}没有合适的整数"
        f"（{_candidates(claims, relation, hidden, left)}）"
    )


def _candidates(claims: Mapping[str, Claim], relation: Relation, hidden: Claim, left: Interval) -> str:
    """The two whole numbers next to the implied one, and the rate each would print."""
    rate = _rate_of(claims, relation)
    if rate is None or left.low is None or left.high is None:
        return "应为整数"
    said = []
    for whole in (left.low.__floor__(), left.high.__ceil__()):
        known = dict(claims) | {hidden.id: _printed_as(hidden, shown(Fraction(whole), hidden))}
        settled = _middle(implied(rate.id, known, [relation]), rate)
        if settled is not None:
            said.append(f"{shown(Fraction(whole), hidden)}对应{display(settled, unit=rate.unit, decimals=2)}")
    return "，".join(said) or "应为整数"


def _alone_unsummed(claims: Mapping[str, Claim], relation: Relation) -> str:
    pair = [claims[c] for c in relation.readings[0].claims]
    texts = [f"{c.title}{c.quantity.text if c.quantity else ''}" for c in pair]
    if relation.name == "subset":
        return f"{texts[0]}大于{texts[1]}"
    return f"{'与'.join(texts)}不一致"


def _lines(claims: Mapping[str, Claim], relation: Relation) -> list[str]:
    """The sum of a relation whose figures are all printed: "15÷40=37.50%，文中为36.50%"."""
    reading = relation.readings[0]
    if any(claims[c].quantity is None for c in reading.claims):
        return []
    if relation.name == "sum":
        whole = claims[reading.roles["whole"]]
        parts = [claims[p] for p in reading.parts]
        total = sum((p.quantity.value for p in parts if p.quantity), Fraction(0))
        said = "文中为" if relation.exhaustive else "大于文中总数"
        terms = "+".join(figure_text(part) for part in parts)
        return [f"{terms}={shown(total, whole)}，{said}{whole.quantity.text if whole.quantity else ''}"]
    rule = RULES.get(relation.name)
    role = (rule.derived or next(iter(rule.expressions), None)) if rule else None
    if role is None:
        return []
    target = claims[reading.roles[role]]
    settled = _settled(claims, relation, target)
    if settled is None or target.quantity is None:
        return []
    return [
        f"{_expression(claims, relation, target.id)}={shown(settled, target)}，文中为{target.quantity.text}"
    ]


def _settled(claims: Mapping[str, Claim], relation: Relation, target: Claim) -> Fraction | None:
    """What the printed numbers themselves give for one role, without their rounding."""
    points = domains(claims.values(), face)
    for claim in claims.values():
        if claim.quantity is not None:
            points[claim.id] = Interval.point(claim.quantity.value)
    for name, allowed in projections(relation, relation.readings[0], points):
        if name == target.id and allowed.low is not None and allowed.high is not None:
            return (allowed.low + allowed.high) / 2
    return None


def _expression(claims: Mapping[str, Claim], relation: Relation, target: str) -> str:
    reading = relation.readings[0]
    role = next((r for r, c in reading.roles.items() if c == target), "")
    template = RULES[relation.name].expressions.get(role, "") if relation.name in RULES else ""
    texts = {r: figure_text(claims[c]) for r, c in reading.roles.items()}
    return template.format(**texts) or "、".join(texts.values())


def _middle(left: Interval | None, claim: Claim) -> Fraction | None:
    if left is None or left.low is None or left.high is None:
        return None
    middle = (left.low + left.high) / 2
    return Fraction((middle + Fraction(1, 2)).__floor__()) if claim.whole else middle
