"""The audit on labelled claim groups, end to end from the sentence, and on the texts it was made for."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from tests.figures.corpus.build import HERE, SOURCES, documents, groups
from tests.figures.prose.arithmetic import holds
from tests.figures.prose.scoring import CORPUS, Group, Score, load, score, score_documents, texts
from wanqi.figures import Audit, AuditFinding, audit


@pytest.fixture(scope="module")
def dev() -> Score:
    return score(load(CORPUS / "dev.json"))


@pytest.fixture(scope="module")
def fresh() -> Score:
    return score(load(CORPUS / "fresh.json"))


@pytest.fixture(scope="module")
def fresh_documents() -> Score:
    path = CORPUS / "fresh.json"
    return score_documents(load(path), texts(path))


@pytest.fixture(scope="module")
def seed() -> Audit:
    return audit((CORPUS / "seed.zh-Hans.txt").read_text(encoding="utf-8"))


def false_errors(scored: Score) -> list[tuple[str, str]]:
    return [(one.text, finding.message) for one, finding in scored.false_errors]


def test_no_error_on_the_labelled_sentences_is_false(dev: Score) -> None:
    assert false_errors(dev) == []


def test_twelve_of_thirteen_material_inconsistencies_are_errors(dev: Score) -> None:
    missed = [group.id for group, level in dev.of(severity="material") if level != "error"]
    assert len(dev.of(severity="material")) == 13
    assert len(missed) <= 1, missed


def test_every_last_digit_slip_is_a_note(dev: Score) -> None:
    assert [(group.id, level) for group, level in dev.of(severity="last-digit") if level != "note"] == []
    assert len(dev.of(severity="last-digit")) == 5


def test_no_trap_is_called_an_error(dev: Score) -> None:
    assert {name: wrong for name, (_, wrong) in dev.traps().items()} == {
        "rounding": 0,
        "cannot-tell": 0,
        "explained": 0,
    }
    assert dev.traps()["cannot-tell"][0] == 6


def test_no_error_on_invented_reports_is_false(fresh: Score, fresh_documents: Score) -> None:
    assert false_errors(fresh) == []
    assert false_errors(fresh_documents) == []


def test_most_planted_errors_of_invented_reports_are_found(fresh: Score) -> None:
    assert fresh.found("material", "error", "query") >= Fraction(85, 100), [
        group.id for group, level in fresh.of(severity="material") if level not in ("error", "query")
    ]


def test_sentences_written_to_mislead_bring_no_error() -> None:
    """Sound every one: rates of their own nouns, overlapping items, thresholds, second bases, open lists."""
    sentences = (CORPUS / "sound.txt").read_text(encoding="utf-8").splitlines()
    assert len(sentences) >= 130
    false = [(text, f.message) for text in sentences for f in audit(text).findings if f.level == "error"]
    assert false == []


def labelled() -> list[Group]:
    return load(CORPUS / "dev.json") + load(CORPUS / "fresh.json")


def test_the_labels_agree_with_the_arithmetic() -> None:
    """A group is sound when its facts can all be true; a list that the text explains is the exception."""
    odd = [
        group.id
        for group in labelled()
        if group.expected != "cannot-tell"
        and holds(group.relation, group.spans) != (group.expected == "consistent")
    ]
    assert [name for name in odd if name.startswith("d")] == ["d121-02"]
    assert all("=" in line for name in odd if not name.startswith("d") for line in marked(name))


def marked(name: str) -> list[str]:
    """The line of the marked text that a group of the invented documents came from."""
    document, number = name.rsplit("-", 1)
    return [
        found["groups"][int(number) - 1][1]
        for source in SOURCES
        if (HERE / source).exists()
        for found in documents((HERE / source).read_text(encoding="utf-8"))
        if found["id"] == document
    ]


def test_the_invented_corpus_is_what_the_marked_texts_make() -> None:
    made = [
        group
        for source in SOURCES
        if (HERE / source).exists()
        for document in documents((HERE / source).read_text(encoding="utf-8"))
        for group in groups(document)
    ]
    kept = json.loads((CORPUS / "fresh.json").read_text(encoding="utf-8"))["claims"]
    assert kept == made


def about(found: Audit, *figures: str) -> list[AuditFinding]:
    """The findings that flag any of the figures."""
    return [
        f for f in found.findings if any(figure in written for figure in figures for written in f.figures)
    ]


def levels(findings: list[AuditFinding]) -> set[str]:
    return {finding.level for finding in findings}


def test_the_seed_has_its_two_errors_and_no_other(seed: Audit) -> None:
    errors = [f for f in seed.findings if f.level == "error"]
    assert sorted(len(f.figures) > 0 for f in errors) == [True, True]
    stations = next(f for f in errors if any("127.92" in figure for figure in f.figures))
    companies = next(f for f in errors if any("360" in figure for figure in f.figures))
    assert stations is not companies
    assert any("571" in figure for figure in stations.figures)
    assert {"120→220", "571→471"} <= {repair.replace("个", "") for repair in stations.repair}
    assert any("77.38%" in repair for repair in stations.repair)
    assert any("162" in figure for figure in companies.figures)


@pytest.mark.parametrize(
    ("what", "figures"),
    [
        ("full coverage beside 98 %", ("98%",)),
        ("a forecast that needs twice the pace", ("800",)),
        ("research centres 3, then 2 at the level of the province", ("3家", "2家")),
        ("the target is passed, but neither target nor rate is given", ("162",)),
    ],
)
def test_the_seed_is_asked_about(seed: Audit, what: str, figures: tuple[str, ...]) -> None:
    assert "query" in levels(about(seed, *figures)), what


def test_growth_against_last_year_without_a_base_is_asked_about(seed: Audit) -> None:
    """Whether 较去年 means the stock at its end or the same months, and of which figure."""
    asked = [
        f for f in seed.findings if f.level == "query" and any("127.92" in figure for figure in f.figures)
    ]
    stations = next(
        f for f in seed.findings if f.level == "error" and any("127.92" in figure for figure in f.figures)
    )
    assert asked or "去年" in stations.message


def test_a_change_of_the_peers_of_a_rank_is_asked_about(seed: Audit) -> None:
    assert any(f.level == "query" and "rank" in f.relation for f in seed.findings)


def test_diagnosed_piloted_certified_is_no_funnel(seed: Audit) -> None:
    """More enterprises certified (16) than piloted (14) is a note at most."""
    found = [f for f in seed.findings if {"14家", "16家"} <= set(f.figures)]
    assert levels(found) <= {"note"}


def test_what_was_not_weighed_is_counted(seed: Audit) -> None:
    assert seed.summary == (
        f"共识别数据{seed.read}处，已核{seed.checked}处，未核{seed.read - seed.checked}处。"
    )
    assert 45 <= seed.read <= 65
    assert 0 < seed.checked < seed.read
    assert all(seed.text[m.span[0] : m.span[1]] == m.text for m in seed.mentions)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("完成5G基站建设266个，增长120%。", {"query"}),
        ("认定科技型中小企业310家，同比增长219.6%。", set()),
        ("高新技术企业32家，增长38.8%。", {"query"}),
    ],
)
def test_the_later_texts_of_the_bureau(text: str, expected: set[str]) -> None:
    """266, +120 %: of what is not said; 310, +219.6 %: 97 before; 32, +38.8 %: no base fits, nor is one named."""
    assert levels([f for f in audit(text).findings if f.level != "note"]) == expected


@pytest.mark.parametrize(
    ("text", "level", "figures"),
    [
        ("上半年新建5G基站60个，累计建成460个，上年末为400个。", None, ()),
        ("上半年新建5G基站60个，累计建成480个，上年末为400个。", "error", ("480个",)),
        ("年初在册工人320人，本期新增45人，退出12人，期末在册353人。", None, ()),
        ("年初在册工人320人，本期新增45人，退出12人，期末在册363人。", "error", ("363人",)),
        ("全年新建充电桩240根，年末累计1040根，比上年末增长30%。", None, ()),
        ("全年新建充电桩240根，年末累计1040根，比上年末增长20%。", "error", ("20%",)),
        ("旧存案件86件，新收案件914件，审结903件，期末未结97件。", None, ()),
        ("旧存案件86件，新收案件914件，审结903件，期末未结197件。", "error", ("197件",)),
        ("本季度发证128本，累计发证1642本，较上季度末的1514本增长8.5%。", None, ()),
        ("本季度发证128本，累计发证1642本，较上季度末的1415本增长8.5%。", "error", ("1415本",)),
    ],
)
def test_stock_and_flow(text: str, level: str | None, figures: tuple[str, ...]) -> None:
    found = audit(text).findings
    if level is None:
        assert [f for f in found if f.level == "error"] == []
    else:
        assert any(f.level == level for f in about(audit(text), *figures)), found
