"""Which organisations of a register a printed name may mean: certain only where nothing speaks against it."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz

from .names import Name, Speller, pairs_of, sounded, unbracketed, written

MOST = 9  # candidates shown: as many as there are digits to pick them by
BEHIND = 18  # points behind the best one, from which on nobody would look
LEAST = 60  # points below which a name is none that anybody would mean
BUDGET = 4_000  # names looked at for one printed name, the rarest pairs of sounds first
ROUND = 80  # of them compared in full
BRAND = 2  # characters a 字号 has at least
EXACT, FORMER, CODE = "名称一致", "与曾用名一致", "统一社会信用代码一致"


class Registered(NamedTuple):
    """An organisation as matching needs it."""

    pk: int
    name: str
    former_names: Sequence[str] = ()
    code: str | None = None
    withdrawn: bool = False


class Kind(StrEnum):
    """How sure a match is. Only CERTAIN is taken without somebody looking at it."""

    CERTAIN = "certain"
    SIMILAR = "similar"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that may be meant. score: 0..100; former: whether a former name is what resembles."""

    pk: int
    score: int
    reason: str
    former: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for one printed name: `candidates` best first; `reason` is why it is not certain."""

    kind: Kind
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""

    @property
    def certain(self) -> int | None:
        """The organisation that is meant beyond doubt."""
        return self.candidates[0].pk if self.kind is Kind.CERTAIN else None


class Register:
    """The names of a register, indexed once: by their normal form, by code, and by pairs of sounds.

    A name takes about 400 bytes. Withdrawn organisations are found as well, but never for certain.
    """

    def __init__(self, rows: Iterable[Registered], speller: Speller) -> None:
        self.speller = speller
        self._halves: list[str] = []
        self._owners = array("q")
        self._former = bytearray()
        self._withdrawn: set[int] = set()
        self._codes: dict[str, list[int]] = defaultdict(list)  # code → organisations
        self._coded: set[int] = set()
        self._exact: dict[str, int] = {}
        self._more: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            self._add(row)

    def __len__(self) -> int:
        return len(self._halves)

    def _add(self, row: Registered) -> None:
        if row.withdrawn:
            self._withdrawn.add(row.pk)
        if row.code:
            self._codes[row.code].append(row.pk)
            self._coded.add(row.pk)
        for former, name in enumerate((row.name, *row.former_names)):
            half = written(name)
            form = unbracketed(half)
            if form:
                at = len(self._halves)
                self._halves.append(half)
                self._owners.append(row.pk)
                self._former.append(bool(former))
                if self._exact.setdefault(form, at) != at:
                    self._more[form].append(at)

    @cached_property
    def _pairs(self) -> dict[str, array[int]]:
        """Pair of sounds in a core → the names that have it, in their order."""
        apart = self.speller.apart
        found: dict[str, array[int]] = defaultdict(lambda: array("i"))
        for at, half in enumerate(self._halves):
            for pair in pairs_of(sounded(apart(half).core)):
                found[pair].append(at)
        return dict(found)

    def match(self, printed: str, *, code: str | None = None) -> Verdict:
        """Return which organisations a printed name may mean; `code` is a valid 统一社会信用代码 printed with it."""
        name = self.speller.name(printed)
        by_code = self._codes.get(code, []) if code else []
        exact = self._exactly(name.form)
        if by_code:
            return self._by_code(name, by_code, exact)
        if not name.form:
            return Verdict(Kind.NONE, reason="没有名称")
        doubt = self._doubt(exact, code)
        if exact and not doubt.reason:
            return Verdict(Kind.CERTAIN, tuple(exact))
        others = self.similar(name, without={one.pk for one in exact})
        if not exact:
            return self._resembling(others)
        return Verdict(doubt.kind, (*exact, *others)[:MOST], doubt.reason)

    def _doubt(self, exact: Sequence[Candidate], code: str | None) -> Verdict:
        """Return what speaks against taking the one organisation of exactly this name; no reason where nothing does."""
        if len(exact) > 1:
            return Verdict(Kind.AMBIGUOUS, reason=f"有{len(exact)}家单位都是这个名称")
        if exact and exact[0].withdrawn:
            return Verdict(Kind.SIMILAR, reason="名称一致的单位已撤销")
        if exact and code and exact[0].pk in self._coded:
            return Verdict(Kind.SIMILAR, reason="名称一致，但统一社会信用代码与企业库不同")
        return Verdict(Kind.NONE)

    def _exactly(self, form: str) -> list[Candidate]:
        """Return the organisations whose current or former name has this form, current names first."""
        if form not in self._exact:
            return []
        best: dict[int, Candidate] = {}
        for at in sorted((self._exact[form], *self._more.get(form, ())), key=lambda at: self._former[at]):
            pk, former = self._owners[at], bool(self._former[at])
            reason = FORMER if former else EXACT
            best.setdefault(pk, Candidate(pk, 99 if former else 100, reason, former, pk in self._withdrawn))
        standing = [one for one in best.values() if not one.withdrawn]
        # One that was withdrawn does not put another in doubt that stands under the same name.
        return standing or list(best.values())

    def _by_code(self, name: Name, owners: Sequence[int], exact: Sequence[Candidate]) -> Verdict:
        alike = {one.pk: one for one in self.similar(name)} | {one.pk: one for one in exact}
        held = [
            Candidate(pk, 100 if pk in alike else 90, CODE, withdrawn=pk in self._withdrawn) for pk in owners
        ]
        found = (*held, *(one for one in alike.values() if one.pk not in owners))[:MOST]
        if len(held) > 1:
            return Verdict(Kind.AMBIGUOUS, found, "有两家单位登记了这个统一社会信用代码")
        if held[0].withdrawn:
            return Verdict(Kind.SIMILAR, found, "统一社会信用代码一致的单位已撤销")
        if any(one.pk not in owners for one in exact):
            return Verdict(Kind.AMBIGUOUS, found, "统一社会信用代码是一家，名称是另一家")
        if owners[0] not in alike:
            return Verdict(Kind.SIMILAR, found, "统一社会信用代码一致，名称差别较大")
        return Verdict(Kind.CERTAIN, found)

    @staticmethod
    def _resembling(found: Sequence[Candidate]) -> Verdict:
        if not found:
            return Verdict(Kind.NONE, reason="企业库里没有相近的名称")
        top = [one for one in found if one.score == found[0].score]
        if len(top) > 1:
            return Verdict(Kind.AMBIGUOUS, tuple(found), f"有{len(top)}家单位同样相近")
        return Verdict(Kind.SIMILAR, tuple(found), found[0].reason)

    def similar(self, name: Name, *, without: Iterable[int] = ()) -> list[Candidate]:
        """Return the organisations whose names resemble, best first, at most MOST; none below LEAST points."""
        best: dict[int, Candidate] = {}
        skipped = set(without)
        sound = sounded(name.core)
        for at in self._looked_at(sound):
            pk = self._owners[at]
            if pk in skipped:
                continue
            score, reason = likeness(name, sound, self.speller.apart(self._halves[at]))
            if score < LEAST:
                continue
            former, withdrawn = bool(self._former[at]), pk in self._withdrawn
            score -= former + 2 * withdrawn  # of two alike, the name in use
            if pk not in best or best[pk].score < score:
                reason = f"曾用名：{reason}" if former else reason
                best[pk] = Candidate(pk, score, reason, former, withdrawn)
        found = sorted(best.values(), key=lambda one: (-one.score, one.pk))[:MOST]
        return [one for one in found if one.score > found[0].score - BEHIND]

    def _looked_at(self, sound: str) -> list[int]:
        """Return the names worth comparing: those that share most pairs, counted over the rarest pairs."""
        known = sorted(
            (self._pairs[pair] for pair in pairs_of(sound) if pair in self._pairs),
            key=len,
        )
        shared: Counter[int] = Counter()
        spent = 0
        for found in known:
            spent += len(found)
            if shared and spent > BUDGET:
                break
            shared.update(found)
        return [at for at, _ in shared.most_common(ROUND)]


def likeness(name: Name, sound: str, other: Name) -> tuple[int, str]:
    """Return how much two different names resemble, 0..100, and what they differ in; never more than 97."""
    if name.core == other.core:
        score, reason = _same_core(name, other)
    else:
        score, reason = _other_core(name, sound, other)
    if bool(name.branch) != bool(other.branch):
        return min(score, 70), f"{reason}；一为总公司，一为分公司"
    if name.branch != other.branch:
        return min(score, 70), f"{reason}；分公司不同"
    return score, reason


def _same_core(name: Name, other: Name) -> tuple[int, str]:
    same_form = name.suffix == other.suffix
    if not name.suffix and not other.suffix:
        same_form = True
    words, score = [], 96
    if name.places != other.places:
        nested = name.places <= other.places or other.places <= name.places
        words.append("地名写法不同" if nested else "地名不同")
        score -= 2 if nested else 8
    if not same_form:
        short = not name.suffix or not other.suffix
        words.append("简称，未写组织形式" if short else "组织形式不同")
        score -= 3 if short else 5
    return score, "，".join(["字号、行业一致", *words]) if words else "只差标点或“省市县”字样"


def _other_core(name: Name, sound: str, other: Name) -> tuple[int, str]:
    core, theirs = name.core, other.core
    their_sound = sounded(theirs)
    if sound == their_sound:
        score, reason = 92, "读音相同，用字不同"
    elif len(core) >= BRAND and theirs.startswith(core):
        score, reason = 78 + min(12, 12 * len(core) // len(theirs)), "简称，企业库名称更长"
    elif len(theirs) >= BRAND and core.startswith(theirs):
        score, reason = 76 + min(12, 12 * len(theirs) // len(core)), "企业库名称更短"
    else:
        alike = max(fuzz.ratio(core, theirs), 0.97 * fuzz.ratio(sound, their_sound))
        score, reason = round(alike * 0.92), "名称相近"
        if not shares_brand(sound, their_sound):
            score -= 25  # only the trade is the same
    if name.suffix and other.suffix and name.suffix != other.suffix:
        score -= 3
    if name.places and other.places and not (name.places & other.places):
        score -= 4
    return max(0, score), reason


def shares_brand(sound: str, other: str) -> bool:
    """Return whether the first characters of two cores, where the 字号 stands, have a sound in common."""
    return bool(set(sound[: BRAND + 1]) & set(other[: BRAND + 1]))
