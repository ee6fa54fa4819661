"""What a standing says, worked out from the states of a rule's leaves; the same for one organisation and for many.

Masks, reasons and digests come from one place here, so that a single evaluation and a population run give equal rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from math import ceil, floor
from typing import Any

from wanqi.packs import Pack, rule_scope
from wanqi.packs.statements import texts
from wanqi.rules import tree
from wanqi.rules.plan import Aggregate, Compiled, Part
from wanqi.rules.programmes.outcome import Ends
from wanqi.rules.programmes.reasoning import Reasons, first
from wanqi.rules.programmes.turning import next_turn

from ..checkup.model import Chance
from ..checkup.plans import Prepared
from ..models import Bucket, Verdict, Why

Row = Mapping[str, object]
# What some functions of the language read without their text naming it: windows since founding, titles held.
_UNNAMED = {"established_date", "titles"}
WHYS = {"missing": Why.MISSING, "unverified": Why.UNVERIFIED, "judgement": Why.JUDGEMENT}
_BEYOND_WORDS = (Chance.FIXED, Chance.WAIT)
_OPEN = {Why.MISSING: Bucket.MISSING, Why.UNVERIFIED: Bucket.UNVERIFIED, Why.JUDGEMENT: Bucket.JUDGEMENT}
_NEAR = {1: Bucket.ONE, 2: Bucket.TWO}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is kept of one organisation and programme; masks as whole numbers, see `models.Standing`."""

    organisation: int
    programme: str
    verdict: int
    why: int | None
    short: int | None
    bucket: int
    unmet: int
    unknown: int
    missing: int
    score: tuple[Decimal | None, Decimal | None]
    amount: tuple[Decimal | None, Decimal | None]
    holds_until: date | None
    digest: bytes


def asks(pack: Pack, programme: str, version: str) -> list[str]:
    """Return the facts and kinds of records a version reads, derived ones that may be given included; sorted."""
    spec = next(one for one in pack.programme_files[programme].versions if one.version == version)
    stands_on = (name.partition("/") for name in rule_scope.standing_on(pack, texts(spec)))
    named = {id for section, _, id in stands_on if section in ("facts", "derived", "records")}
    return sorted(named | _UNNAMED)


def bucket_of(verdict: int, why: int | None, short: int | None) -> int:
    """Return the part of a screen."""
    if verdict == Verdict.MET:
        return Bucket.MET
    if verdict == Verdict.UNKNOWN:
        return _OPEN[Why(why or Why.MISSING)]
    return Bucket.UNMET if short is None else _NEAR.get(short, Bucket.MORE)


class Working:
    """The programmes of a region in force on a day for one kind of application, ready for many organisations.

    kept: programme → the `asks` by which the bits of its missing data are kept; without, as `asks` gives them.
    only: of this programme alone.
    """

    def __init__(
        self,
        prepared: Prepared,
        kept: Mapping[str, Sequence[str]] | None = None,
        *,
        only: str | None = None,
    ) -> None:
        self.prepared, self.on = prepared, prepared.on
        self.evaluator, self.plan = prepared.evaluator, prepared.plan
        listed = kept or {}
        self.ruled = {
            one.id: Ruled(one, self, listed.get(one.id) or asks(prepared.pack, one.id, one.version))
            for one in self.plan.programmes
            if one.version is not None and only in (None, one.id)
        }

    def answers(
        self,
        organisation: int,
        given: Mapping[str, Any],
        *,
        programmes: Iterable[str] | None = None,
        turn: date | None = None,
    ) -> Iterator[Answer]:
        """Yield what is kept of one organisation, given as `wanqi evaluate` reads it. Raises ValueRefused.

        turn: a day on which its data change by themselves, such as a value of which the day has not come.
        """
        wanted = self.ruled.keys() if programmes is None else set(programmes)
        row = self.evaluator.row(given)
        found: dict[str, Reasons] = {}
        for one, masked in zip(self.plan.programmes, self.evaluator.masked(row), strict=True):
            if one.id not in wanted or one.id not in self.ruled:
                continue
            ruled = self.ruled[one.id]
            turns = [next_turn(one.turns, given, on=self.on), turn]
            why, missing, short = ruled.reasons(masked.verdict, masked.unmet, masked.unknown, row, found)
            yield Answer(
                organisation,
                one.id,
                masked.verdict,
                why,
                short,
                bucket_of(masked.verdict, why, short),
                masked.unmet,
                masked.unknown,
                missing,
                ends(masked.score, 4),
                ends(masked.amount, 2),
                min((day for day in turns if day is not None), default=None),
                ruled.digest(row),
            )


class Ruled:
    """One programme in force: what its inputs are, and what follows from the states of its leaves."""

    def __init__(self, compiled: Compiled, working: Working, kept: Sequence[str]) -> None:
        self.compiled, self._working = compiled, working
        self.asks = tuple(kept)
        self._bits = {name: 1 << place for place, name in enumerate(self.asks)}
        self._shorts: dict[tuple[int, int], int | None] = {}

    def reasons(
        self, verdict: int, unmet: int, unknown: int, row: Row, found: dict[str, Reasons]
    ) -> tuple[int | None, int, int | None]:
        """Return why it is unknown, the bits of what is missing, and by how many leaves it is short.

        found: the reasons of leaves already looked into for this row, added to.
        """
        if verdict == Verdict.UNMET:
            return None, 0, self.short(unmet, unknown)
        if verdict == Verdict.MET:
            return None, 0, None
        reasons = self._working.evaluator.reasons(self.compiled.id, unmet, unknown, row, found)
        why = first(reasons.why)
        # A rule first used by an earlier program may lack a bit; why it is open is told all the same.
        missing = sum(self._bits.get(name, 0) for name in dict.fromkeys(reasons.facts))
        return WHYS.get(why or "", Why.MISSING), missing, None

    def short(self, unmet: int, unknown: int) -> int | None:
        """Return the least number of unmet leaves whose change leaves the verdict no longer unmet; None: none does.

        What nobody can change (an industry, the past) is never counted on; what is unknown is taken as it may be.
        """
        key = (unmet, unknown)
        if key not in self._shorts:
            states = {
                column: False if unmet >> bit & 1 else None if unknown >> bit & 1 else True
                for bit, (_, column) in enumerate(self.compiled.leaves)
            }
            assert self.compiled.conditions is not None
            self._shorts[key] = self._cost(self.compiled.conditions, states)
        return self._shorts[key]

    def _cost(self, part: Part, states: Mapping[str, bool | None]) -> int | None:
        if part.column is not None:
            if states[part.column] is not False:
                return 0
            return None if self._working.prepared.chance(part) in _BEYOND_WORDS else 1
        costs = [self._cost(child, states) for child in part.children]
        possible = sorted(one for one in costs if one is not None)
        asked = {"any": 1, "n_of": part.n or 1}.get(part.op, len(costs))
        return sum(possible[:asked]) if len(possible) >= asked else None

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The columns of the snapshot that decide its answers, sorted."""
        one, plan = self.compiled, self._working.plan
        given = {column.name for column in plan.inputs}
        nodes = plan.nodes
        pending = [
            one.verdict,
            *(column for _, column in one.leaves),
            *(one.score or ()),
            *(one.amount or ()),
        ]
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in nodes:
                pending.extend(tree.fields(nodes[name]))
        return tuple(sorted(seen & given))

    @cached_property
    def read(self) -> frozenset[str]:
        """The facts and kinds of records behind the inputs and the dates it turns on."""
        sources = [one.source for one in self._working.plan.inputs if one.name in set(self.inputs)]
        named = {one.kind if isinstance(one, Aggregate) else one.fact for one in sources}
        met = {meeting.kind or meeting.name for meeting in self.compiled.turns.meetings}
        return frozenset(named | met | set(self.compiled.turns.kinds) | set(self.asks))

    @cached_property
    def _named(self) -> Any:
        return blake2b("\x1f".join(self.inputs).encode() + b"\x1e", digest_size=16)

    def digest(self, row: Row) -> bytes:
        """Return the digest of a row's inputs."""
        return self.digest_of("\x1f".join(map(_text, map(row.get, self.inputs))))

    def digest_of(self, text: str) -> bytes:
        """Return the digest of inputs written one after the other with 0x1f between; null is 0x00."""
        found = self._named.copy()
        found.update(text.encode())
        return bytes(found.digest())


def _text(value: object) -> str:
    if value is None:
        return "\x00"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def ends(pair: Ends | None, places: int) -> tuple[Decimal | None, Decimal | None]:
    """Return both ends as decimals of so many places, outwards; None where one is open or nothing is measured."""
    if pair is None:
        return None, None
    low, high = pair
    return _at(low, places, down=True), _at(high, places, down=False)


def _at(end: Fraction | None, places: int, *, down: bool) -> Decimal | None:
    if end is None:
        return None
    scaled = end * 10**places
    return Decimal(floor(scaled) if down else ceil(scaled)).scaleb(-places)
