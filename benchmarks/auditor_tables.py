"""The tables of how well the auditor does, as Markdown; see auditor_score for the command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from tests.figures.prose import modes, scoring, tallies
from tests.figures.prose.mutants import Mutant, found_at
from tests.figures.prose.mutants import mutants as made_of

from wanqi.figures import AuditFinding

SEED = 20231127


def everything(files: Sequence[Path], *, count: int) -> tuple[str, int]:
    """Return all tables and the number of false errors in them."""
    parts, false = [], 0
    for name, groups, texts in corpora(files):
        scored = scoring.score(groups)
        false += len(scored.false_errors)
        parts += [f"### {name}, sentence by sentence", summary(scored), by_relation(scored), by_kind(scored)]
        if texts:
            whole = scoring.score_documents(groups, texts)
            false += len(whole.false_errors)
            parts += [f"### {name}, whole documents", summary(whole)]
        made = made_of(groups, count=count if name == "dev" else count // 3, seed=SEED)
        parts += [f"### {name}, modes", modes_table(groups, made if name == "dev" else [])]
        parts += [f"### {name}, one-digit mutants of sound groups", mutant_table(made)]
        parts += [f"### {name}, what is missed", misses(scored)]
    return "\n\n".join(parts), false


def corpora(files: Sequence[Path]) -> list[tuple[str, list[scoring.Group], dict[str, str]]]:
    """Return name, groups and whole texts of every corpus file; of the kept ones when no file is named."""
    if files:
        return [(path.stem, scoring.load(path), scoring.texts(path)) for path in files]
    fresh, texts = scoring.load(scoring.CORPUS / "fresh.json"), scoring.texts(scoring.CORPUS / "fresh.json")
    found: list[tuple[str, list[scoring.Group], dict[str, str]]] = [
        ("dev", scoring.load(scoring.CORPUS / "dev.json"), {})
    ]
    for name, first in (("invented, open", "ft"), ("invented, kept back", "gh"), ("invented, last", "k")):
        held = [group for group in fresh if group.document[0] in first]
        if held:
            found.append((name, held, {name: text for name, text in texts.items() if name[0] in first}))
    return found


def percent(value: Fraction) -> str:
    return f"{float(value) * 100:.1f} %"


def summary(scored: scoring.Score) -> str:
    """Return the figures that the goals are about."""
    traps = scored.traps()
    material, slips = scored.of(severity="material"), scored.of(severity="last-digit")
    lines = [
        ("errors shown", str(scored.errors), ""),
        ("false errors", str(len(scored.false_errors)), "0"),
        ("error precision", percent(scored.precision), "≥ 98 %"),
        (
            "material found as error",
            f"{sum(level == 'error' for _, level in material)} of {len(material)}",
            "≥ 90 %",
        ),
        (
            "material found as error or query",
            f"{sum(level in ('error', 'query') for _, level in material)} of {len(material)}",
            "",
        ),
        ("last-digit slips noted", f"{sum(level == 'note' for _, level in slips)} of {len(slips)}", "≥ 90 %"),
        *(
            (f"{name} traps called errors", f"{wrong} of {held}", "0")
            for name, (held, wrong) in traps.items()
        ),
        ("figures read, weighed", "{} read, {} weighed".format(*counted(scored)), ""),
    ]
    return scoring.table(lines, ("", "measured", "goal"))


def counted(scored: scoring.Score) -> tuple[int, int]:
    return sum(one.audit.read for one in scored.judged), sum(one.audit.checked for one in scored.judged)


def by_relation(scored: scoring.Score) -> str:
    return scoring.table(scoring.rows(scored, "relation"), ("relation", *scoring.HEAD[1:]))


def by_kind(scored: scoring.Score) -> str:
    return scoring.table(scoring.rows(scored, "kind"), ("document type", *scoring.HEAD[1:]))


def modes_table(groups: Sequence[scoring.Group], made: Sequence[Mutant]) -> str:
    """Return how many findings each mode of writing the same text changes; the registry's with mutants only."""
    shuffled = modes.document_mode(groups, seeds=range(5))
    corrupted = modes.corrupted_mode(groups)
    lines = [
        ("sentences of a document joined, 5 orders: new errors", str(len(shuffled)), "0"),
        ("pinyin and traditional characters: sentences with other findings", str(len(corrupted)), "0"),
    ]
    if made:
        left = tallies.leave_one_out(groups, made)
        found = f"{left.false} false, {left.found} of {left.material} found"
        lines.append(
            ("rules counted and demoted without the document they judge, each in turn", found, "0 false")
        )
        rules = sorted(set().union(*left.demotions.values()))
        lines.append(("rules demoted in any of these", "、".join(rules) or "none", ""))
    return scoring.table(lines, ("", "measured", "goal"))


def write_counts(path: Path, *, mutants: int) -> None:
    """Count every rule's errors on the dev corpus and its mutants, and write them as rule → [shown, right]."""
    groups = scoring.load(scoring.CORPUS / "dev.json")
    shown = tallies.shown_on_groups(scoring.score(groups, counts={}).judged)
    shown += tallies.shown_on_mutants(made_of(groups, count=mutants, seed=SEED))
    rows = (f'  "{rule}": [{every}, {right}]' for rule, (every, right) in tallies.counts(shown).items())
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def mutant_table(made: Sequence[Mutant]) -> str:
    """Return the recall on mutants, by relation."""
    levels = [(mutant, found_at(mutant)) for mutant in made]
    lines = []
    for relation in [*sorted({mutant.group.relation for mutant in made}), "all"]:
        rows = [(m, level) for m, level in levels if relation in ("all", m.group.relation)]
        lines.append((relation, *mutant_row(rows)))
    return scoring.table(
        lines,
        (
            "relation", "mutants", "seen by interval", "of these as error or query", "noted",
            "beyond cutting off as well", "of these as error or query", "unseen by interval but called error",
        ),
    )  # fmt: skip


def mutant_row(rows: Sequence[tuple[Mutant, str | None]]) -> tuple[str, ...]:
    strict = Counter(level for mutant, level in rows if mutant.strict)
    plain = Counter(level for mutant, level in rows if mutant.plain)
    hidden = Counter(level for mutant, level in rows if not mutant.strict)
    return (
        str(len(rows)),
        str(strict.total()),
        ratio(strict["error"] + strict["query"], strict.total()),
        ratio(strict["note"], strict.total()),
        str(plain.total()),
        ratio(plain["error"] + plain["query"], plain.total()),
        str(hidden["error"]),
    )


def ratio(part: int, whole: int) -> str:
    return percent(Fraction(part, whole)) if whole else "–"


def misses(scored: scoring.Score) -> str:
    """Return what is still missed, one line a group."""
    lines = [
        f"- {group.id} ({group.relation}, {group.severity}; {level or 'silent'}): {around(one, group)} — {group.note}"
        for group, one in scored.groups
        if group.severity and (level := one.level(group)) != ("error" if group.material else "note")
    ]
    lines += [
        f"- false error in “{passage(one, f)}”: {scoring.described(f)}" for one, f in scored.false_errors
    ]
    return "\n".join(lines) or "Nothing."


def around(one: scoring.Judged, group: scoring.Group) -> str:
    """Return the line of a text that prints most of a group's figures, shortened."""
    best = max(one.text.splitlines(), key=lambda line: sum(number in line for number in group.numbers))
    return best if len(best) <= 90 else f"{best[:89]}…"


def passage(one: scoring.Judged, finding: AuditFinding) -> str:
    return one.text[finding.span[0] : finding.span[1]].replace("\n", " ⏎ ")[:160]


def missed(files: Sequence[Path]) -> str:
    """Return false errors, misses, and queries about sound groups of the corpora, with their messages."""
    parts = []
    for name, groups, texts in corpora(files):
        for scored in [scoring.score(groups), *([scoring.score_documents(groups, texts)] if texts else [])]:
            parts += [f"## {name}", misses(scored), "queries and notes about sound sentences:"]
            parts += [
                f"- “{passage(one, finding)}”: {scoring.described(finding)}"
                for one in scored.judged
                for finding in one.audit.findings
                if finding.level != "error"
                and not any(g.severity and scoring.matches(finding, g) for g in one.groups)
            ]
    return "\n".join(parts)
