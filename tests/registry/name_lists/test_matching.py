"""Which organisation a printed name means: certain only where nothing speaks against it."""

from __future__ import annotations

import pytest
from benchmarks.matching import quality
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import planted
from wanqi.registry.name_lists.matching import MOST, Kind, Register, Registered
from wanqi.registry.name_lists.names import Speller, differences, sounded, stem
from wanqi.registry.name_lists.titles import Standing, Standpoints

SPELLER = Speller(["湖南省", "岳阳市", "临湘市"])
CODE = "91430682MA4L16JQ9B"


def register(*rows: Registered) -> Register:
    return Register(rows, SPELLER)


def found(printed: str, *rows: Registered, code: str | None = None) -> tuple[Kind, list[int]]:
    verdict = register(*rows).match(printed, code=code)
    return verdict.kind, [one.pk for one in verdict.candidates]


FIRM = Registered(1, "临湘市金穗众望科技有限公司", ("临湘市金穗纸品厂",))
SIBLING = Registered(2, "临湘市金穗科技有限公司")


# --- names ----------------------------------------------------------------------------------------------------


def test_a_name_is_taken_apart() -> None:
    name = SPELLER.name("湖南昱禾精细化工（临湘）有限责任公司")
    assert (name.core, name.suffix, name.places, name.branch) == (
        "昱禾精细化工",
        "有限责任公司",
        frozenset({"湖南", "临湘"}),
        "",
    )
    branch = SPELLER.name("湖南晨岚集团股份有限公司临湘分公司")
    assert (branch.core, branch.suffix, branch.branch) == ("晨岚", "集团股份有限公司", "临湘分公司")


@pytest.mark.parametrize(
    "printed",
    [
        "臨湘市金穗眾望科技有限公司",
        "临湘市金穗众望科技有限公司 ",
        "临湘市金穗（众望）科技有限公司",
        "临湘市金穗【众望】科技有限公司",
        "临 湘 市 金穗众望科技有限公司",
        "临湘市⾦穗众望科技有限公司",  # a radical, as PDFs give it
    ],
)
def test_width_script_blanks_and_brackets_do_not_count(printed: str) -> None:
    assert found(printed, FIRM, SIBLING) == (Kind.CERTAIN, [1])


def test_a_place_without_its_title() -> None:
    assert [stem(one) for one in ("临湘市", "湖南省", "华容县", "平江", "湘西自治州")] == [
        "临湘",
        "湖南",
        "华容",
        "平江",
        "湘西",
    ]


def test_sounds_that_are_written_for_one_another() -> None:
    assert sounded("金穗") == sounded("今岁")
    assert sounded("晨岚") == sounded("成兰")
    assert sounded("晨岚") != sounded("金穗")


def test_what_differs_is_marked_on_both_sides() -> None:
    printed, name = differences("临湘市金穗（众旺）科技", "湖南金穗众望科技")
    assert "".join(text for text, same in printed if not same) == "临湘市旺）"
    assert "".join(text for text, same in name if not same) == "湖南望"
    assert "".join(text for text, _ in printed) == "临湘市金穗（众旺）科技"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_the_pieces_are_the_names(one: str, other: str) -> None:
    left, right = differences(one, other)
    assert ("".join(text for text, _ in left), "".join(text for text, _ in right)) == (one, other)


# --- matching -------------------------------------------------------------------------------------------------


def test_a_former_name_is_as_good_as_the_current_one() -> None:
    assert found("临湘市金穗纸品厂", FIRM, SIBLING) == (Kind.CERTAIN, [1])


def test_a_sibling_that_lacks_a_word_is_not_taken() -> None:
    kind, order = found("临湘金穗众望科技有限公司", FIRM, SIBLING)
    assert (kind, order[0]) == (Kind.SIMILAR, 1)
    assert found("临湘金穗科技有限公司", FIRM, SIBLING)[1][0] == 2


def test_two_of_one_name_are_for_a_person() -> None:
    twin = Registered(3, SIBLING.name)
    assert found(SIBLING.name, SIBLING, twin) == (Kind.AMBIGUOUS, [2, 3])
    renamed = Registered(4, "临湘盛和科技有限公司", (SIBLING.name,))
    assert found(SIBLING.name, SIBLING, renamed) == (Kind.AMBIGUOUS, [2, 4])


def test_two_that_resemble_alike_are_ambiguous() -> None:
    one, other = Registered(5, "临湘市昱禾茶业有限公司"), Registered(6, "临湘市昱禾油脂有限公司")
    verdict = register(one, other).match("昱禾")
    assert (verdict.kind, verdict.reason) == (Kind.AMBIGUOUS, "有2家单位同样相近")


def test_a_withdrawn_organisation_is_shown_but_not_taken() -> None:
    gone = FIRM._replace(withdrawn=True)
    verdict = register(gone).match(FIRM.name)
    assert (verdict.kind, verdict.reason) == (Kind.SIMILAR, "名称一致的单位已撤销")
    assert verdict.candidates[0].withdrawn
    again = Registered(9, FIRM.name)
    assert found(FIRM.name, gone, again) == (Kind.CERTAIN, [9])


def test_a_branch_is_never_its_parent() -> None:
    kind, order = found("临湘市金穗科技有限公司岳阳分公司", SIBLING)
    assert (kind, order) == (Kind.SIMILAR, [2])
    branch = Registered(7, "临湘市金穗科技有限公司岳阳分公司")
    assert found(SIBLING.name, branch)[0] is Kind.SIMILAR


def test_a_code_decides_unless_the_name_contradicts() -> None:
    coded = SIBLING._replace(code=CODE)
    assert found("临湘市金穗科技公司", coded, FIRM, code=CODE) == (Kind.CERTAIN, [2])
    verdict = register(coded, FIRM).match(FIRM.name, code=CODE)
    assert (verdict.kind, verdict.reason) == (Kind.AMBIGUOUS, "统一社会信用代码是一家，名称是另一家")
    far = register(coded).match("岳阳朗屿矿业有限公司", code=CODE)
    assert (far.kind, far.reason) == (Kind.SIMILAR, "统一社会信用代码一致，名称差别较大")
    other = register(coded).match(SIBLING.name, code="91430682MA4L16JQ00")
    assert (other.kind, other.reason) == (Kind.SIMILAR, "名称一致，但统一社会信用代码与企业库不同")


def test_the_trade_alone_makes_no_candidate() -> None:
    assert found("临湘市朗屿科技有限公司", FIRM, SIBLING) == (Kind.NONE, [])


def test_no_more_candidates_than_digits() -> None:
    rows = [Registered(at, f"临湘市金穗{chr(0x4E00 + 97 * at)}科技有限公司") for at in range(1, 30)]
    assert len(register(*rows).match("临湘市金穗科技有限公司").candidates) == MOST


NAMES = st.text(alphabet="临湘市岳阳金穗众望科技有限公司厂（）分", min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=8), NAMES)
def test_nothing_is_taken_that_is_not_written_the_same(names: list[str], printed: str) -> None:
    rows = [Registered(at, name) for at, name in enumerate(names, start=1)]
    verdict = register(*rows).match(printed)
    if verdict.certain is not None:
        form = SPELLER.name(printed).form
        assert [at for at, name in enumerate(names, start=1) if SPELLER.name(name).form == form] == [
            verdict.certain
        ]


# --- quality --------------------------------------------------------------------------------------------------


def test_quality_on_planted_names() -> None:
    """The numbers that `make bench ARGS="matching"` prints; taken without a person means right."""
    names = planted.printed()
    told = quality(names, Register(planted.register(), Speller(planted.PLACES)))
    assert told.names == 566
    assert (told.taken, told.right, told.precision) == (130, 130, 1.0)
    assert (told.known, told.first, told.among_three, told.among_all, told.recall) == (
        462,
        461,
        462,
        462,
        1.0,
    )
    assert told.noisy == 55


def test_everything_that_reads_the_same_is_taken() -> None:
    same = {
        "as registered",
        "blanks within",
        "place in brackets moved in",
        "traditional characters",
        "former name",
    }
    matched = Register(planted.register(), Speller(planted.PLACES))
    missed = [
        one
        for one in planted.printed()
        if one.spoilt in same and matched.match(one.name).certain != one.truth
    ]
    assert missed == []


# --- places ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "standing"),
    [
        ("临湘市", Standing.OURS),
        ("岳阳市 临湘市", Standing.OURS),
        ("岳阳市临湘市科工局", Standing.OURS),
        ("演示片区01", Standing.OURS),
        ("", Standing.OPEN),
        ("岳阳市", Standing.OPEN),
        ("湖南省岳阳市", Standing.OPEN),
        ("岳阳市本级", Standing.OPEN),
        ("岳阳市工业和信息化局", Standing.OPEN),
        ("省直单位", Standing.OPEN),
        ("长沙市", Standing.ELSEWHERE),
        ("长沙", Standing.ELSEWHERE),
        ("岳阳市平江县", Standing.ELSEWHERE),
        ("岳阳经开区", Standing.ELSEWHERE),
        ("长沙市工业和信息化局", Standing.ELSEWHERE),
    ],
)
def test_where_a_line_stands(place: str, standing: Standing) -> None:
    where = Standpoints("临湘市", ["岳阳市", "湖南省"], parts=("演示片区01",))
    assert where.of(place) is standing
