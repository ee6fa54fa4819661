"""Figures and text of a report as plain data: what an archive says was signed, and what is compared with it later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from wanqi import documents
from wanqi.documents import Run, Text
from wanqi.indicators.evaluate import Figure

from ..compile import Compiled, CompiledParagraph, CompiledSection
from ..outputs import value_of

# What must be equal for a figure to be the same: what is printed, and what it rests on.
_TOLD = (
    ("display", "数值"),
    ("as_of", "截至日期"),
    ("grade", "依据"),
    ("kind", "台账类别"),
    ("records", "计入的记录"),
    ("uncertain", "不确定的记录"),
    ("reported", "填报值"),
    ("announced", "通报排名"),
    ("definition", "口径"),
    ("reason", "没有数据的原因"),
    ("value", "数"),
)


def figures_plain(figures: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """Return the figures in their order, each with everything it stands on; `exact` is its value as a fraction."""
    return [_figure(figure) for figure in figures.values()]


def _figure(figure: Figure) -> dict[str, Any]:
    interval = figure.interval
    return {
        "id": figure.id,
        "title": figure.title,
        "unit": figure.unit,
        "period": figure.period.id,
        "as_of": figure.as_of.isoformat(),
        "display": figure.display,
        "value": value_of(figure.value, figure.unit),
        "exact": _fraction(figure.value),
        "interval": None if interval is None else [_fraction(interval.low), _fraction(interval.high)],
        "grade": figure.grade,
        "kind": figure.record_kind,
        "records": list(figure.records),
        "uncertain": list(figure.uncertain),
        "underlying": list(figure.underlying),
        "reported": [one.id for one in figure.reported],
        "announced": [one.id for one in figure.announced],
        "inputs": [
            {"label": one.label, "id": one.id, "period": one.period.id, "display": one.display}
            for one in figure.inputs
        ],
        "definition": figure.definition,
        "assumption": figure.assumption,
        "arithmetic": list(figure.arithmetic),
        "note": figure.note,
        "reason": figure.reason,
        "comparison": figure.comparison,
        "forecast": figure.is_forecast,
        "demonstration": figure.is_demonstration,
    }


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def text_plain(compiled: Compiled) -> dict[str, Any]:
    """Return the text as printed: headings, paragraphs with their figures, and what was left out and why."""
    return {
        "title": compiled.title,
        "signed": compiled.spec.signed,
        "marks": list(compiled.marks),
        "sections": [
            {
                "title": section.title,
                "id": section.id,
                "office": section.office,
                "paragraphs": [
                    {
                        "id": part.id,
                        "clauses": list(part.clauses),
                        "runs": [_run(run) for run in part.runs],
                        "office": part.office,
                        "notes": list(part.notes),
                    }
                    for part in section.paragraphs
                ],
            }
            for section in compiled.sections
        ],
        "dropped": [{"clause": one.clause, "reason": one.reason} for one in compiled.dropped],
    }


def _run(run: Run) -> dict[str, Any]:
    if isinstance(run, Text):
        return {"text": run.text}
    return {"figure": run.id, "display": run.display, "grade": run.grade, "marked": run.marked}


def sections_from(text: Mapping[str, Any]) -> tuple[CompiledSection, ...]:
    """Return the sections of an archived text, to be shown as they were signed."""
    return tuple(
        CompiledSection(
            section["title"],
            tuple(
                CompiledParagraph(
                    part["id"],
                    tuple(_run_from(run) for run in part["runs"]),
                    tuple(part["clauses"]),
                    part["office"],
                    tuple(part["notes"]),
                )
                for part in section["paragraphs"]
            ),
            section["id"],
            section["office"],
        )
        for section in text["sections"]
    )


def _run_from(run: Mapping[str, Any]) -> Run:
    if "text" in run:
        return Text(run["text"])
    return documents.Figure(run["figure"], run["display"], run.get("grade", ""), run.get("marked", False))


def paragraphs_of(text: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (heading, id, words) of every paragraph of an archived text."""
    for section in text["sections"]:
        for part in section["paragraphs"]:
            words = "".join(run["text"] if "text" in run else run["display"] for run in part["runs"])
            yield section["title"], part["id"], "\n".join((words, *part["notes"]))


def figure_differences(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return one sentence per figure that is not the same; none where all agree."""
    old, new = ({(one["id"], one["period"]): one for one in figures} for figures in (before, after))
    found = [f"{old[key]['title']}（{key[0]}）不再算出" for key in old if key not in new]
    found += [f"{new[key]['title']}（{key[0]}）是新增的数" for key in new if key not in old]
    for key in (key for key in old if key in new):
        moved = [
            f"{words}{_short(old[key].get(name))}→{_short(new[key].get(name))}"
            for name, words in _TOLD
            if old[key].get(name) != new[key].get(name)
        ]
        if moved:
            found.append(f"{old[key]['title']}（{key[0]}）：{'，'.join(moved)}")
    return found


def text_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return one sentence per heading or paragraph that does not read the same; none where all agree."""
    found = [] if before["title"] == after["title"] else [f"标题：{before['title']}→{after['title']}"]
    old, new = list(paragraphs_of(before)), list(paragraphs_of(after))
    for at in range(max(len(old), len(new))):
        one = old[at] if at < len(old) else ("", "", "")
        other = new[at] if at < len(new) else ("", "", "")
        if (one[0], one[2]) != (other[0], other[2]):
            found.append(f"{one[0] or other[0]}：“{one[2]}”→“{other[2]}”")
    return found


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)}条"
    return str(value) if value not in (None, "") else "—"
