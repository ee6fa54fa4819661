"""Writes docs/reference/vocabulary.md from the packs; a test fails while it is not current.

Run `.venv/bin/python scripts/vocabulary_page.py` after a fact, record kind or code list was added or changed.
"""

from __future__ import annotations

from pathlib import Path

from wanqi import packs
from wanqi.packs import Pack
from wanqi.packs.explaining import TYPES

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/vocabulary.md"
# What documents ask for by other names, and how a condition writes it.
WRITTEN = (
    (
        "注册满一年、成立天数",
        "`established_date <= days_before(on, 365)`; `age_years` counts whole years up to 15",
    ),
    (
        "增长率、平均增长率、复合增长率",
        "`growth(x)`, `avg_growth(x, 2)`, `cagr(x, 2)`; 高企: `hnte_growth(x)`",
    ),
    ("近两年每年不低于", "`each(rd_expense >= 1000000, 2)`"),
    (
        "近三年合计、平均",
        "`total(x, 3)`, `mean(x, 3)`; with `'since_founding'` the years before founding do not count",
    ),
    ("首次达到", "`first_time(revenue >= 10000000, 3)`"),
    ("称号在有效期", "`holds('cn.high-tech', …)`"),
    (
        "合格的知识产权项数",
        "`count_where(ip, …)` with the document's filter; plain counts: `ip_class1_count`, `ip_class2_count`",
    ),
    (
        "没有事故、不在名录",
        "`NOT any_where(incidents, …)`, `NOT any_where(abnormal_list, from_date <= on AND to_date > on)`",
    ),
)


def page(pack: Pack) -> str:
    """Return the page: facts, derived facts, records, code lists, titles and sources, each with its id."""
    lines = [
        "# Vocabulary",
        "",
        "What rules, registers and indicators call the data of an organisation, written by",
        "`.venv/bin/python scripts/vocabulary_page.py` from `regions/*/vocabulary` and `regions/*/codes`.",
        "Money is in 元 and shares of 1; the unit of the official forms is for display. An empty value is unknown:",
        "never no, never zero.",
        "",
        "## Facts",
        "",
        "| id | 数据 | 类型 | 期间 | 单位 | 选项 |",
        "|---|---|---|---|---|---|",
    ]
    for id, fact in sorted(pack.facts.items()):
        unit = fact.source_unit or fact.unit or ""
        period = "按年" if fact.period == "annual" else "时点"
        choices = "、".join(fact.values or ())
        lines.append(f"| `{id}` | {fact.title} | {TYPES[fact.type]} | {period} | {unit} | {choices} |")
    lines += ["", "## Derived facts", "", "| id | 数据 | 类型 | 依据 | 说明 |", "|---|---|---|---|---|"]
    for id, one in sorted(pack.derived.items()):
        note = " ".join(text for text in (one.assumption, one.note) if text)
        lines.append(f"| `{id}` | {one.title} | {TYPES[one.type]} | {one.article or ''} | {note} |")
    lines += ["", "## Records", "", "| kind | 记录 | 字段 |", "|---|---|---|"]
    for id, kind in sorted(pack.records.items()):
        fields = "、".join(f"`{name}` {field.title}" for name, field in kind.fields.items())
        lines.append(f"| `{id}` | {kind.title} | {fields} |")
    lines += ["", "## Code lists", "", "| id | 代码表 | 标准 | 项数 | 标记 |", "|---|---|---|---|---|"]
    for id, given in sorted(pack.codes.items()):
        lines.append(f"| `{id}` | {given.title} | {given.standard} | {len(given.codes)} | {given.tag} |")
    lines += ["", "## How a condition writes it", "", "| document | condition |", "|---|---|"]
    lines += [f"| {asked} | {written} |" for asked, written in WRITTEN]
    lines += ["", "## Sources named by tags", "", "| id | 来源 | 在哪里读到 |", "|---|---|---|"]
    lines += [f"| {id} | {one.title} | {one.where} |" for id, one in pack.sources.items()]
    return "\n".join([*lines, ""])


def main() -> None:
    """Write the page."""
    pack = packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False)
    PAGE.write_text(page(pack), encoding="utf-8")


if __name__ == "__main__":
    main()
