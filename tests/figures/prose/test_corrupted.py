"""A scraper's traditional characters with their readings change nothing but places and figures as written."""

from __future__ import annotations

import pytest

from tests.figures.prose.modes import corrupted, corrupted_mode, shown
from tests.figures.prose.scoring import CORPUS, load
from wanqi.figures import audit
from wanqi.figures.prose.recover import recover

SEED = (CORPUS / "seed.zh-Hans.txt").read_text(encoding="utf-8")
SCRAPED = (CORPUS / "seed.scraped.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("corpus", ["dev.json", "fresh.json"])
def test_findings_do_not_depend_on_the_characters(corpus: str) -> None:
    assert corrupted_mode(load(CORPUS / corpus)) == []


def test_nearly_every_sentence_can_be_corrupted() -> None:
    groups = load(CORPUS / "dev.json")
    assert sum(corrupted(group.sentence) is not None for group in groups) >= 190


def test_the_scraped_seed_reads_as_the_clean_one() -> None:
    clean, scraped = audit(SEED), audit(SCRAPED)
    assert recover(SCRAPED).text == recover(SEED).text
    assert [shown(f) for f in scraped.findings] == [shown(f) for f in clean.findings]
    assert (scraped.read, scraped.checked) == (clean.read, clean.checked)


def test_places_point_into_the_scraped_text() -> None:
    for finding in audit(SCRAPED).findings:
        written = [SCRAPED[start:end] for start, end in finding.spans]
        assert written == list(finding.figures)


@pytest.mark.parametrize(
    "text",
    [
        "完成投资5 9亿元，占计划8亿元的49%。",
        "收入20亿元，完成预算18亿元的108 3%，支出5 0亿元，同比增长1 0%。",
        "20xx年全县签约项目**.*个，同比增长xx0.9%。",
        "受理案件120件，同比增长?。5%，审结100件，占1?0件的83%。",
    ],
)
def test_lost_digits_are_unreadable_and_never_wrong(text: str) -> None:
    assert [f.message for f in audit(text).findings if f.level == "error"] == []


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("全省收案321 146件，其中基层271 997件、中级43 891件、高级5 258件。", None),
        ("到位资金7.6亿元，完成27亿元目标的28. 1%。", "到位资金7.6亿元，完成27亿元目标的28.1%。"),
        ("完成１８件，占２０件的９８％。", "完成18件，占20件的98%。"),
        ("佔總數（40家）的37.5%%﹔共15家。", "占总数（40家）的37.5%；共15家。"),
    ],
)
def test_mended_figures_are_weighed(written: str, clean: str | None) -> None:
    found = [(f.level, f.relation) for f in audit(written).findings]
    assert found == ([] if clean is None else [(f.level, f.relation) for f in audit(clean).findings])
