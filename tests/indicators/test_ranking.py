"""Ranks: an announcement prevails, values of peers allow a set, and nothing is made up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from wanqi.figures import Interval
from wanqi.indicators.evaluate import Announced, Figure, Reported, evaluate, read_period
from wanqi.indicators.evaluate.ranking import ranks
from wanqi.packs import IndicatorSpec, PeerSet

HALF = read_period("2023H1")
SIX = PeerSet.model_validate(
    {
        "id": "six", "version": "2026-1", "title": "岳阳六县市", "aliases": ("六县市",), "source": "岳阳市所辖县市",
        "functional": "不含",
        "members": {"pa": "甲县", "pb": "乙县", "pc": "丙县", "pd": "丁县", "pe": "戊市", "us": "本市"},
    }
)  # fmt: skip
DEFINITIONS = {
    spec["id"]: IndicatorSpec.model_validate(spec)
    for spec in (
        {"id": "output", "title": "产值", "unit": "亿元", "nature": "flow"},
        {"id": "output.rank", "title": "产值名次", "unit": "名", "operator": "rank", "of": "output", "peers": "six"},
        {"id": "gain.rank", "title": "增量名次", "unit": "名", "operator": "rank", "of": "output", "peers": "six",
         "basis": "增量"},
        {"id": "energy", "title": "单位能耗", "unit": "吨", "nature": "rate", "better": "less"},
        {"id": "energy.rank", "title": "能耗名次", "unit": "名", "operator": "rank", "of": "energy", "peers": "six"},
    )
}  # fmt: skip


def value(number: str, peer: str = "", **more) -> Reported:
    return Reported(
        id=peer or "us", indicator="output", period="2023-01..06", nature="reported", value=Fraction(number),
        source="统计月报", peer=peer, **more,
    )  # fmt: skip


def announced(rank: int, **more) -> Announced:
    given = {"indicator": "output", "period": "2023H1", "peer_set": "六县市", "source": "通报", **more}
    return Announced(id="1", rank=rank, **given)


def ranked(*reported: Reported, said: tuple[Announced, ...] = (), id: str = "output.rank") -> Figure:
    found = evaluate(
        DEFINITIONS, [id], HALF, tables={}, reported=reported, announced=said, peers={"six": SIX}, home="us"
    )
    return found[id]


def all_peers(*numbers: str) -> list[Reported]:
    return [value(number, peer) for number, peer in zip(numbers, ("pa", "pb", "pc", "pd", "pe"), strict=True)]


def test_without_an_announcement_or_a_peer_there_is_no_rank() -> None:
    figure = ranked(value("5"))
    assert (figure.display, figure.reason) == ("—", "没有通报排名，也没有同组各县市的数据，不列名次")


def test_values_of_all_peers_give_one_rank_and_equal_ones_share_it() -> None:
    assert ranked(value("5"), *all_peers("9", "7", "4", "3", "2")).display == "第3名"
    shared = ranked(value("5"), *all_peers("9", "5", "5", "3", "2"))
    assert (shared.display, shared.value, shared.tied) == ("并列第2名", 2, True)
    below = ranked(value("4"), *all_peers("9", "5", "5", "3", "2"))
    assert below.display == "第4名"  # 1, 2, 2, 4


def test_a_missing_peer_leaves_every_rank_it_may_take() -> None:
    figure = ranked(value("5"), *all_peers("9", "7", "4", "3", "2")[:3])
    assert (figure.value, figure.display) == (None, "第3—5名")
    assert figure.note == "缺少丁县、戊市的数，名次是一个范围。各地的数来自统计月报。"


def test_where_less_is_better_the_smallest_is_first() -> None:
    def of_energy(*numbers: str) -> Figure:
        given = (
            [value("5"), *all_peers(*numbers)] if len(numbers) == 5 else [value("5"), value(numbers[0], "pa")]
        )
        return ranked(*(replace(one, indicator="energy") for one in given), id="energy.rank")

    assert of_energy("9", "7", "4", "3", "2").display == "第4名"
    assert of_energy("9", "5", "5", "3", "2").display == "并列第3名"
    assert of_energy("4").display == "第2—6名"
    told = "岳阳六县市各地的单位能耗从小到大（越小越好），本地的名次；数相同的并列，其后的名次空出。"
    assert of_energy("9", "7", "4", "3", "2").definition == told
    assert ranks(Interval.point(5), {"a": Interval(4, 6)}, smallest_first=True).interval == Interval(1, 2)


@pytest.mark.parametrize("keys", [{"nature": "target"}, {"operator": "rank", "of": "energy", "peers": "six"}])
def test_what_nobody_is_ranked_by_is_not_better(keys: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="better: less 写在按它排名次的指标上"):
        IndicatorSpec.model_validate({"id": "x", "title": "某数", "unit": "个", "better": "less", **keys})


def test_a_bound_is_not_a_number() -> None:
    figure = ranked(value("5"), *all_peers("9", "7", "4", "3", "2")[:4], value("4", "pe", bound=">"))
    assert figure.display == "第3—4名"


def test_a_value_of_another_scope_is_left_out_and_told() -> None:
    others = all_peers("9", "7", "4", "3", "2")[:4]
    figure = ranked(value("5"), *others, value("2", "pe", functional="含"))
    assert figure.display == "第3—4名"
    assert figure.note.startswith("戊市（含功能区）的口径不同，没有用来比较。缺少戊市的数")


def test_an_announcement_prevails_and_a_conflict_is_shown() -> None:
    peers = all_peers("9", "7", "4", "3", "2")
    figure = ranked(value("5"), *peers, said=(announced(2),))
    assert figure.display == "第2名"
    assert figure.note == "按各地的数推算为第3名，与通报不一致，以通报为准，请核实。"
    assert ranked(value("5"), *peers, said=(announced(3),)).note == ""
    assert ranked(said=(announced(2, tied=True),)).display == "并列第2名"


def test_an_announcement_of_an_earlier_span_names_it() -> None:
    figure = ranked(said=(announced(1, period="2023Q1"),))
    assert figure.display == "第1名"
    assert figure.ranked_for == read_period("2023Q1")
    assert figure.note == "这是2023年第一季度的名次，2023年上半年的还没有通报。"
    assert not ranked(said=(announced(1, period="2022Q1"),)).known
    assert not ranked(said=(announced(1, period="2023-01..07"),)).known


def test_an_announcement_counts_only_for_its_basis_and_set() -> None:
    assert not ranked(said=(announced(1, basis="增量"),)).known
    assert ranked(said=(announced(1, basis="增量"),), id="gain.rank").display == "第1名"
    assert not ranked(said=(announced(1, peer_set="岳阳市"),)).known


def test_two_announcements_that_differ_are_told() -> None:
    figure = ranked(said=(announced(2), announced(3, source="年鉴")))
    assert (figure.display, figure.note) == ("第2名", "通报的名次不一致：年鉴为第3名，请核实。")


@given(st.integers(0, 4), st.lists(st.integers(0, 4), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_ranks_are_those_of_a_list_in_which_equal_values_share_one_and_skip(
    own: int, others: list[int]
) -> None:
    found = ranks(Interval.point(own), {str(n): Interval.point(one) for n, one in enumerate(others)})
    rank = sorted([own, *others], reverse=True).index(own) + 1
    assert (found.best, found.worst, found.tied) == (rank, rank, own in others)


@given(st.integers(0, 4), st.lists(st.none() | st.integers(0, 4), min_size=1, max_size=5), st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_a_missing_value_is_the_rank_was_possible(own: int, others: list[int | None], data) -> None:
    wide = ranks(
        Interval.point(own),
        {str(n): None if one is None else Interval.point(one) for n, one in enumerate(others)},
    )
    settled = [data.draw(st.integers(0, 4)) if one is None else one for one in others]
    sharp = ranks(Interval.point(own), {str(n): Interval.point(one) for n, one in enumerate(settled)})
    assert wide.best <= sharp.best <= wide.worst


@pytest.mark.parametrize("area", ["town", None])
def test_a_part_of_the_region_has_no_rank_among_regions(area: str | None) -> None:
    found = evaluate(
        DEFINITIONS, ["output.rank"], HALF, tables={}, reported=(), announced=(announced(1),),
        peers={"six": SIX}, home="us", area=area,
    )  # fmt: skip
    assert found["output.rank"].known == (area is None)
