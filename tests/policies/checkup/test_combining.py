"""The best lawful combination is the one that trying every subset finds."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.policies.checkup.combining import Group, Offer, best, lawful, paid, worth

IDS = "abcdef"


def yuan(number: int) -> Decimal:
    return Decimal(number)


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    found = []
    for id in IDS[: draw(st.integers(0, 6))]:
        low = draw(st.integers(0, 5))
        high = draw(st.one_of(st.none(), st.integers(low, 8)))
        excluded = draw(st.frozensets(st.sampled_from(IDS), max_size=2)) - {id}
        found.append(Offer(id, yuan(low), None if high is None else yuan(high), excluded))
    return found


@st.composite
def groups(draw: st.DrawFn) -> list[Group]:
    found = []
    for number in range(draw(st.integers(0, 3))):
        rule = draw(st.sampled_from(["highest", "one_of", "cap"]))
        members = draw(st.frozensets(st.sampled_from(IDS), min_size=1))
        most = yuan(draw(st.integers(0, 9))) if rule == "cap" else None
        found.append(Group(str(number), f"组{number}", rule, members, most))
    return found


@settings(max_examples=60)
@given(offers(), groups())
def test_nothing_lawful_is_better(listed: list[Offer], rules: list[Group]) -> None:
    found = best(listed, rules)
    assert lawful(found, rules)

    def value(places: tuple[int, ...]) -> tuple[Decimal, Decimal, int]:
        return *worth([listed[place] for place in places], rules), -len(places)

    every = (places for size in range(len(listed) + 1) for places in combinations(range(len(listed)), size))
    tried = [places for places in every if lawful([listed[place] for place in places], rules)]
    most = max(value(places) for places in tried)
    assert tuple(listed.index(one) for one in found) == min(
        places for places in tried if value(places) == most
    )


def test_of_a_group_only_the_highest_is_paid_and_a_cap_takes_from_the_later() -> None:
    highest = Group("h", "就高不重复", "highest", frozenset("ab"))
    cap = Group("c", "每企业每年不超过8元", "cap", frozenset("abc"), yuan(8))
    assert paid([("a", yuan(3)), ("b", yuan(5)), ("c", yuan(6))], [highest, cap]) == {"a": 0, "b": 5, "c": 3}
    chosen = best(
        [Offer("a", yuan(3), yuan(3)), Offer("b", yuan(5), yuan(5)), Offer("c", yuan(6), yuan(6))],
        [highest, cap],
    )
    # b with c and a with c both reach the cap; the earlier pair is taken
    assert [one.id for one in chosen] == ["a", "c"]
    assert worth(chosen, [highest, cap]) == (8, 8)


def test_more_than_twelve_are_refused() -> None:
    with pytest.raises(ValueError, match="12"):
        best([Offer(str(number), yuan(1), yuan(1)) for number in range(13)], [])
