"""The rules of the audit and how often each was right on the labelled corpus.

The counts are measured, not written by hand: a rule whose errors were right too seldom is demoted, so that what
it finds is asked about instead of called an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

# Rule name → (errors shown, of them right).
Counts = Mapping[str, tuple[int, int]]

ERROR_TARGET = Fraction(98, 100)
_COUNTED = Path(__file__).with_name("counts.json")

RULES: Mapping[str, str] = {
    "share": "占比", "growth": "增长率", "growthd": "增长率与增加额", "gint": "整数基数", "delta": "增加额",
    "sum": "分项合计", "subset": "部分不大于总数", "wg": "分项增速", "wt": "分项进度", "pp": "百分点",
    "pacepp": "时序进度", "rate2": "比率", "ratio": "平均数与倍数", "ratio100": "比值", "conv": "单位换算",
    "productk": "面积与单产", "cagr": "年均增长", "cagrtot": "累计增长", "gsum": "增速相乘", "sum100": "占比合计",
    "same": "前后一致", "count": "列举个数", "stock_flow": "期末与期初", "run_rate": "预计进度",
    "full_coverage": "全覆盖", "target": "目标未写明", "base": "基数未写明", "rank": "排名范围", "range": "区间先后",
    "samewhole": "同一总数", "samebench": "同一进度",
}  # fmt: skip


def counts() -> Counts:
    """The counts measured last, by rule; empty when nothing was measured yet."""
    if not _COUNTED.exists():
        return {}
    rows = json.loads(_COUNTED.read_text(encoding="utf-8"))
    return {str(name): (int(shown), int(right)) for name, (shown, right) in rows.items()}


COUNTS: Counts = counts()


def demoted(measured: Counts) -> frozenset[str]:
    """The rules whose errors were right less often than the target."""
    return frozenset(
        name for name, (shown, right) in measured.items() if shown and Fraction(right, shown) < ERROR_TARGET
    )
