"""Exercising what each region adds: programmes and derived facts inherited unchanged are exercised once."""

from __future__ import annotations

from datetime import date

from wanqi.packs.cases import Coverage
from wanqi.packs.errors import Problem
from wanqi.packs.pack import Pack, content_digest
from wanqi.packs.thresholds import derivations, running

ON = date(2026, 6, 15)


class Exercises:
    """What was exercised so far, over all regions. cases: how many were made."""

    def __init__(self) -> None:
        self.cases = 0
        self._made: running.Made = {}
        self._seen: set[str] = set()

    def run(self, pack: Pack, coverage: Coverage) -> list[Problem]:
        """Exercise what a region has that no region before it had, note it, and return every problem."""
        problems: list[Problem] = []
        for id, item in pack.items.programmes.items():
            if self._new("programme", id, [version.digest for version in pack.programmes[id].versions]):
                problems += self._note(running.run(pack, item, self._made), coverage)
        for id, fact in pack.items.derived.items():
            if self._new("derived", id, [pack.standing_on(id), fact.digest]):
                done, answers = derivations.run(pack, fact, ON)
                problems += self._note(done, coverage)
                for answer in answers:
                    coverage.add(f"derived {id} {fact.digest}", answer)
        return problems

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
