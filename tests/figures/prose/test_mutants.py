"""One digit of a sound sentence is changed: what arithmetic can see must be found."""

from __future__ import annotations

from functools import cache

import pytest

from tests.figures.prose.mutants import Mutant, found_at, mutants
from tests.figures.prose.scoring import CORPUS, load

pytestmark = pytest.mark.slow  # the first of them makes what all look at
COUNT = 2100


@cache
def made() -> list[tuple[Mutant, str | None]]:
    groups = load(CORPUS / "dev.json")
    return [(mutant, found_at(mutant)) for mutant in mutants(groups, count=COUNT, seed=20231127)]


def test_there_are_at_least_two_thousand_different_ones() -> None:
    assert len({(mutant.group.id, mutant.text) for mutant, _ in made()}) >= 2000


def test_nearly_all_that_can_be_seen_are_found_as_error_or_query() -> None:
    """Seen means: neither rounding nor cutting off of all the other figures can explain the digit."""
    seen = [(mutant, level) for mutant, level in made() if mutant.plain]
    found = [mutant for mutant, level in seen if level in ("error", "query")]
    assert len(seen) >= 1400
    assert len(found) >= 0.95 * len(seen)


def test_what_rounding_excludes_is_at_least_noted() -> None:
    seen = [level for mutant, level in made() if mutant.strict]
    assert sum(level is not None for level in seen) >= 0.95 * len(seen)


def test_none_that_rounding_allows_is_called_an_error() -> None:
    assert [(m.text, m.was, m.now) for m, level in made() if not m.strict and level == "error"] == []
