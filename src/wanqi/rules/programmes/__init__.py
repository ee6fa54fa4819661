"""Programmes: rule versions made into plans, verdicts with their reasons, and the tree that explains them.

`compile_plan` makes a plan of the programmes of a pack for a date and kind; `evaluate` answers for one organisation,
`holds_until` says when to ask again, `Derivation` computes derived facts. Everything is pure: no files, no clock.
"""

from __future__ import annotations

from wanqi.rules.programmes.compiling import compile_plan
from wanqi.rules.programmes.deriving import Derivation
from wanqi.rules.programmes.errors import FactUnknown, OrganisationRefused, ProgrammeRefused, ProgrammeUnknown
from wanqi.rules.programmes.evaluating import Evaluator, evaluate, holds_until
from wanqi.rules.programmes.organisations import check_organisation
from wanqi.rules.programmes.outcome import Outcome

__all__ = [
    "Derivation",
    "Evaluator",
    "FactUnknown",
    "OrganisationRefused",
    "Outcome",
    "ProgrammeRefused",
    "ProgrammeUnknown",
    "check_organisation",
    "compile_plan",
    "evaluate",
    "holds_until",
]
