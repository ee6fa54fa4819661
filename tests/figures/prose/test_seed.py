"""The half-year report that the tool was made for: what is wrong in it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from wanqi.figures import Audit, audit

CORPUS = Path(__file__).resolve().parents[1] / "corpus"


@pytest.fixture(scope="module")
def seed() -> Audit:
    return audit((CORPUS / "seed.zh-Hans.txt").read_text(encoding="utf-8"))


def test_two_errors_with_their_repairs(seed: Audit) -> None:
    errors = [finding for finding in seed.findings if finding.level == "error"]
    assert [(finding.relation, finding.figures) for finding in errors] == [
        ("stock_flow", ("120个", "571个", "突破800个", "127.92%")),
        ("gint", ("162家", "360%")),
    ]
    assert errors[0].repair == ("571→471", "120→220", "127.92%→77.38%")
    assert "260%" in " ".join(errors[1].repair)


def test_the_questions(seed: Audit) -> None:
    asked = [finding.relation for finding in seed.findings if finding.level == "query"]
    assert sorted(asked) == ["base", "full_coverage", "rank", "run_rate", "same", "target"]


def test_headings_and_names_that_count_are_weighed(seed: Audit) -> None:
    counted = [mention.state for mention in seed.mentions if mention.text == "四大"]
    assert counted == ["checked", "checked"]


def test_the_scraped_text_gives_the_same_findings(seed: Audit) -> None:
    scraped = audit((CORPUS / "seed.scraped.txt").read_text(encoding="utf-8"))
    assert [(f.level, f.relation, f.message, f.repair, f.key) for f in scraped.findings] == [
        (f.level, f.relation, f.message, f.repair, f.key) for f in seed.findings
    ]
    assert (scraped.read, scraped.checked) == (seed.read, seed.checked)
