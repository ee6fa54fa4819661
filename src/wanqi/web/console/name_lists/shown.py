"""What the pages of a 名单 show: the queue of undecided rows, the decided ones by how, and the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from wanqi.registry.models import NameList, NameListRow, Organisation
from wanqi.registry.name_lists.loading import organisations_of
from wanqi.registry.name_lists.names import Piece, differences
from wanqi.registry.name_lists.titles import Standing

Decision = NameListRow.Decision
QUEUE = 30  # undecided rows on the page at once
LISTED = 300  # decided rows shown of each kind; the workbook has all
UNREAD = "没有认出单位名称"


@dataclass(frozen=True)
class Choice:
    """A candidate as it is picked from: `key` is the digit, 0 where there is none."""

    key: int
    organisation: Organisation
    printed: Sequence[Piece]
    name: Sequence[Piece]
    reason: str
    score: int
    withdrawn: bool
    is_former: bool


@dataclass(frozen=True)
class Line:
    """A row with what can be done about it. `no` is the decision and the words of “none of them”.

    printed: its name in pieces, as it differs from the first candidate.
    """

    row: NameListRow
    choices: Sequence[Choice]
    no: tuple[str, str]
    printed: Sequence[Piece]


def shown(name_list: NameList) -> dict[str, Any]:
    """Return everything below the heading of a list that is being confirmed."""
    rows = list(
        name_list.rows.select_related("organisation__area", "decided_by").order_by("position").defer("cells")
    )
    counts = numbers(Counter(row.decision for row in rows))
    queue = [row for row in rows if row.decision == Decision.PENDING][:QUEUE]
    known = organisations_of(queue)
    signed = sum(row.decided_by_id is not None for row in rows)
    certain = sum(row.decision == Decision.MATCHED and row.decided_by_id is None for row in rows)
    return {
        "list": name_list,
        "counts": counts,
        "lines": [line_of(row, known) for row in queue],
        "more": counts["pending"] - len(queue),
        "unsigned": certain,
        "signed": signed,
        "hopeless": sum(
            row.decision == Decision.PENDING and not row.candidates and row.standing != Standing.OURS
            for row in rows
        ),
        "groups": [
            group
            for decision, title in (
                (Decision.MATCHED, "已匹配"),
                (Decision.NEW, "新建单位"),
                (Decision.ASIDE, "搁置"),
                (Decision.ELSEWHERE, "不在本地区"),
            )
            if (group := group_of(rows, decision, title))["count"]
        ],
        "unread": [one for one in name_list.others if one["why"] == UNREAD],
        "other_lines": [one for one in name_list.others if one["why"] != UNREAD],
    }


def numbers_of(lists: Sequence[NameList]) -> dict[int, dict[str, Any]]:
    """Return the numbers of several lists, by id: one query for all."""
    told: dict[int, Counter[str]] = {one.pk: Counter() for one in lists}
    rows = NameListRow.objects.filter(name_list__in=told).order_by()
    for pk, decision, count in rows.values_list("name_list", "decision").annotate(Count("pk")):
        told[pk][decision] = count
    return {pk: numbers(counts) for pk, counts in told.items()}


def numbers(told: Counter[str]) -> dict[str, Any]:
    """Return how many rows there are of each decision; of ours, those done and their share."""
    done = told[Decision.MATCHED] + told[Decision.NEW]
    ours = done + told[Decision.PENDING] + told[Decision.ASIDE]
    return {
        "rows": sum(told.values()),
        "done": done,
        "ours": ours,
        "share": done / ours if ours else 0,
        **{name.value: told[name] for name in Decision},
    }


def line_of(row: NameListRow, known: dict[int, Organisation]) -> Line:
    """Return an undecided row with its candidates, differences marked."""
    found = [one for one in row.candidates if one["pk"] in known]
    choices = [choice_of(row, known[one["pk"]], key, one) for key, one in enumerate(found, start=1)]
    ours = row.standing == Standing.OURS
    no = (Decision.ASIDE.value, "先搁置") if ours else (Decision.ELSEWHERE.value, "不在本地区")
    return Line(row, choices, no, choices[0].printed if choices else [(row.printed_name, True)])


def choice_of(row: NameListRow, organisation: Organisation, key: int, found: dict[str, Any]) -> Choice:
    """Return one candidate beside the printed name: its current name, or the former one that resembles."""
    name = organisation.name
    is_former = bool(found.get("former") and organisation.former_names)
    if is_former:
        name = nearest(row.printed_name, organisation.former_names)
    printed, other = differences(row.printed_name, name)
    withdrawn = organisation.withdrawn_at is not None
    said = (found["reason"], found["score"])
    return Choice(key, organisation, printed, other, *said, withdrawn, is_former)


def nearest(printed: str, names: Sequence[str]) -> str:
    """Return which of several names is most like the printed one."""
    from rapidfuzz import fuzz

    return max(names, key=lambda name: fuzz.ratio(printed, name))


def group_of(rows: Sequence[NameListRow], decision: str, title: str) -> dict[str, Any]:
    """Return the decided rows of one kind, cut with their number."""
    mine = [row for row in rows if row.decision == decision]
    return {"key": decision, "title": title, "count": len(mine), "rows": mine[:LISTED], "most": LISTED}
