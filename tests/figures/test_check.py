"""Findings over claims: the sentence of the 5G report, the classic mistakes, and what must stay silent."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wanqi.figures import Finding, check, claims_from

FIVE_G = {
    "claims": {
        "new": {"text": "120个", "title": "本期新建", "kind": "flow", "subject": "5G基站"},
        "total": {"text": "571个", "title": "累计", "kind": "stock", "subject": "5G基站"},
        "expected": {"text": "突破800个", "title": "年末预计", "kind": "forecast", "subject": "5G基站"},
        "growth": {"text": "127.92%", "title": "较去年增长", "kind": "growth", "subject": "5G基站"},
        "year_end": {"title": "上年末累计", "kind": "stock", "unit": "个", "subject": "5G基站"},
        "total_last_june": {"title": "上年同期累计", "kind": "stock", "unit": "个", "subject": "5G基站"},
        "new_last_year": {"title": "上年同期新建", "kind": "flow", "unit": "个", "subject": "5G基站"},
    },
    "relations": [
        {"relation": "stock_flow", "licence": "A", "base": "year_end", "flow": "new", "stock": "total"},
        {
            "relation": "growth",
            "licence": "A",
            "readings": [
                {"base": "year_end", "now": "expected", "rate": "growth"},
                {"base": "year_end", "now": "total", "rate": "growth"},
                {"base": "total_last_june", "now": "total", "rate": "growth"},
                {"base": "new_last_year", "now": "new", "rate": "growth"},
            ],
        },
        {
            "relation": "run_rate",
            "stock": "total",
            "flow": "new",
            "forecast": "expected",
            "done": 6,
            "of": 12,
        },
    ],
}


def _five_g(**texts: str) -> tuple[Finding, ...]:
    claims = {key: dict(row) for key, row in FIVE_G["claims"].items()}  # type: ignore[attr-defined]
    for key, text in texts.items():
        claims[key]["text"] = text
    return check(claims_from({"claims": claims, "relations": FIVE_G["relations"]}))


def _one(claims: dict[str, object], *relations: dict[str, object]) -> tuple[Finding, ...]:
    return check(claims_from({"claims": claims, "relations": list(relations)}))


def test_the_5g_sentence_gives_one_error_and_one_query() -> None:
    error, query = _five_g()
    assert (error.level, error.title, error.relation) == ("error", "数据差错", "stock_flow")
    assert error.figures == ("new", "total", "expected", "growth")
    assert error.written == ("120个", "571个", "突破800个", "127.92%")
    assert error.message == (
        "571−120=451个，即上年末累计应为451个；按此计算，(800−451)÷451=77.38%，而文中为127.92%"
        "（127.92%对应的上年末累计是351个）。是否有误，请核对。"
    )
    assert error.arithmetic == (
        "571−120=451个（上年末累计）",
        "800÷(1+127.92%)=351个（上年末累计）",
        "(800−451)÷451=77.38%（较去年增长）",
    )
    assert [str(repair) for repair in error.repair] == ["120个→220个", "571个→471个", "127.92%→77.38%"]
    assert error.power is not None
    assert error.power > Fraction(3, 4)
    assert (query.level, query.title, query.relation) == ("query", "存疑待核", "run_rate")
    assert query.message == (
        "突破800个要求下半年再新增229个，而上半年为120个；按当前进度年末约691个。预计的依据请核实。"
    )
    assert query.arithmetic == ("800−571=229个（下半年需新增）", "571+120=691个（按当前进度的年末数）")


@pytest.mark.parametrize("repair", [{"new": "220个"}, {"total": "471个"}, {"growth": "77.38%"}])
def test_each_repair_of_the_5g_sentence_silences_the_error(repair: dict[str, str]) -> None:
    assert [finding.level for finding in _five_g(**repair) if finding.level == "error"] == []


def test_the_order_of_relations_does_not_change_the_message() -> None:
    turned = check(claims_from(FIVE_G | {"relations": FIVE_G["relations"][::-1]}))  # type: ignore[index]
    assert turned[0].message == _five_g()[0].message


def test_another_reading_is_enough_for_silence() -> None:
    # 127.92 % of new building over 120 of the year before's first half: no forecast is meant.
    assert _five_g(new="114个", growth="128%")[0].level == "query"


def test_the_finding_as_json() -> None:
    assert _five_g()[0].as_json()["repair"] == ["120个→220个", "571个→471个", "127.92%→77.38%"]


def test_a_rate_without_a_whole_base_is_an_error() -> None:
    (finding,) = _one(
        {"n": {"text": "162家"}, "b": {"title": "上年同期", "unit": "家"}, "r": {"text": "360%"}},
        {"relation": "growth", "licence": "A", "base": "b", "now": "n", "rate": "r"},
    )
    assert (finding.level, finding.relation) == ("error", "implied_base")
    assert finding.message == (
        "162÷(1+360%)=35.18—35.26，上年同期没有合适的整数（35家对应362.86%，36家对应350.00%）。是否有误，请核对。"
    )
    assert "360%→260%" in [str(repair) for repair in finding.repair]


def test_a_whole_base_that_exists_is_silent() -> None:
    base = {"relation": "growth", "licence": "A", "base": "b", "now": "n", "rate": "r"}
    hidden = {"title": "上年同期", "unit": "家"}
    assert _one({"n": {"text": "310家"}, "b": hidden, "r": {"text": "219.6%"}}, base) == ()
    (finding,) = _one({"n": {"text": "32家"}, "b": hidden, "r": {"text": "38.8%"}}, base)
    assert finding.level == "error"


SHARE = {"relation": "share", "licence": "A", "part": "p", "whole": "w", "rate": "r"}


@pytest.mark.parametrize(
    ("part", "whole", "rate", "level"),
    [
        ("15家", "40家", "37.5%", None),
        ("15家", "40家", "36.5%", "error"),
        ("95人", "111人", "80.4%", "error"),
        ("9人", "111人", "10.5%", "error"),
        ("5251起", "6769起", "77.60%", "note"),
        ("7起", "116起", "6.04%", "note"),
        ("124599件", "284406件", "63.72%", "error"),
        ("35.9亿元", "56.21亿元", "63.88%", None),
    ],
)
def test_shares(part: str, whole: str, rate: str, level: str | None) -> None:
    found = _one({"p": {"text": part}, "w": {"text": whole}, "r": {"text": rate}}, SHARE)
    assert [finding.level for finding in found] == ([level] if level else [])


def test_an_open_list_may_miss_the_whole_but_not_exceed_it() -> None:
    claims: dict[str, object] = {"w": {"text": "257人"}, "a": {"text": "23人"}, "b": {"text": "220人"}}
    listed = {"relation": "sum", "licence": "A", "parts": ["a", "b"], "whole": "w"}
    assert _one(claims, listed) == ()
    (finding,) = _one(claims | {"b": {"text": "265人"}}, listed)
    assert (finding.level, finding.message) == (
        "error",
        "23+265=288人，大于文中总数257人。是否有误，请核对。",
    )
    (finding,) = _one(claims, listed | {"exhaustive": True})
    assert finding.message == "23+220=243人，文中为257人。是否有误，请核对。"


def test_rounded_parts_that_miss_by_rounding_are_silent() -> None:
    written = {"a": "72.61亿元", "b": "730.64亿元", "c": "488.68亿元", "w": "1291.92亿元"}
    claims: dict[str, object] = {key: {"text": text} for key, text in written.items()}
    summed = {"relation": "sum", "licence": "A", "parts": ["a", "b", "c"], "whole": "w", "exhaustive": True}
    assert _one(claims, summed) == ()


def test_growth_from_its_increment_and_points() -> None:
    increment = {"relation": "growth_increment", "licence": "A", "now": "n", "increment": "d", "rate": "r"}
    claims: dict[str, object] = {"n": {"text": "4491个"}, "d": {"text": "2574个"}, "r": {"text": "134.3%"}}
    assert _one(claims, increment) == ()
    assert [f.level for f in _one(claims | {"r": {"text": "134.2%"}}, increment)] == ["note"]
    assert [f.level for f in _one(claims | {"r": {"text": "57.3%"}}, increment)] == ["error"]
    points = {"relation": "points", "licence": "A", "now": "n", "base": "b", "points": "p"}
    rates: dict[str, object] = {"n": {"text": "85.5%"}, "b": {"text": "82.0%"}, "p": {"text": "3.5个百分点"}}
    assert _one(rates, points) == ()
    (finding,) = _one(rates | {"p": {"text": "5.3个百分点"}}, points)
    assert finding.message == "85.5%−82.0%=3.5百分点，文中为5.3个百分点。是否有误，请核对。"


def test_an_empty_base_raises_no_alarm() -> None:
    growth = {"relation": "growth", "licence": "A", "base": "b", "now": "n", "rate": "r"}
    assert _one({"b": {"text": "0家"}, "n": {"text": "5家"}, "r": {"text": "100%"}}, growth) == ()


def test_one_stale_whole_is_one_finding() -> None:
    claims: dict[str, object] = {"w": {"text": "110家", "title": "总数"}}
    relations = []
    for n, (part, rate) in enumerate((("30家", "30.0%"), ("45家", "45.0%"), ("25家", "25.0%"))):
        claims |= {f"p{n}": {"text": part}, f"r{n}": {"text": rate}}
        relations.append(
            {"relation": "share", "licence": "A", "part": f"p{n}", "whole": "w", "rate": f"r{n}"}
        )
    (finding,) = _one(claims, *relations)
    assert finding.level == "error"
    assert "110家→100家" in [str(repair) for repair in finding.repair]


def test_an_inference_is_only_a_query_unless_it_is_sharp_and_about_one_thing() -> None:
    sharp: dict[str, object] = {"p": {"text": "15家"}, "w": {"text": "40家"}, "r": {"text": "30.0%"}}
    assert [f.level for f in _one(sharp, SHARE | {"licence": "B"})] == ["error"]
    apart: dict[str, object] = {
        "p": {"text": "15家", "subject": "甲"}, "w": {"text": "40家", "subject": "乙"}, "r": {"text": "30.0%"},
    }  # fmt: skip
    assert [f.level for f in _one(apart, SHARE | {"licence": "B"})] == ["query"]
    assert [f.level for f in _one(apart, SHARE)] == ["error"]


def test_ranges_coverage_and_repeats() -> None:
    (finding,) = _one({"x": {"text": "5-3人", "title": "名额"}})
    assert (finding.relation, finding.message) == ("range", "名额5-3人前大后小。是否写反，请核对。")
    (finding,) = _one({"r": {"text": "98%", "title": "覆盖率"}}, {"relation": "full_coverage", "rate": "r"})
    assert finding.message == "前面写“全覆盖”，覆盖率为98%，两者的范围是否不同，请核实。"
    pair: dict[str, object] = {
        "a": {"text": "114.8亿元", "title": "正文"},
        "b": {"text": "92.0亿元", "title": "附表"},
    }
    (finding,) = _one(pair, {"relation": "repeat", "licence": "A", "first": "a", "second": "b"})
    assert finding.message == "正文114.8亿元与附表92.0亿元不一致。是否有误，请核对。"


def test_part_growths_that_imply_another_base() -> None:
    claims: dict[str, object] = {}
    relations: list[dict[str, object]] = []
    for key, now, rate in (
        ("w", "19.02万户", "16.27%"),
        ("a", "1.26万户", "16.27%"),
        ("b", "4.36万户", "3.21%"),
        ("c", "13.4万户", "20.15%"),
    ):
        claims |= {key: {"text": now}, f"{key}r": {"text": rate}, f"{key}b": {"title": "上年", "unit": "户"}}
        relations.append(
            {"relation": "growth", "licence": "A", "base": f"{key}b", "now": key, "rate": f"{key}r"}
        )
    relations.append(
        {"relation": "sum", "licence": "A", "parts": ["ab", "bb", "cb"], "whole": "wb", "exhaustive": True}
    )
    assert [finding.level for finding in _one(claims, *relations)] == ["error"]
    claims["ar"] = {"text": "28.1%"}
    assert _one(claims, *relations) == ()
