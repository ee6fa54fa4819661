"""Who gets what of every address, and what leaves the house with it.

`reach.txt` has one line for each address and one column for everybody; a new address fails until it has its line.
Every file that is taken away has its row in the log, a working paper says who took it, and phones are masked.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, reverse

from tests.web.test_addresses import patterns
from tests.web.world import PHONE, World, world
from wanqi.core.models import AuditEvent

pytestmark = pytest.mark.slow  # one walk for all tests of this file, so they stay in one process
TABLE = Path(__file__).with_name("reach.txt")
COLUMNS = ("clerk", "head", "other", "unit", "unit2", "firm", "firm2", "auditor", "nobody")
# Files with nobody's data in them: an empty form, and how a table is read.
EMPTY = {"imports.template", "imports.profile.file"}
# What came in is given back as it came; a report, a letter and a calendar file are no working papers.
AS_IT_IS = {
    *(
        "attachment",
        "documents.step_file",
        "enterprise.file",
        "correction.file",
        "name_lists.file",
        "imports.file",
    ),
    *("returns.evidence", "returns.line-evidence", "returns.workbook", "reports.export", "checkup.report"),
    *(
        "archive.file",
        "archive.zip",
        "archive.restatement.file",
        "checking.record.export",
        "nominations.letter",
    ),
    "calendar.ics",
}
# Who reads phones in clear: the office that has to call or to report upward, and whoever handed in the file.
IN_CLEAR = {
    *((name, who) for name in ("screening.contacts", "nominations.summary") for who in ("clerk", "head")),
    *((name, who) for name in ("imports.file", "imports.rejected") for who in ("clerk", "head", "unit")),
}
LETTER = {"addressee": "岳阳市工业和信息化局", "unit": "市科工局", "on": "2023-07-01"}


@dataclass
class Walk:
    """What was seen: by address the statuses; of every file given, (address, who) → text, log rows; who wrote where."""

    made: World
    seen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: dict[tuple[str, str], tuple[str, list[str]]] = field(default_factory=dict)
    wrote: set[tuple[str, str]] = field(default_factory=set)

    def ask(self, name: str, path: str, who: str, method: str, data: Any = None) -> str:
        """Return the status of one request, which leaves nothing behind."""
        client, user = self.made.people[who], self.made.users.get(who)
        with transaction.atomic():
            before = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            answer: Any = client.get(path) if method == "GET" else client.post(path, data)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            rows = AuditEvent.objects.filter(pk__gt=before, actor=user)
            if answer.get("Content-Disposition", "").startswith("attachment"):
                self.files[name, who] = (text_of(content), list(rows.values_list("verb", flat=True)))
            elif method == "POST" and rows.exists():
                self.wrote.add((name, who))
            transaction.set_rollback(True)
        return str(answer.status_code)


def text_of(content: bytes) -> str:
    """Return all that can be read of a file: of a container, of every part of it."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", errors="ignore")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(text_of(parts.read(one)) for one in parts.namelist())


def address(pattern: URLPattern, made: World) -> str:
    known = made.known(pattern.name)
    path = reverse(pattern.name, kwargs={name: known.get(name, 1) for name in pattern.pattern.converters})
    query = made.query.get(pattern.name, "")
    return f"{path}?{query}" if query else path


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walk]:
    """Ask for every address as everybody, once for the tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = Walk(world())
        for pattern in patterns():
            name, path = pattern.name, address(pattern, found.made)
            method, statuses = "GET", [found.ask(name, path, who, "GET") for who in COLUMNS]
            if "405" in statuses:
                data = found.made.data.get(name)
                method, statuses = "POST", [found.ask(name, path, who, "POST", data) for who in COLUMNS]
            found.seen[name] = (method, *statuses)
        letter = {**LETTER, "pick": str(found.made.known("nominations.letter")["pk"])}
        found.ask("nominations.letter", reverse("nominations.letter"), "clerk", "POST", letter)
        yield found
        transaction.set_rollback(True)


def read_table() -> dict[str, tuple[str, ...]]:
    """Return what the table says: address → GET or POST, then a status for each column."""
    lines = (line.split() for line in TABLE.read_text(encoding="utf-8").splitlines())
    return {name: tuple(rest) for name, *rest in (line for line in lines if line and line[0] != "#")}


def as_lines(seen: dict[str, tuple[str, ...]]) -> list[str]:
    """Return statuses as lines of the table, to be compared and, when they are right, to be copied there."""
    return [f"{name:<32}{method:<6}{'  '.join(rest)}" for name, (method, *rest) in seen.items()]


def test_everybody_gets_of_every_address_what_the_table_says(walk: Walk) -> None:
    assert as_lines(walk.seen) == as_lines(read_table())


def test_a_refusal_told_on_the_page_wrote_nothing(walk: Walk) -> None:
    """Some steps answer with the page they came from; for whoever may not take them, nothing is written."""
    assert {place for place in walk.wrote if place[1] in ("unit2", "firm2", "auditor", "nobody")} == set()


def test_every_file_that_is_taken_away_stands_in_the_log(walk: Walk) -> None:
    """A file without a row in the log is one with nobody's data in it."""
    assert {name for (name, _), (_, verbs) in walk.files.items() if not verbs} == EMPTY
    assert {name for name, _ in walk.files} >= AS_IT_IS


def test_a_working_paper_says_who_took_it(walk: Walk) -> None:
    silent = [
        (name, who)
        for (name, who), (text, _) in walk.files.items()
        if name not in EMPTY | AS_IT_IS and walk.made.users[who].display_name not in text
    ]
    assert silent == []


def test_phones_are_masked_for_whoever_has_not_to_call(walk: Walk) -> None:
    assert {place for place, (text, _) in walk.files.items() if PHONE in text} == IN_CLEAR
