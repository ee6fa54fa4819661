"""What an award pays: formulas, brackets and caps in the order of the document, and how a pool is shared out.

An `AwardRule` is data; `AwardRule.compile` turns it into pairs of core nodes (lower and upper bound, in 元), so every
backend pays the same sum and an unknown fact widens it. `allocate` and `split` divide sums to the fen.
"""

from wanqi.rules.awards.model import (
    AwardRule,
    Bracket,
    Cap,
    Clawback,
    Combine,
    CompiledAward,
    Each,
    First,
    Formula,
    Least,
    Marginal,
    Netting,
    Option,
    Parts,
    Pool,
    Rounding,
    Share,
    Source,
    Stage,
    Sum,
    Tier,
    Tiered,
)
from wanqi.rules.awards.pools import Allocation, Claim, allocate, split

__all__ = [
    "Allocation",
    "AwardRule",
    "Bracket",
    "Cap",
    "Claim",
    "Clawback",
    "Combine",
    "CompiledAward",
    "Each",
    "First",
    "Formula",
    "Least",
    "Marginal",
    "Netting",
    "Option",
    "Parts",
    "Pool",
    "Rounding",
    "Share",
    "Source",
    "Stage",
    "Sum",
    "Tier",
    "Tiered",
    "allocate",
    "split",
]
