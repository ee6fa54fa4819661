"""Exercising what each region adds: programmes and derived facts inherited unchanged are exercised once."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import date
from functools import partial
from typing import TypeVar

from wanqi.packs.cases import Coverage, want_derived
from wanqi.packs.errors import Problem
from wanqi.packs.pack import Pack, content_digest
from wanqi.packs.thresholds import derivations, running
from wanqi.rules import RulesError

T = TypeVar("T")
ON = date(2026, 6, 15)


class Exercises:
    """What was exercised so far, over all regions. cases: how many were made. left: what could not be, by its id."""

    def __init__(self) -> None:
        self.cases = 0
        self.left: dict[str, None] = {}
        self._made: running.Made = {}
        self._seen: set[str] = set()

    def run(self, pack: Pack, coverage: Coverage, *, broken: Set[str] = frozenset()) -> list[Problem]:
        """Exercise what a region has that no region before it had, note it, and return every problem.

        broken: files with a mistake; what stands in them, or on what they should have said, is left out.
        """
        problems: list[Problem] = []
        for id, item in pack.items.programmes.items():
            if item.file.path in broken:
                self.left[id] = None
            elif self._new("programme", id, [version.digest for version in pack.programmes[id].versions]):
                exercised = self._unless_left(id, broken, partial(running.run, pack, item, self._made))
                problems += [] if exercised is None else self._note(exercised, coverage)
        for id, fact in pack.items.derived.items():
            if fact.file.path in broken or id in pack.refused_derivations:
                self.left[id] = None
            elif self._new("derived", id, [pack.standing_on(id), fact.digest]):
                found = self._unless_left(id, broken, partial(derivations.run, pack, fact, ON))
                if found is not None:
                    want_derived(fact, coverage)
                    problems += self._note(found[0], coverage)
                    for answer in found[1]:
                        coverage.add(f"derived {id} {fact.digest}", answer)
        return problems

    def _unless_left(self, id: str, broken: Set[str], run: Callable[[], T]) -> T | None:
        """Return what exercising it gives; None where it names what a broken file should have said."""
        try:
            return run()
        except RulesError:
            if not broken:
                raise
            self.left[id] = None
            return None

    def _new(self, what: str, id: str, digests: list[object]) -> bool:
        key = content_digest([what, id, digests])
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _note(self, done: running.Exercised, coverage: Coverage) -> list[Problem]:
        coverage.thresholds += done.wanted
        coverage.exercised += done.found
        self.cases += done.cases
        return done.problems
