"""The check-up says what `wanqi evaluate` says, in words; its order, questions, targets and ladder."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from wanqi import packs
from wanqi.cli.evaluate import prepare
from wanqi.packs import Pack
from wanqi.packs.specs.programmes import WindowSpec
from wanqi.policies.checkup import Chance, Checkup, Condition, State, checkup, why_not
from wanqi.policies.checkup.plans import prepared
from wanqi.policies.checkup.standing import window_of

ON = date(2026, 5, 10)
ENDED: dict[str, Any] = {"complete_until": "2026-04-30"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False)


def firm(**facts: Any) -> dict[str, Any]:
    """Return a small chemical firm whose research was too small last year."""
    return {
        "id": "a1",
        "facts": {
            "gbt4754_code": "2614",
            "registered_mainland": True,
            "established_date": "2015-03-01",
            "employees_total": {"2025": 120},
            "revenue": {"2025": "42000000.00", "2024": "38000000.00"},
            "rd_expense": {"2025": "900000.00", "2024": "1500000.00"},
            **facts,
        },
        "records": {
            "titles": [
                {
                    "programme": "cn.tech-sme",
                    "grant_date": "2025-09-01",
                    "valid_to": "2026-12-31",
                    "kind": "首次",
                },
                ENDED,
            ],
            "incidents": [ENDED],
        },
    }


amounts = st.one_of(
    st.none(), st.sampled_from(["0.00", "1000000.00", "20000000.00", "51000000.00", "400000000.00"])
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts, amounts, st.one_of(st.none(), st.integers(0, 1200)), st.booleans())
def test_verdicts_are_those_of_evaluate(
    pack: Pack, revenue: str | None, research: str | None, staff: int | None, listed: bool
) -> None:
    organisation = firm(
        revenue={"2025": revenue, "2024": "38000000.00"},
        main_revenue={"2025": revenue},
        rd_expense={"2025": research, "2024": research},
        employees_total={"2025": staff},
    )
    organisation["records"] |= {"abnormal_list": [], "serious_dishonesty": []} if listed else {}
    found = checkup(pack, ON, organisation)
    by_kind = {
        kind: {
            line["programme"]: line
            for line in prepare(pack, on=ON, kind=kind, programmes=(), derived=())(organisation)
        }
        for kind in {one.kind for one in found.programmes}
    }
    in_force = [one for one in found.programmes if one.version is not None]
    assert {one.id for one in in_force if one.kind == "new"} | {"cn.tech-sme"} == set(by_kind["new"])
    for one in in_force:
        line = by_kind[one.kind][one.id]
        assert (one.version, one.verdict, one.why) == (line["version"], line["verdict"], line["why"])
        assert [id for _, id in one.missing] == line["missing"]
        assert json.dumps(sorted(_verdicts(one.conditions))) == json.dumps(sorted(_tree(line["conditions"])))


def _verdicts(listed: Any) -> Iterator[tuple[str, str]]:
    for top in listed:
        for one in top.walk():
            yield one.id, one.verdict


def _tree(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    root = node["op"] == "all" and node["children"]
    if not root:
        yield node["id"], node["verdict"]
    for child in node["children"]:
        yield from _below(child)


def _below(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield node["id"], node["verdict"]
    for child in node["children"]:
        yield from _below(child)


@pytest.fixture(scope="module")
def found(pack: Pack) -> Checkup:
    return checkup(
        pack, ON, firm(), sources=lambda fact, year: f"{year}审计报告" if fact == "rd_expense" else None
    )


def condition(found: Checkup, programme: str, id: str) -> Condition:
    one = found.programme(programme)
    assert one is not None
    return next(each for top in one.conditions for each in top.walk() if each.id == id)


def test_a_condition_says_value_threshold_gap_source_and_what_can_be_done(found: Checkup) -> None:
    one = condition(found, "cn.srdi-sme", "rd-amount@2025")
    assert (one.word, one.value, one.threshold, one.gap) == ("差 10万元", "90万元", "≥100万元", "差 10万元")
    assert one.share == Decimal("0.9")
    assert [(used.title, used.period, used.value, used.source) for used in one.used] == [
        ("研发费用总额", "2025", "90万元", "2025审计报告")
    ]
    assert one.chance is Chance.NEXT_YEAR
    assert one.advice == "2025年度数据已经确定，不能更改，以下一申报年度为目标。"
    assert one.clause.article == "附件1"
    assert one.clause.said == "该条款原文尚未录入文件库，请以公开发布的文件为准。"


def test_the_clause_stands_beside_the_condition_where_it_is_entered(pack: Pack) -> None:
    text = "研发费用总额均不低于100万元。"
    found = why_not(
        pack,
        ON,
        firm(),
        "cn.srdi-sme",
        passages=lambda document, article: text if article == "附件1" else None,
    )
    assert {one.clause.text for one in found.conditions if one.clause.article == "附件1"} == {text}


def test_two_years_of_one_condition_count_once_and_a_closed_year_puts_off_the_target(found: Checkup) -> None:
    one = found.programme("cn.srdi-sme")
    assert one is not None
    assert (one.state, one.word, one.short) == (State.SHORT, "差 2 项", 2)
    assert one.now == ()
    assert one.next is not None
    assert (one.next.year, one.next.possible, one.next.earliest) == (2027, False, 2028)
    assert (
        "近两年每年研发费用100万元以上（要求≥100万元，目前90万元，差 10万元）：以2026、2027年度数据为准，据实填报。"
        in one.next.lines
    )


PATENT = {
    "kind": "发明专利",
    "grant_date": "2025-03-01",
    "expiry_date": "2040-03-01",
    "acquisition": "自主研发",
}


def test_of_alternatives_only_those_still_open_are_advised_and_as_alternatives(pack: Pack) -> None:
    """A firm is no university: the way of universities is no advice, however near it is."""
    given = firm(
        legal_type="企业法人", rd_expense={"2025": "4000000.00", "2024": "4000000.00", "2023": "4000000.00"}
    )
    today = {"complete_until": ON.isoformat()}
    titles = {"programme": "cn.high-tech", "grant_date": "2024-11-01", "kind": "首次"}
    given["records"] |= {"ip": [PATENT, today], "titles": [titles, today], "tech_transfer_results": [today]}
    found = why_not(pack, ON, given, "cn-43.engineering-center")
    assert found.verdict == "unmet"
    assert [line.partition("（")[0] for line in found.now] == ["近三年知识产权5项以上"]
    assert found.conditions[0].title == "满足下列条件之一"


def test_what_cannot_be_met_in_this_batch_is_a_target_and_no_advice(pack: Pack) -> None:
    """Two years must pass after the provincial title: getting it now changes nothing this year."""
    on = date(2023, 6, 30)
    given = firm(rd_expense={"2022": "20000000.00"})
    given["records"]["titles"] = [{"complete_until": on.isoformat()}]
    found = why_not(pack, on, given, "cn.tech-center")
    one = next(each for each in found.conditions if each.title == "已认定为省级企业技术中心两年以上")
    assert (one.chance, one.advice) == (
        Chance.NEXT_YEAR,
        "现在取得的须满规定年限，本批次达不到，以以后的申报年度为目标。",
    )
    assert found.now == ()
    assert found.next is not None
    assert found.next.lines == (
        "已认定为省级企业技术中心两年以上（要求≥1项，目前0项，差 1 项）：依法取得并满规定年限后可以计入。",
    )


def test_points_that_can_still_be_raised_are_not_beyond_change(pack: Pack) -> None:
    """The score of 高新技术企业 also reads when the firm was founded; it is not for that a thing only time changes."""
    root = prepared(pack, ON, "new").compiled["cn.high-tech"].conditions
    assert root is not None
    score = next(part for part in root.walk() if part.op == "score")
    assert prepared(pack, ON, "new").chance(score) is Chance.NOW


def test_an_enterprise_that_is_too_large_is_not_short_of_anything(pack: Pack) -> None:
    found = why_not(
        pack, ON, firm(employees_total={"2025": 3000}, revenue={"2025": "900000000.00"}), "cn.innovative-sme"
    )
    assert (found.state, found.word, found.short) == (State.UNMET, "不符合", None)


def test_what_decides_stands_first(found: Checkup) -> None:
    for one in found.programmes:
        order = [each.verdict for each in one.conditions]
        first = {"unknown": ["unknown", "unmet", "met"], "unmet": ["unmet", "unknown", "met"]}.get(
            one.verdict, ["met"]
        )
        assert order == sorted(order, key=(first + ["unknown", "unmet"]).index)


def test_programmes_stand_nearest_first(found: Checkup) -> None:
    support = [one for one in found.programmes if one.what == "奖补" and one.presupposes]
    states = [
        one.state
        for one in found.programmes
        if one.what != "身份" and not (one.held and one.held.soon) and one not in support
    ]
    # Support for a title nobody knows it to have does not stand before what is near.
    assert min(found.programmes.index(one) for one in support) > states.index(State.UNVERIFIED)
    near = (State.MISSING, State.SHORT)
    order = [State.MET, near, State.JUDGEMENT, State.UNVERIFIED, State.HELD, State.UNMET]
    known = [
        place
        for state in states
        for place, one in enumerate(order)
        if state in (one if one == near else (one,))
    ]
    assert known == sorted(known)
    # One condition short stands before a dozen that nobody knows of.
    open_ = [one for one in found.programmes if one.state in near and one not in support]
    left = [max(one.short or 0, sum(each.verdict != "met" for each in one.conditions)) for one in open_]
    assert left == sorted(left)
    assert found.programmes[0].word == "已获得·有效期至2026年12月31日"
    assert found.programmes[0].kind == "review"
    assert [one.word for one in found.programmes if one.id == "cn.maker-space"] == ["已失效·施行至2025-06-30"]


def test_questions_are_asked_by_what_they_decide_and_end_when_answered(pack: Pack, found: Checkup) -> None:
    gains = [one.gain for one in found.questions]
    assert gains == sorted(gains, reverse=True)
    assert found.questions == checkup(pack, ON, firm()).questions
    titles = next(one for one in found.questions if one.id == "titles")
    assert (titles.section, titles.title, titles.type) == ("records", "称号和资格", "records")
    answered = firm()
    answered["records"]["titles"] = answered["records"]["titles"][:1]
    assert "titles" not in {one.id for one in checkup(pack, ON, answered).questions}


def test_the_ladder_has_its_steps_from_the_packs(found: Checkup) -> None:
    assert [[id for id, *_ in rung.programmes] for rung in found.ladder] == [
        ["cn.tech-sme", "cn.innovative-sme"],
        ["cn.srdi-sme"],
        ["cn.little-giant"],
    ]
    assert [(rung.reached, rung.next) for rung in found.ladder] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_of_one_programme_it_says_the_same(pack: Pack) -> None:
    whole = checkup(pack, ON, firm(), only=["cn.high-tech", "cn.srdi-sme"])
    assert len(whole.programmes) == 2
    assert why_not(pack, ON, firm(), "cn.high-tech") == whole.programme("cn.high-tech")


def test_an_unknown_programme_and_a_wrong_value_are_refused(pack: Pack) -> None:
    from wanqi.rules.errors import ValueRefused

    with pytest.raises(KeyError):
        why_not(pack, ON, firm(), "cn.nothing")
    with pytest.raises(ValueRefused):
        checkup(pack, ON, firm(revenue={"2025": "很多"}))


def test_the_report_is_a_word_file_with_disclaimer_date_and_version(found: Checkup) -> None:
    import docx

    from wanqi.documents.word import word
    from wanqi.policies.checkup.text import report, told

    made = report(found, name="演示企业", office="市科工局", demonstration=True)
    assert made.marks == ("演示数据", "仅供参考")
    file = word(made, made=datetime(2026, 5, 10, tzinfo=UTC))
    text = "\n".join(one.text for one in docx.Document(io.BytesIO(file)).paragraphs)
    assert "系统比对结果仅供参考，以主管部门最终审核结果为准" in text
    assert "（市科工局　2026年5月10日）" in text
    assert found.pack_digest[:19] in text
    aimed = [one for one in told(found) if one.next is not None]
    assert text.count("年申报的目标（已经结束的年度，数据不能更改）") == len(aimed)


@pytest.mark.parametrize(
    ("on", "state", "words"),
    [
        (date(2023, 6, 30), "by_notice", "以当年通知为准"),
        (date(2026, 3, 1), "closed", "未到申报期，2026年4月25日至2026年5月25日；"),
        (date(2026, 5, 25), "open", "申报中，2026年4月25日至2026年5月25日；"),
        (
            date(2026, 5, 26),
            "over",
            "2026年的申报时间（4月25日至5月25日）已过，下一年度以当年通知为准",
        ),
        (date(2027, 4, 30), "by_notice", "往年约为4月25日至5月25日（2026年），以当年通知为准"),
    ],
)
def test_days_of_one_years_notice_are_shown_for_that_year(
    pack: Pack, on: date, state: str, words: str
) -> None:
    window = pack.programme_files["cn.little-giant"].programme.window
    found = window_of(window, on)
    assert (found.state, found.words.startswith(words)) == (state, True)
    assert (found.opens is not None) == (state in ("open", "closed"))


def test_days_that_run_into_the_next_year_belong_to_the_notice_of_the_first() -> None:
    winter = WindowSpec.model_validate({"from": "11-15", "to": "01-20", "year": 2025})
    assert [
        window_of(winter, day).state for day in (date(2024, 12, 1), date(2025, 12, 1), date(2026, 1, 20))
    ] == [
        "by_notice",
        "open",
        "open",
    ]
    assert window_of(winter, date(2026, 1, 21)).words.endswith("已过，下一年度以当年通知为准")
    every = WindowSpec.model_validate({"from": "11-15", "to": "01-20"})
    assert window_of(every, date(2031, 1, 20)).state == "open"
    with pytest.raises(ValueError, match="from 或 to"):
        WindowSpec.model_validate({"year": 2025, "note": "以当年通知为准"})
