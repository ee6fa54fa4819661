"""A 名单 against a register: how many names a second among a million organisations, and how well on planted names."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wanqi.registry.name_lists.matching import Kind, Register, Registered
from wanqi.registry.name_lists.names import Speller

from . import companies, planted
from .ground import Options, tell
from .importing import most_memory
from .results import Result

NAME = "matching"
SECTION = "matching"
PACKAGES = ("rapidfuzz",)
SECONDS_GOAL = (
    60.0  # of processor for all of them, the index included: what a clerk may wait for the largest list
)
SPOILT = 0.2  # of the names, one character wrong
UNKNOWN = 0.1  # of the names, firms that are not in the register


@dataclass(frozen=True)
class Quality:
    """What matching made of planted names. Counts; shares of nothing are 1."""

    names: int
    known: int  # of them in the register
    taken: int  # matched without anybody
    right: int  # of those taken, correctly
    first: int  # of the known, the right one first
    among_three: int
    among_all: int
    noisy: int  # of the names that nobody has, with a candidate shown

    @property
    def precision(self) -> float:
        """The share of those taken without anybody that were right."""
        return self.right / self.taken if self.taken else 1.0

    @property
    def recall(self) -> float:
        """The share of the known whose organisation is shown at all."""
        return self.among_all / self.known if self.known else 1.0


def quality(names: Sequence[planted.Printed], register: Register) -> Quality:
    """Return what matching makes of names whose answer is known."""
    told: Counter[str] = Counter()
    for one in names:
        verdict = register.match(one.name)
        order = [candidate.pk for candidate in verdict.candidates]
        told["known"] += one.truth is not None
        told["taken"] += verdict.kind is Kind.CERTAIN
        told["right"] += verdict.kind is Kind.CERTAIN and verdict.certain == one.truth
        told["first"] += order[:1] == [one.truth]
        told["among_three"] += one.truth in order[:3]
        told["among_all"] += one.truth in order
        told["noisy"] += one.truth is None and bool(order)
    return Quality(len(names), *(told[name] for name in _COUNTED))


_COUNTED = ("known", "taken", "right", "first", "among_three", "among_all", "noisy")


def run(options: Options) -> list[Result]:
    """Match planted names with their register, then as many names with as many organisations as asked for."""
    speller = Speller(planted.PLACES)
    names = planted.printed()
    small = quality(names, Register(planted.register(), speller))
    return [*_told(small, f"{len(planted.register()):,} organisations"), *_at_scale(options, speller)]


def _told(found: Quality, what: str) -> Iterator[Result]:
    yield Result(
        benchmark=NAME,
        what=f"{found.names} planted names, {what}: wrongly taken",
        value=float(found.taken - found.right),
        unit="names",
        goal=1.0,
        more={
            "precision": f"{found.precision:.4f}",
            "taken": found.taken,
            "of known": found.known,
            "right one first": f"{found.first / found.known:.4f}",
            "among three": f"{found.among_three / found.known:.4f}",
            "shown at all": f"{found.recall:.4f}",
            "unknown with candidates": found.noisy,
        },
        note="what is taken without a person must be right; everything else is shown to one",
    )


def _at_scale(options: Options, speller: Speller) -> Iterator[Result]:
    tell(f"making {options.rows:,} names …")
    rows = list(_organisations(options.rows))
    asked = _asked(rows, options.list_names)
    before = most_memory(_own())
    began, worked = time.perf_counter(), time.process_time()
    register = Register(rows, speller)
    register.match("尚未登记的某某单位")  # builds the pairs as well
    built, built_work = time.perf_counter() - began, time.process_time() - worked
    began, worked = time.perf_counter(), time.process_time()
    kinds = Counter(register.match(name).kind for name in asked)
    matched, matched_work = time.perf_counter() - began, time.process_time() - worked
    tell(f"built in {built:.1f} s, matched in {matched:.1f} s: {dict(kinds)}")
    what = f"{len(asked):,} names against {options.rows:,} organisations"
    yield Result(
        benchmark=NAME,
        what=what,
        value=built_work + matched_work,
        unit="s",
        goal=SECONDS_GOAL,
        ratio=matched_work / built_work,
        against="building the index (matching alone)",
        more={
            "names/s": round(len(asked) / matched_work),
            "organisations/s indexed": round(options.rows / built_work),
            "elapsed s": f"{built:.1f} + {matched:.1f}",
            **{str(kind): kinds[kind] for kind in Kind},
        },
        note="processor time of one process; the index is built once in memory; brands are few, so that many names"
        " resemble many others",
    )
    yield Result(
        benchmark=NAME,
        what=f"index of {options.rows:,} organisations, memory",
        value=most_memory(_own()) - before,
        unit="MB",
        goal=1000.0,
        note="the most that this process held at once, without the rows it was built from",
    )


def _own() -> int:
    import os

    return os.getpid()


def _organisations(count: int) -> Iterator[Registered]:
    dice = random.Random(companies.SEED)
    for number in range(count):
        former = (_name(dice),) if dice.random() < 0.03 else ()
        yield Registered(number + 1, _name(dice), former, None, dice.random() < 0.01)


def _name(dice: random.Random) -> str:
    drawn = (dice.choices(list(weighted), list(weighted.values()))[0] for weighted in _PARTS)
    place, trade, form = drawn
    return f"{place}{dice.choice(companies.BRAND)}{dice.choice(companies.BRAND)}{trade}{form}"


_PARTS = (companies.PLACES, companies.TRADES, companies.FORMS)


def _asked(rows: Sequence[Registered], count: int) -> list[str]:
    """Return the names of the list: most as registered, some with a character wrong, some of nobody."""
    dice = random.Random(companies.SEED + 1)
    names = []
    for _ in range(count):
        name, chance = dice.choice(rows).name, dice.random()
        at = dice.randrange(2, 5)
        if chance < SPOILT:
            name = name[:at] + dice.choice(companies.BRAND) + name[at + 1 :]
        elif chance < SPOILT + UNKNOWN:
            name = f"{name[:2]}{dice.choice('鑫淼磊焱垚')}{dice.choice('犇骉羴猋')}{name[4:]}"
        names.append(name)
    return names
