"""What can still be done: this batch, and the next declaration years, in which closed years stay as they are.

A later day is asked with everything hidden that may still change (open years, lists beyond today, what an enterprise
does); what is unmet even then cannot be met that year, whatever anybody does. Advice follows the tree: of
alternatives only those that are still open, and as alternatives; where all of it would not suffice, none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wanqi.packs import Pack
from wanqi.rules.plan import Part

from .model import Chance, Condition, Next
from .plans import AGEING, FIXED, prepared_one

YEARS = 3
_FEW = "一二三四五六七八九"
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
    root: Part,
    whole: Sequence[Condition],
    *,
    on: date,
    kind: str,
) -> Next | None:
    """Return the target for the next declaration year of a programme that is unmet; None where no year will help."""
    known = settled(pack, organisation, on)
    earliest = next(
        (
            on.year + years
            for years in range(1, YEARS + 1)
            if _open(pack, programme, known, later(on, years), kind)
        ),
        None,
    )
    closed = any(one.chance is Chance.NEXT_YEAR for top in whole for one in top.walk())
    if earliest is None and not closed:
        return None
    return Next(on.year + 1, earliest == on.year + 1, earliest, tuple(_lines(root, whole, on, earliest)))


def _open(pack: Pack, programme: str, known: Mapping[str, Any], day: date, kind: str) -> bool:
    asked = prepared_one(pack, programme, day, kind)
    if not asked.plan.programmes:
        return False  # no rule in force then
    return asked.evaluator.verdicts(asked.evaluator.row(known))[0] != 0


def _lines(root: Part, whole: Sequence[Condition], on: date, earliest: int | None) -> Iterator[str]:
    if earliest is None:
        yield f"按已定的年度数据，{on.year + YEARS}年以前的申报年度都不能符合。"
        return
    if earliest > on.year + 1:
        yield f"{on.year + 1}年申报时仍要看已定的年度数据，最早为{earliest}年申报。"

    def target(one: Condition) -> str | None:
        if one.chance is Chance.FIXED:
            return None
        numbers = _measured(one)
        now = f"，目前{numbers.value}" if numbers.value not in ("", "—") else ""
        gap = f"，{numbers.gap}" if numbers.gap else ""
        asked = f"（要求{numbers.threshold}{now}{gap}）" if numbers.threshold else ""
        return f"{one.title}{asked}：{_when(one, earliest, on)}"

    yield from _routes(root, {one.id: one for top in whole for one in top.walk()}, target) or ()


def _when(one: Condition, year: int, on: date) -> str:
    """Return which figures count, or until when, if one applies in a year."""
    if one.chance is Chance.WAIT:
        return "须待规定期限届满或依法变更。"
    years = sorted({int(used.period) for part in one.walk() for used in part.used if used.period})
    if one.chance is Chance.NEXT_YEAR and years:
        listed = "、".join(str(each + year - on.year) for each in years)
        return f"以{listed}年度数据为准，据实填报。"
    if one.chance is Chance.NEXT_YEAR:
        return "依法取得并满规定年限后可以计入。"
    return f"{year}年申报截止前依法取得并登记的可以计入。"


def _measured(one: Condition) -> Condition:
    """Return the condition itself, or the year of it that is not met and has the numbers."""
    years = [
        child for child in one.children if "@" in child.id and child.verdict == "unmet" and child.threshold
    ]
    return years[-1] if years else one


def this_batch(
    root: Part, whole: Sequence[Condition], *, titles: Mapping[tuple[str, str], str], over: bool
) -> tuple[str, ...] | None:
    """Return what can still be done before this batch closes: open conditions, then data to supply.

    None where it cannot be met any more. over: its window has closed. titles: (section, id) → title of what is missing.
    """

    def still(one: Condition) -> str | None:
        if over or one.chance is not Chance.NOW:
            return None
        gap = _measured(one).gap
        return f"{one.title}{f'（{gap}）' if gap else ''}：{one.advice}"

    found = _routes(root, {one.id: one for top in whole for one in top.walk()}, still)
    if found is None:
        return None
    wanted = "、".join(dict.fromkeys(titles.values()))
    none = "；没有的也请说明" if any(section == "records" for section, _ in titles) else ""
    return tuple(dict.fromkeys([*found, *([f"补充数据：{wanted}{none}。"] if wanted else [])]))


def _routes(
    part: Part, by_id: Mapping[str, Condition], say: Callable[[Condition], str | None]
) -> list[str] | None:
    """Return a line for everything to do, [] where nothing is asked, None where nothing would do.

    say: the line for a condition that is not met, None for one about which nothing can be done.
    """
    own = by_id.get(part.id)
    if own is not None and own.verdict != "unmet":
        return []
    if own is not None and (not part.children or part.column is not None):
        line = say(own)
        return None if line is None else [line]
    below = [_routes(one, by_id, say) for one in part.children]
    if part.op not in ("any", "n_of"):
        return None if None in below else [line for lines in below for line in lines or ()]
    needed = (part.n if part.op == "n_of" and part.n else 1) - sum(lines == [] for lines in below)
    able = [lines for lines in below if lines]
    if len(able) <= needed:
        return [line for lines in able for line in lines] if len(able) == needed else None
    ways = "；".join(
        f"（{_FEW[place]}）{'并且'.join(_joined(lines))}" for place, lines in enumerate(able[:9])
    )
    return [f"下列任选{_FEW[needed - 1]}项：{ways}。"]


def _joined(lines: Sequence[str]) -> list[str]:
    return [line.rstrip("。") for line in lines]
