"""The audit of a text: every figure read, the relations the text states, and what cannot be true."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, groupby

from wanqi.figures.prose import asides, growths, lists, measures, shares, tables
from wanqi.figures.prose.clauses import passages
from wanqi.figures.prose.finding import finding, mentions, notes_joined
from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.headings import heading_faults
from wanqi.figures.prose.judging import Fault, fault_of, uneven, weighed
from wanqi.figures.prose.lexer import tokens
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.prose.recover import recover
from wanqi.figures.prose.registry import COUNTS, Counts, demoted
from wanqi.figures.prose.repeats import Repeats
from wanqi.figures.prose.results import Audit, AuditFinding, Mention

__all__ = ["Audit", "AuditFinding", "Mention", "audit"]

_EARLIER = 8
_NOTE_REACH = 60
_ORDER = {"error": 0, "query": 1, "note": 2}


def audit(text: str, *, accepted: Collection[str] = (), counts: Counts = COUNTS) -> Audit:
    """The figures of `text` and what cannot be true about them; never raises.

    Findings whose key is in `accepted` are silenced: they come back in `Audit.accepted`. Rules that `counts`
    show to be right too seldom are demoted to queries. Read sentence by sentence: besides the mentions only what
    repeats and ranks need is kept.
    """
    recovered = recover(text)
    low = demoted(counts)
    read: list[Mention] = []
    found: list[AuditFinding] = []
    notes: list[Fault] = []
    earlier: deque[Passage] = deque(maxlen=_EARLIER)
    ranks: list[tuple[str, Figure]] = []
    repeats = Repeats()
    months: int | None = None
    stream = passages(tokens(recovered.text, recovered.damaged), recovered.text)
    table: tables.Table | None = None
    held: list[Passage] = []
    said = tables.Told()
    for _, sentence in groupby(stream, key=lambda one: one.sentence):
        told = list(sentence)
        ended, table = table, tables.extended(table, told, recovered.text) if told[0].table else None
        closed = _of_table(ended, said, low) if ended is not None and ended is not table else []
        faults, months = _of_sentence(told, earlier, recovered.text, months, low)
        faults += closed
        for passage in told:
            faults += repeats.seen(passage)
            if not passage.table:
                said.take(passage)
            ranks += ((asides.rank_scope(one), one) for one in passage.figures if one.sort == "rank")
        held += told
        if table is None:
            read += (mention for passage in held for mention in mentions(passage, recovered))
            held = []
        found += (finding(fault, recovered) for fault in faults if fault.level != "note")
        notes += (fault for fault in faults if fault.level == "note")
    if table is not None:
        found += (finding(fault, recovered) for fault in _of_table(table, said, low))
    read += (mention for passage in held for mention in mentions(passage, recovered))
    mixed = asides.ranks(ranks)
    if mixed is not None:
        found.append(finding(mixed, recovered))
    if notes:
        found.append(finding(notes_joined(notes), recovered))
    found.sort(key=lambda one: _ORDER[one.level])
    silenced = set(accepted)
    return Audit(
        recovered.original,
        tuple(read),
        tuple(one for one in found if one.key not in silenced),
        tuple(one for one in found if one.key in silenced),
    )


def _of_table(table: tables.Table, said: tables.Told, low: Collection[str]) -> list[Fault]:
    """The faults of a finished table, in itself and against the text before it."""
    return _merged(_faults(chain(tables.equations(table), said.against(table)), low))


def _of_sentence(
    told: Sequence[Passage], earlier: deque[Passage], text: str, months: int | None, low: Collection[str]
) -> tuple[list[Fault], int | None]:
    """The faults of the passages of one sentence, and the months that are known after it."""
    before = tuple(earlier)
    faults: list[Fault] = []
    said: list[Fault] = []
    for passage in told:
        months = growths.months_of(passage) or months
        if not passage.figures:
            continue
        faults += _faults(_equations(passage, tuple(earlier), text), low, passage)
        said += asides.faults(passage, months)
        said += heading_faults(passage, text)
        earlier.append(passage)
    counted = [passage for passage in told if passage.figures]
    if len(counted) > 1:
        note = text[counted[0].start : counted[-1].end + _NOTE_REACH]
        faults += _faults(lists.of_sentence(counted, before, note), low)
    return _merged(faults) + said, months


def _equations(passage: Passage, earlier: Sequence[Passage], text: str) -> Iterator[Equation]:
    if passage.table:
        return
    note = text[passage.start : passage.end + _NOTE_REACH]
    for entry in passage.entries:
        yield from growths.of_entry(passage, entry)
        yield from shares.of_entry(passage, entry, earlier)
    yield from shares.of_list(passage)
    yield from growths.same_schedule(passage, earlier)
    yield from lists.of_passage(passage, note, earlier)
    yield from measures.of_passage(passage)
    yield from asides.equations(passage)
    yield from asides.stocks(passage)


def _faults(
    equations: Iterator[Equation], low: Collection[str], passage: Passage | None = None
) -> list[Fault]:
    """The faults of a stretch of text: the repairs of the broken respect the sound."""
    sound: list[Reading] = []
    broken: list[Equation] = []
    faults: list[Fault] = []
    for equation in equations:
        held = weighed(equation)
        if held is None:
            broken += [equation] if equation.licence != "C" and equation.readings else []
            continue
        sound.append(held)
        if passage is not None and held.law == "share" and len(held.figures) == 3:
            # A share that follows without a whole is of this one.
            passage.shared_whole, passage.shared_surely = held.figures[1], equation.licence != "C"
        doubt = uneven(equation, held)
        if doubt is not None:
            faults.append(doubt)
    return faults + [fault_of(equation, sound, low) for equation in broken]


def _merged(faults: list[Fault]) -> list[Fault]:
    """Faults that share a figure have one cause: the weightiest speaks, and shows the sums of the others."""
    kept: list[Fault] = []
    for fault in sorted(faults, key=lambda one: _ORDER[one.level]):
        same = next((one for one in kept if set(one.figures) & set(fault.figures)), None)
        if same is None:
            kept.append(fault)
            continue
        same.arithmetic += tuple(line for line in fault.arithmetic if line not in same.arithmetic)
        same.figures = tuple(dict.fromkeys((*same.figures, *fault.figures)))
    return kept
