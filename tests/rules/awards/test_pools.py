"""Sums divided to the fen: nothing lost, nothing made up, the pool never passed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.rules.awards import Allocation, Claim, Pool, allocate, split

_START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def _claims(*amounts: int) -> list[Claim]:
    return [Claim(f"c{n}", amount, _START + timedelta(hours=n), n + 1) for n, amount in enumerate(amounts)]


def test_a_pool_that_suffices_pays_every_claim_whole() -> None:
    pool = Pool("proportional", Decimal("100.00"))
    assert allocate(pool, _claims(4_000, 6_000)) == (Allocation("c0", 4_000), Allocation("c1", 6_000))


def test_a_short_pool_cuts_all_by_one_share_and_loses_no_fen() -> None:
    pool = Pool("proportional", Decimal("100.00"))
    given = allocate(pool, _claims(10_000, 10_000, 10_000))
    assert [one.amount for one in given] == [3_334, 3_333, 3_333]
    assert {one.reason for one in given} == {"资金池不足，按规则核减"}


def test_first_come_pays_in_order_and_the_last_gets_what_is_left() -> None:
    pool = Pool("first_come", Decimal("150.00"))
    late, early = Claim("late", 10_000, _START + timedelta(days=1)), Claim("early", 10_000, _START)
    assert allocate(pool, [late, early]) == (
        Allocation("late", 5_000, "资金池不足，按规则核减"),
        Allocation("early", 10_000),
    )


def test_equal_ranks_at_the_last_place_are_left_out_together() -> None:
    pool = Pool("rank", places=2)
    claims = [Claim("a", 1, rank=1), Claim("b", 1, rank=2), Claim("c", 1, rank=2)]
    assert [one.amount for one in allocate(pool, claims)] == [1, 0, 0]
    assert allocate(pool, claims)[1].reason == "名额已满"


@pytest.mark.parametrize(
    ("pool", "claim", "message"),
    [
        (Pool("first_come", Decimal(1)), Claim("a", 1), "a：没有提交时间，不能按先后分配。"),
        (Pool("rank", places=1), Claim("a", 1), "a：没有名次，不能按名次分配。"),
        (Pool("proportional", Decimal(1)), Claim("a", -1), "a：金额是负数。"),
    ],
)
def test_a_claim_that_cannot_be_ordered_is_refused(pool: Pool, claim: Claim, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        allocate(pool, [claim])


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30), st.integers(0, 10**9))
def test_a_pool_is_never_passed_and_never_left_over_while_wanted(amounts: list[int], fen: int) -> None:
    for rule in ("proportional", "first_come", "rank"):
        pool = Pool(rule, Decimal(fen) / 100)
        given_out = [one.amount for one in allocate(pool, _claims(*amounts))]
        assert sum(given_out) == min(fen, sum(amounts))
        assert all(0 <= got <= wanted for got, wanted in zip(given_out, amounts, strict=True))


@given(st.integers(0, 10**13), st.lists(st.integers(1, 1000), min_size=1, max_size=8))
def test_shares_add_up_to_the_sum(amount: int, weights: list[int]) -> None:
    total = sum(weights)
    shares = [Decimal(one) / 1000 for one in weights]
    shares[-1] += 1 - Decimal(total) / 1000
    if shares[-1] < 0:
        with pytest.raises(ValueError, match="比例之和应为1"):
            split(amount, shares)
    else:
        assert sum(split(amount, shares)) == amount


def test_province_and_city_bear_half_each_and_the_odd_fen_goes_to_the_first() -> None:
    assert split(500_001, [Decimal("0.5"), Decimal("0.5")]) == (250_001, 250_000)
