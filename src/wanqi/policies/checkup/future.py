"""What can still be done: this batch, and the next declaration years, in which closed years stay as they are.

A later day is asked with everything hidden that may still change (open years, lists beyond today, what an enterprise
does); what is unmet even then cannot be met that year, whatever anybody does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wanqi.packs import Pack

from .model import Chance, Condition, Next
from .plans import AGEING, FIXED, prepared_one

YEARS = 3
_UNTIL = "complete_until"


def later(on: date, years: int) -> date:
    """Return the same day so many years later; 28 February for the 29th."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return on.replace(year=on.year + years, day=28)


def settled(pack: Pack, organisation: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Return the organisation with only what no act can change any more: closed years, and what it is."""
    facts: dict[str, Any] = {}
    for name, value in (organisation.get("facts") or {}).items():
        if isinstance(value, Mapping):
            closed = {year: one for year, one in value.items() if year.isdigit() and int(year) < on.year}
            if closed:
                facts[name] = closed
        elif name in FIXED or name in AGEING:
            facts[name] = value
    records = {
        kind: _until([*rows], on)
        for kind, rows in (organisation.get("records") or {}).items()
        if rows is not None
    }
    return {"id": organisation.get("id"), "facts": facts, "records": records}


def _until(rows: list[Any], on: date) -> list[Any]:
    """Return a list of records that says nothing of what comes after the day."""
    ends = [row for row in rows if _UNTIL in row]
    if not ends:
        return [*rows, {_UNTIL: on.isoformat()}]
    return rows


def next_years(
    pack: Pack,
    organisation: Mapping[str, Any],
    programme: str,
    whole: Sequence[Condition],
    *,
    on: date,
    kind: str,
) -> Next:
    """Return the target for the next declaration year of a programme that is unmet."""
    known = settled(pack, organisation, on)
    earliest = next(
        (
            on.year + years
            for years in range(1, YEARS + 1)
            if _open(pack, programme, known, later(on, years), kind)
        ),
        None,
    )
    return Next(on.year + 1, earliest == on.year + 1, earliest, tuple(_lines(whole, on, earliest)))


def _open(pack: Pack, programme: str, known: Mapping[str, Any], day: date, kind: str) -> bool:
    asked = prepared_one(pack, programme, day, kind)
    if not asked.plan.programmes:
        return False  # no rule in force then
    return asked.evaluator.verdicts(asked.evaluator.row(known))[0] != 0


def _lines(whole: Sequence[Condition], on: date, earliest: int | None) -> Iterator[str]:
    if earliest is None:
        yield f"按已定的年度数据，{on.year + YEARS}年以前的申报年度都不能符合。"
        return
    if earliest > on.year + 1:
        yield f"{on.year + 1}年申报时仍要看已定的年度数据，最早为{earliest}年申报。"
    seen: set[str] = set()
    for one, title in _unmet(whole):
        if one.chance is not Chance.NEXT_YEAR or title in seen:
            continue
        seen.add(title)
        now = f"，目前{one.value}" if one.value not in ("", "—") else ""
        asked = f"（要求{one.threshold}{now}{f'，{one.gap}' if one.gap else ''}）" if one.threshold else ""
        yield f"{title}{asked}：以{earliest - 1}年度数据为准，据实填报。"


def _unmet(whole: Sequence[Condition], above: str = "") -> Iterator[tuple[Condition, str]]:
    """Yield every comparison that fails, with the words of the condition it is part of."""
    for one in whole:
        if one.verdict != "unmet":
            continue
        if one.children and one.op != "score":
            yield from _unmet(one.children, one.title)
        else:
            yield one, (above if "@" in one.id and above else one.title)


def this_batch(whole: Sequence[Condition], *, titles: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """Return what can still be done before this batch closes: open conditions, then data to supply.

    titles: (section, id) → title of what is missing.
    """
    found = [
        f"{title}{f'（{one.gap}）' if one.gap else ''}：{one.advice}"
        for one, title in _unmet(whole)
        if one.chance is Chance.NOW
    ]
    found += [f"补充{title}。" for title in titles.values()]
    return tuple(dict.fromkeys(found))
