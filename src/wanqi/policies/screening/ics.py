"""Days of a calendar as an iCalendar file (RFC 5545), which phones, WPS and office calendars subscribe or import."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE = 75  # octets of a line before it is folded


@dataclass(frozen=True)
class Event:
    """One whole-day event; until: its last day, included. remind: days before it that a calendar should call."""

    key: str
    day: date
    title: str
    until: date | None = None
    text: str = ""
    remind: int | None = None


def calendar(events: Iterable[Event], *, title: str, made: datetime) -> bytes:
    """Return the events as one VCALENDAR in UTF-8; the same key keeps its UID, so that an import again replaces.

    made: when the file was made.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Wanqi//calendar//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(title)}",
    ]
    stamp = made.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for event in events:
        lines += _event(event, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in folded(line))


def _event(event: Event, stamp: str) -> Iterator[str]:
    uid = hashlib.sha256(event.key.encode()).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}@wanqi"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{(event.until or event.day) + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.title)}"
    if event.text:
        yield f"DESCRIPTION:{escaped(event.text)}"
    yield "TRANSP:TRANSPARENT"
    if event.remind:
        yield from (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{escaped(event.title)}",
            f"TRIGGER:-P{event.remind}D",
            "END:VALARM",
        )
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """Return a text as a value of a property: backslash, comma, semicolon and line breaks are written out."""
    plain = "".join(one for one in text if one == "\n" or (one >= " " and one != "\x7f"))
    for sign in "\\;,":
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("\n", "\\n")


def folded(line: str) -> Iterator[bytes]:
    """Yield a line in pieces of at most 75 octets, never inside a character; the later ones begin with a blank."""
    piece, room = b"", LINE
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > room:
            yield piece
            piece, room = b" ", LINE
        piece += octets
    yield piece
