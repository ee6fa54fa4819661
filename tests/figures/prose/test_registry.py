"""A rule that was wrong too often is demoted; no document decides about itself."""

from __future__ import annotations

from tests.figures.prose.mutants import mutants
from tests.figures.prose.scoring import CORPUS, load
from tests.figures.prose.tallies import Shown, counts, demoted, leave_one_out


def test_counts_are_by_rule_and_the_target_is_strict() -> None:
    shown = (
        [Shown("甲", "share", True)] * 98 + [Shown("甲", "share", False)] * 2 + [Shown("乙", "sum", False)]
    )
    counted = counts(shown)
    assert counted == {"share": (100, 98), "sum": (1, 0)}
    assert demoted(counted) == {"sum"}


def test_every_document_is_as_well_judged_by_a_registry_counted_without_it() -> None:
    groups = load(CORPUS / "dev.json")
    left = leave_one_out(groups, mutants(groups, count=400, seed=7))
    assert left.false == 0
    assert (left.material, left.found >= 12) == (13, True)
