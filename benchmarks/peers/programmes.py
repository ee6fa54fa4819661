"""The eight programmes: real ones of the packs, decided by facts alone, that every engine measured can express."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from wanqi.rules import tree
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import compile_plan

from .. import engine_data
from . import known
from .languages import Numpy
from .translating import Language, Translator, key

ON = date(2025, 6, 1)
# What each brings: an industry and one threshold; a score of bands with a direct way past it; ratios of sums over
# three years; an average of counts; alternatives of space and tenants; an option; nested alternatives; plain bounds.
CHOSEN = (
    "cn.above-scale",
    "cn.tech-sme",
    "cn.industrial-design-firm",
    "cn.industrial-design",
    "cn.maker-space",
    "cn.key-little-giant",
    "cn-43.engineering-center",
    "cn-43.tech-center",
)


@dataclass(frozen=True)
class Programmes:
    """The plan as it stands, and each verdict as one folded tree over the inputs."""

    plan: Plan
    trees: tuple[tree.Node, ...]

    @property
    def facts(self) -> dict[str, str]:
        """Return input → name in the dict of facts; both ends of an interval have one name."""
        return {one.name: key(known.low(one.name)) for one in self.plan.inputs}


@cache
def programmes() -> Programmes:
    """Return the eight, for a first application on one day."""
    pack = engine_data.pack()
    chosen = [pack.programmes[one] for one in CHOSEN]
    plan = compile_plan(chosen, region=engine_data.REGION, on=ON, kind="new", scope=pack.rule_scope)
    return Programmes(plan, tuple(known.programme(plan, one) for one in plan.programmes))


def written(language: Language[Any]) -> list[Any]:
    """Return every programme in a language."""
    translator = Translator(language)
    return [translator.truth(one) for one in programmes().trees]


def numpy_text(one: tree.Node) -> tuple[list[str], str, dict[str, Any]]:
    """Return the statements, the truth and the columns of one programme over NumPy columns."""
    language = Numpy()
    truth = Translator(language).truth(one)
    return language.lines, truth, language.read
