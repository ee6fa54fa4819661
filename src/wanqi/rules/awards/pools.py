"""Dividing sums to the fen: a pool among applicants, an award among payers or stages.

All sums are whole fen. Nothing is lost or made up by rounding: what is left over goes, fen by fen, to the largest
remainders, ties to the earlier in the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from wanqi.rules.awards.model import Pool


@dataclass(frozen=True, slots=True)
class Claim:
    """What one applicant would get if there were no pool. amount in fen; rank: 1 is best, equal ranks share a place."""

    id: str
    amount: int
    filed_at: datetime | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What an applicant gets from the pool, in fen. reason: None where it is the whole claim."""

    id: str
    amount: int
    reason: str | None = None


def allocate(pool: Pool, claims: Sequence[Claim]) -> tuple[Allocation, ...]:
    """Return one allocation per claim, in the order given; together they never pass the pool.

    proportional: every claim is cut by the same share. first_come, rank: in turn, the last one gets what is left.
    Applicants beyond `places` get nothing; equal ranks at the last place are all left out, since nobody may choose
    between them here. Raises ValueError where a claim is negative or lacks the time or rank that the rule needs.
    """
    for one in claims:
        if one.amount < 0:
            raise ValueError(f"{one.id}：金额是负数。")
    admitted = _admitted(pool, claims)
    total = None if pool.total is None else int(pool.total * 100)
    given = _shared(pool, admitted, total)
    return tuple(_allocation(one, given, {other.id for other in admitted}) for one in claims)


def split(amount: int, shares: Sequence[Decimal]) -> tuple[int, ...]:
    """Return the amount (fen) divided by shares that add up to 1, exactly. Raises ValueError where they do not."""
    if sum(shares) != 1 or any(one < 0 for one in shares):
        raise ValueError("各部分的比例之和应为1。")
    return _proportioned(amount, [Fraction(one) for one in shares])


def _admitted(pool: Pool, claims: Sequence[Claim]) -> list[Claim]:
    ordered = (
        sorted(claims, key=lambda one: _turn(pool, one)) if pool.rule != "proportional" else list(claims)
    )
    if pool.places is None or len(ordered) <= pool.places:
        return ordered
    if pool.rule == "proportional":
        raise ValueError("按比例分配时不能限定名额：请写 first_come 或 rank。")
    last = _turn(pool, ordered[pool.places - 1])
    beyond = _turn(pool, ordered[pool.places])
    return [one for one in ordered[: pool.places] if _turn(pool, one) != beyond or last != beyond]


def _turn(pool: Pool, claim: Claim) -> float | int:
    if pool.rule == "rank":
        if claim.rank is None:
            raise ValueError(f"{claim.id}：没有名次，不能按名次分配。")
        return claim.rank
    if claim.filed_at is None:
        raise ValueError(f"{claim.id}：没有提交时间，不能按先后分配。")
    return claim.filed_at.timestamp()


def _shared(pool: Pool, admitted: Sequence[Claim], total: int | None) -> dict[str, int]:
    wanted = sum(one.amount for one in admitted)
    if total is None or wanted <= total:
        return {one.id: one.amount for one in admitted}
    if pool.rule == "proportional":
        parts = _proportioned(total, [Fraction(one.amount, wanted) for one in admitted])
        return {one.id: part for one, part in zip(admitted, parts, strict=True)}
    given, left = dict[str, int](), total
    for one in admitted:
        given[one.id] = min(one.amount, left)
        left -= given[one.id]
    return given


def _proportioned(amount: int, shares: Sequence[Fraction]) -> tuple[int, ...]:
    exact = [amount * share for share in shares]
    whole = [int(one) for one in exact]
    order = sorted(range(len(shares)), key=lambda index: (whole[index] - exact[index], index))
    for index in order[: amount - sum(whole)]:
        whole[index] += 1
    return tuple(whole)


def _allocation(claim: Claim, given: dict[str, int], admitted: set[str]) -> Allocation:
    if claim.id not in admitted:
        return Allocation(claim.id, 0, "名额已满")
    amount = given[claim.id]
    return Allocation(claim.id, amount, None if amount == claim.amount else "资金池不足，按规则核减")
