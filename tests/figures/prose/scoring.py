"""Scoring the audit against labelled claim groups, end to end from the text: what is not read is missed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from tests.figures.prose.arithmetic import REACHED, Span, holds, read
from wanqi.figures import Audit, AuditFinding, audit
from wanqi.figures.prose.registry import COUNTS, Counts

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
NUMBER = re.compile(r"\d[\d, ]*(?:\.\s?\d+)?")
# Roles that are not measured: months of a period, years of a span, a unit's factor, things counted in a list.
FIXED = frozenset({"months", "n", "factor", "listed", "stated"})

# The names a finding may carry for each relation of the corpus. A slip seen from either side of a sentence counts:
# a wrong base shows as a growth that does not fit or as a base that is no whole number.
_GROWTH = frozenset(
    [
        "growth",
        "growth_increment",
        "growthd",
        "cagrtot",
        "base",
        "increment",
        "implied_base",
        "gint",
        "weighted_growth",
        "wg",
        "delta",
        "average_growth",
        "growth_product",
        "contribution",
        "pull",
        "stock_flow",
        "growth_from_base",
        "growth_from_increment",
        "cagr",
        "gsum",
        "n_year_average",
        "doubling",
    ]
)
_SHARE = frozenset(
    [
        "share",
        "completion",
        "rate",
        "rate2",
        "complement",
        "implied_part",
        "implied_whole",
        "sint",
        "samewhole",
        "same_whole",
        "subset",
        "sum",
        "ratio",
        "progress",
        "wt",
        "wg",
        "weighted_progress",
        "shares_100",
        "sum100",
    ]
)
_SUM = frozenset(
    ["sum", "subset", "stock_flow", "sum100", "shares_100", "increment", "count", "samewhole", "same_whole"]
)
FAMILIES: Mapping[str, frozenset[str]] = {
    "share": _SHARE,
    "rate2": _SHARE,
    "sint": _SHARE,
    "wt": _SHARE,
    "ratiomil": _SHARE,
    "complement": _SHARE,
    "doubling": _GROWTH | frozenset({"ratio"}),
    "subset": _SUM | _SHARE,
    "sum": _SUM,
    "sum100": _SUM,
    "stockflow": _SUM | _GROWTH | frozenset({"run_rate"}),
    "stockflow4": _SUM | _GROWTH,
    "growth": _GROWTH,
    "growthd": _GROWTH,
    "gint": _GROWTH,
    "wg": _GROWTH | frozenset({"sum"}),
    "delta": _GROWTH | _SUM,
    "cagr": _GROWTH,
    "cagrtot": _GROWTH,
    "gsum": _GROWTH,
    "same": frozenset(["repeat", "same", "text_table", "table", "increment", "growth"]),
    "pp": frozenset(["points", "pp", "percentage_points", "pace", "pacepp", "percent_for_points"]),
    "pacepp": frozenset(["points", "pp", "pace", "pacepp", "samebench", "same_bench"]),
    "conv": frozenset(["conversion", "conv", "unit_pair"]),
    "product3": frozenset(["ratio", "average", "product", "productk"]),
    "pull": frozenset(["pull", "contribution"]),
    "productk": frozenset(["product", "productk", "yield", "area_yield"]),
    "ratio": frozenset(["ratio", "average"]),
    "ratio100": frozenset(["ratio", "ratio100"]),
    "count": frozenset(["count", "enumeration", "heading", "headings"]),
    "range": frozenset(["range"]),
    "rank": frozenset(["rank", "rank_feasibility"]),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of a group in its role."""

    role: str
    written: str
    exact: bool

    @property
    def number(self) -> str:
        return plain(self.written)


@dataclass(frozen=True)
class Group:
    """One labelled claim group; `sentence` is what is audited."""

    id: str
    document: str
    kind: str
    relation: str
    facts: tuple[Fact, ...]
    sentence: str
    expected: str
    severity: str | None
    note: str

    @cached_property
    def spans(self) -> Mapping[str, Span]:
        return spans(self)

    @property
    def material(self) -> bool:
        return self.severity == "material"

    @property
    def slip(self) -> bool:
        return self.severity == "last-digit"

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(fact.number for fact in self.facts)

    @cached_property
    def face_value_fails(self) -> bool:
        """A sound group which comparing printed figures would call wrong: the rounding trap."""
        if self.expected != "consistent" or self.relation not in REACHED:
            return False
        points = {f.role: read(f.written, exact=True) for f in self.facts}
        role, reach = REACHED[self.relation]
        target = next(f for f in self.facts if f.role == role)
        reached = reach(points).low
        if self.relation == "pp":
            reached = abs(reached)
        decimals = len(target.number.partition(".")[2])
        stated = points[role].low
        scale = Fraction(1) if "." not in target.number and stated == 0 else _scale(target, stated)
        return round(reached / scale, decimals) != round(stated / scale, decimals)


def _scale(fact: Fact, stated: Fraction) -> Fraction:
    number = Fraction(fact.number)
    return abs(stated / number) if number else Fraction(1)


def spans(
    group: Group, written: Mapping[str, str] | None = None, *, slack: Fraction = Fraction(1, 2)
) -> dict[str, Span]:
    """The facts as intervals; `written` replaces the figures of some roles."""
    found = {}
    for fact in group.facts:
        exact = True if fact.role in FIXED else False if fact.role == "ratio" else fact.exact or None
        found[fact.role] = read((written or {}).get(fact.role, fact.written), exact=exact, slack=slack)
    return found


def plain(written: str) -> str:
    """The digits of a figure: `321 146件` → `321146`, `五大` → `5`."""
    found = NUMBER.search(written)
    if found is None:
        return str("零一二三四五六七八九十".find(written[:1])) if written[:1] else written
    return found.group().replace(" ", "").replace(",", "").rstrip(".")


def load(path: Path) -> list[Group]:
    """The groups of a corpus file, in its order."""
    claims = json.loads(path.read_text(encoding="utf-8"))["claims"]
    return [
        Group(
            c["id"], c["doc_id"], c["doc_type"], c["relation"],
            tuple(Fact(f["role"], f["as_written"], bool(f["exact"])) for f in c["facts"]),
            c["sentence"], c["expected"], c["severity"], c["note"],
        )
        for c in claims
    ]  # fmt: skip


def texts(path: Path) -> dict[str, str]:
    """Document → its whole text, where the corpus has them."""
    return dict(json.loads(path.read_text(encoding="utf-8")).get("documents", {}))


def matches(finding: AuditFinding, group: Group) -> bool:
    """A finding is about a group when its relation is of the family and one of its figures is the group's.

    The note on last digits stands for all of a text, so its figures alone decide.
    """
    family = FAMILIES.get(group.relation, frozenset({group.relation}))
    if finding.level != "note" and finding.relation not in family:
        return False
    return any(plain(figure) in group.numbers for figure in finding.figures)


@dataclass(frozen=True)
class Judged:
    """One audited text with the groups it holds."""

    text: str
    groups: tuple[Group, ...]
    audit: Audit
    wrong: tuple[Group, ...]  # the materially wrong groups of its document, whose figures may stand here too

    @cached_property
    def errors(self) -> tuple[AuditFinding, ...]:
        return tuple(f for f in self.audit.findings if f.level == "error")

    @cached_property
    def false_errors(self) -> tuple[AuditFinding, ...]:
        """Errors that no materially wrong group of this document stands behind."""
        return tuple(f for f in self.errors if not any(matches(f, group) for group in self.wrong))

    def level(self, group: Group) -> str | None:
        """The strongest level at which a group was found; None when it was not."""
        found = {f.level for f in self.audit.findings if matches(f, group)}
        return next((level for level in ("error", "query", "note") if level in found), None)


@dataclass
class Score:
    """Counts over groups."""

    judged: list[Judged] = field(default_factory=list)

    @cached_property
    def groups(self) -> list[tuple[Group, Judged]]:
        return [(group, one) for one in self.judged for group in one.groups]

    @property
    def errors(self) -> int:
        return sum(len(one.errors) for one in self.judged)

    @property
    def false_errors(self) -> list[tuple[Judged, AuditFinding]]:
        return [(one, finding) for one in self.judged for finding in one.false_errors]

    @property
    def precision(self) -> Fraction:
        """Of the errors shown, those that are; 1 when none is shown."""
        return 1 - Fraction(len(self.false_errors), self.errors) if self.errors else Fraction(1)

    def of(self, *, severity: str) -> list[tuple[Group, str | None]]:
        """The groups of a severity with the level they were found at."""
        return [(group, one.level(group)) for group, one in self.groups if group.severity == severity]

    def found(self, severity: str, *levels: str) -> Fraction:
        """The part of the groups of a severity found at one of the levels; 1 when there are none."""
        rows = self.of(severity=severity)
        return Fraction(sum(level in levels for _, level in rows), len(rows)) if rows else Fraction(1)

    def traps(self) -> dict[str, tuple[int, int]]:
        """Trap → how many groups, and how many of them an error speaks of though no wrong group does."""
        kinds = {
            "rounding": lambda g: g.face_value_fails,
            "cannot-tell": lambda g: g.expected == "cannot-tell",
            "explained": lambda g: g.expected == "consistent" and not holds(g.relation, g.spans),
        }
        return {
            name: (
                sum(test(group) for group, _ in self.groups),
                sum(test(g) and any(matches(f, g) for f in one.false_errors) for g, one in self.groups),
            )
            for name, test in kinds.items()
        }


def score(groups: Iterable[Group], *, counts: Counts = COUNTS) -> Score:
    """Audit every sentence once, with rules demoted by `counts`; groups of one sentence are judged together."""
    by_sentence: dict[tuple[str, str], list[Group]] = {}
    wrong: dict[str, list[Group]] = {}
    for group in groups:
        by_sentence.setdefault((group.document, group.sentence), []).append(group)
        if group.material:
            wrong.setdefault(group.document, []).append(group)
    return Score(
        [
            Judged(text, tuple(held), audit(text, counts=counts), tuple(wrong.get(name, ())))
            for (name, text), held in by_sentence.items()
        ]
    )


def score_documents(groups: Sequence[Group], texts: Mapping[str, str]) -> Score:
    """Audit whole texts, with all groups of each."""
    judged = []
    for name, text in texts.items():
        held = tuple(group for group in groups if group.document == name)
        judged.append(Judged(text, held, audit(text), tuple(group for group in held if group.material)))
    return Score(judged)


def rows(scored: Score, by: str) -> list[tuple[str, ...]]:
    """The table by an attribute of the groups (`relation`, `kind`): one row for each value, and one for all.

    Columns: value, groups, errors, false errors, material found as error / all, at query as well, slips noted / all.
    """
    values = sorted({getattr(group, by) for group, _ in scored.groups})
    return [_row(value, scored, by, value) for value in values] + [_row("all", scored, None, "")]


def _row(name: str, scored: Score, by: str | None, value: str) -> tuple[str, ...]:
    held = [(g, one) for g, one in scored.groups if by is None or getattr(g, by) == value]
    material = [one.level(g) for g, one in held if g.material]
    slips = [one.level(g) for g, one in held if g.slip]
    if by is None:
        false = len(scored.false_errors)
        shown = scored.errors
    else:
        texts = {id(one): one for g, one in held}
        false = sum(
            any(matches(f, g) for g, owner in held if owner is one)
            for one in texts.values()
            for f in one.false_errors
        )
        shown = sum(
            any(matches(f, g) for g, owner in held if owner is one)
            for one in texts.values()
            for f in one.errors
        )
    asked = sum(
        any(f.level == "query" and matches(f, g) for f in one.audit.findings)
        for g, one in held
        if g.expected == "consistent"
    )
    return (
        name, str(len(held)), str(shown), str(false),
        f"{sum(level == 'error' for level in material)}/{len(material)}" if material else "–",
        f"{sum(level in ('error', 'query') for level in material)}/{len(material)}" if material else "–",
        f"{sum(level is not None for level in slips)}/{len(slips)}" if slips else "–",
        str(asked),
    )  # fmt: skip


HEAD = (
    "",
    "groups",
    "errors",
    "false",
    "material as error",
    "material as error or query",
    "slips noted",
    "sound ones asked about",
)


def table(lines: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> str:
    """A Markdown table."""
    return "\n".join(
        [
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *("| " + " | ".join(line) + " |" for line in lines),
        ]
    )


def described(finding: AuditFinding) -> str:
    """One line about a finding, for a list of misses or false errors."""
    repair = f" [{'；'.join(finding.repair)}]" if finding.repair else ""
    return f"{finding.level} {finding.relation} {'、'.join(finding.figures)}: {finding.message}{repair}"
