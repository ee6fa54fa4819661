"""Claims given as data: what is refused, where, and what to do."""

from __future__ import annotations

import pytest

from wanqi.figures import ClaimsRefused, claims_from

GOOD: dict[str, object] = {"part": {"text": "15家"}, "whole": {"text": "40家"}, "rate": {"text": "37.5%"}}
SHARE = {"relation": "share", "licence": "A", "part": "part", "whole": "whole", "rate": "rate"}
RUN_RATE = {"relation": "run_rate", "stock": "part", "flow": "part", "forecast": "whole"}


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        ({}, "claims", "缺少数字列表"),
        ({"claims": GOOD}, "relations", "缺少数字之间的关系"),
        ({"claims": {"a": {"text": "5 9亿元"}}, "relations": []}, "claims.a.text", "数字中间有空格"),
        ({"claims": {"a": {"title": "甲"}}, "relations": []}, "claims.a", "没有计量单位"),
        ({"claims": {"a": {"txt": "1个"}}, "relations": []}, "claims.a.txt", "不认识这一项"),
        ({"claims": {"a": {"text": "1个", "kind": "x"}}, "relations": []}, "claims.a.kind", "没有“x”这种数字"),
        ({"claims": GOOD, "relations": [{"relation": "x"}]}, "relations[0].relation", "没有“x”这种关系"),
        ({"claims": GOOD, "relations": [SHARE | {"licence": "C"}]}, "relations[0].licence", "不是依据等级"),
        ({"claims": GOOD, "relations": [SHARE | {"part": "nobody"}]}, "relations[0]", "没有编号为“nobody”的数字"),
        ({"claims": GOOD, "relations": [{"relation": "share", "part": "part"}]}, "relations[0]", "缺少 rate、whole"),
        ({"claims": GOOD, "relations": [{"relation": "sum", "whole": "whole"}]}, "relations[0].parts", "没有列出各部分"),
        (
            {"claims": GOOD, "relations": [RUN_RATE]},
            "relations[0].done",
            "没有说明已过几个月",
        ),
        (
            {"claims": GOOD, "relations": [{"relation": "share", "readings": []}]},
            "relations[0].readings",
            "有 0 种读法",
        ),
    ],
)  # fmt: skip
def test_refused_with_place_and_remedy(data: dict[str, object], place: str, reason: str) -> None:
    with pytest.raises(ClaimsRefused) as refused:
        claims_from(data)
    assert refused.value.place == place
    assert reason in str(refused.value)
    assert refused.value.remedy


def test_claims_keep_text_unit_and_readings() -> None:
    claims = claims_from({"claims": GOOD, "relations": [SHARE]})
    assert [c.unit for c in claims.claims.values()] == ["家", "家", "%"]
    assert claims.relations[0].readings[0].roles == {"part": "part", "whole": "whole", "rate": "rate"}
