"""What the page of a return sends: figures with their answers, rows, the words below, files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest

from wanqi.collection.actions import KEEP, Written, save_return
from wanqi.collection.models import Return
from wanqi.collection.sheet import Sheet
from wanqi.core.access import Actor
from wanqi.core.actions import attach
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Attachment

_ROW = re.compile(r"row-(\d{1,4})-(\w{1,60})")
WORDS = {"reported_by": "报送人", "note": "填报说明"}


def seen_in(request: HttpRequest) -> int:
    """Return the version the page showed; 0, which is none, for anything else."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else 0


@dataclass
class Posted:
    """What was sent. lines: id → (value, reason, confirmed, whether to drop the file); rows: None for figures.

    A field the page did not send is not in `words`; as_of is KEEP then, and `wrong` says what could not be read.
    """

    lines: dict[str, tuple[str, str, bool, bool]] = field(default_factory=dict)
    rows: list[dict[str, str]] | None = None
    nothing: bool | None = None
    words: dict[str, str] = field(default_factory=dict)
    as_of: Any = KEEP
    as_of_text: str = ""
    drop: bool = False
    wrong: dict[str, list[str]] = field(default_factory=dict)


def read(request: HttpRequest, sheet: Sheet) -> Posted:
    """Return what the page sent for the lines or columns that the return has."""
    sent = request.POST
    found = Posted(words={name: sent[name].strip() for name in WORDS if name in sent})
    for line in sheet.lines:
        if f"value-{line.id}" not in sent:
            continue
        found.lines[line.id] = (
            sent[f"value-{line.id}"],
            sent.get(f"reason-{line.id}", ""),
            sent.get(f"answer-{line.id}") == "confirmed",
            f"drop-{line.id}" in sent,
        )
    if sheet.columns and "has_rows" in sent:
        found.rows = _rows(sent)
        found.nothing = "nothing" in sent
    if "as_of" in sent:
        found.as_of_text = sent["as_of"].strip()
        try:
            found.as_of = date.fromisoformat(found.as_of_text) if found.as_of_text else None
        except ValueError:
            found.wrong["as_of"] = ["截至日期请写成2023-06-30的样子。"]
    found.drop = "drop" in sent
    return found


def _rows(sent: Any) -> list[dict[str, str]]:
    """Return the rows in their order; a script sends them as one value, a plain page cell by cell."""
    packed = sent.get("rows_json", "")
    if packed:
        try:
            given = json.loads(packed)
        except ValueError:
            given = []
        return [
            {str(name): str(cell) for name, cell in row.items()}
            for row in (given if isinstance(given, list) else [])
            if isinstance(row, dict)
        ]
    cells: dict[int, dict[str, str]] = {}
    for name, value in sent.items():
        place = _ROW.fullmatch(name)
        if place:
            cells.setdefault(int(place[1]), {})[place[2]] = value
    return [cells[number] for number in sorted(cells)]


@dataclass
class Kept:
    """A return after what was sent was kept. wrong: what was not, by line or field; files: slots that took a file."""

    row: Return
    wrong: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.wrong


def keep(request: HttpRequest, row: Return, sheet: Sheet, posted: Posted, *, seen: int | None) -> Kept:
    """Keep everything that can be kept; a line or word that cannot is named and stays on the page alone.

    Raises RowStale, StepRefused, AccessRefused, and nothing is kept then.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wrong = {name: list(said) for name, said in posted.wrong.items()}
    files: dict[str, Attachment] = {}
    for slot in ("", *posted.lines):
        name = f"file-{slot}" if slot else "evidence"
        upload = request.FILES.get(name)
        if upload is None:
            continue
        try:
            kind = upload.content_type or "application/octet-stream"
            files[slot] = attach(
                upload.name or "", upload.read(), content_type=kind, region=row.region_id, actor=actor
            )
        except RowInvalid as refused:
            wrong[name] = [said for each in refused.fields.values() for said in each]
    bad: set[str] = set()
    for _ in range(len(posted.lines) + len(posted.words) + 3):
        try:
            saved = save_return(row, actor=actor, seen=seen, **_given(posted, files, bad))
        except RowInvalid as refused:
            places = {name.split(".")[0] for name in refused.fields}
            wrong |= {name: list(said) for name, said in refused.fields.items()}
            fresh = {"rows" if place.startswith("row-") else place for place in places} - bad
            if not fresh:
                raise
            bad |= fresh
            continue
        return Kept(saved, wrong, [slot for slot in files if slot not in bad])
    raise AssertionError("every refusal names a part, and each part is left out once")


def _given(posted: Posted, files: dict[str, Attachment], bad: set[str]) -> dict[str, Any]:
    """Return the arguments of `save_return` without the parts that were refused."""
    given: dict[str, Any] = {
        "written": {
            line: Written(value, reason, confirmed, files.get(line) or (None if drop else KEEP))
            for line, (value, reason, confirmed, drop) in posted.lines.items()
            if line not in bad
        },
        "as_of": posted.as_of,
        "evidence": files.get("") or (None if posted.drop else KEEP),
        **{name: text for name, text in posted.words.items() if name not in bad},
    }
    if posted.rows is not None and "rows" not in bad:
        given["rows"] = posted.rows
    if posted.nothing is not None:
        given["nothing"] = posted.nothing
    return given
