"""OpenFisca: facts as variables of one entity, each programme one formula over NumPy vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy
import polars as pl
from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables

from wanqi.rules import tree
from wanqi.rules.types import Type

from .programmes import numpy_text

PERIOD = "2025"
Columns = Mapping[str, Any]
_SPACE = {"where": numpy.where, "maximum": numpy.maximum, "minimum": numpy.minimum}


class Population:
    """A tax and benefit system with the programmes as its formulas."""

    def __init__(self, programmes: tuple[tree.Node, ...]) -> None:
        self.entity = entities.Entity("organisation", "organisations", "", "")
        self.system = taxbenefitsystems.TaxBenefitSystem([self.entity])
        self.entity.set_tax_benefit_system(self.system)
        self.read: dict[str, Type] = {}
        written = [numpy_text(one) for one in programmes]
        for _, _, read in written:
            self.read.update(read)
        for name, kind in self.read.items():
            self.system.add_variable(self._variable(name, _value_type(kind)))
        self.names = [f"programme_{place}" for place in range(len(programmes))]
        for name, (lines, truth, read) in zip(self.names, written, strict=True):
            self.system.add_variable(self._variable(name, bool, formula(lines, truth, list(read))))

    def _variable(self, name: str, value_type: type, computed: Callable[..., Any] | None = None) -> type:
        body: dict[str, Any] = {
            "value_type": value_type,
            "entity": self.entity,
            "definition_period": periods.DateUnit.YEAR,
        }
        if computed is not None:
            body["formula"] = computed
        return type(name, (variables.Variable,), body)

    def verdicts(self, columns: Columns) -> list[Any]:
        """Return one array of truths a programme: a new simulation, the columns set, every programme calculated."""
        count = len(next(iter(columns.values())))
        simulation = simulations.SimulationBuilder().build_default_simulation(self.system, count)
        for name in self.read:
            simulation.set_input(name, PERIOD, columns[name])
        return [simulation.calculate(name, PERIOD) for name in self.names]


def columns(frame: pl.DataFrame, read: Mapping[str, Type]) -> Columns:
    """Return the columns as NumPy arrays: days and codes as whole numbers, everything else as it is."""
    found = {}
    for name, kind in read.items():
        column = frame[name]
        if kind.values is not None:
            places = pl.Series(range(len(kind.values)), dtype=pl.Int64)
            column = column.replace_strict(pl.Series(kind.values), places)
        elif kind.coded or kind.base == "date":
            column = column.to_physical().cast(pl.Int64)
        found[name] = column.to_numpy()
    return found


def exact(programmes: tuple[tree.Node, ...], of: Columns) -> list[Any]:
    """Return what the same formulas give without OpenFisca, on the columns as they are: numbers of 64 bits."""
    found = []
    for one in programmes:
        lines, truth, read = numpy_text(one)
        found.append(_calculation(lines, truth, list(read))(*(of[name] for name in read)))
    return found


def formula(lines: list[str], truth: str, read: list[str]) -> Callable[..., Any]:
    """Return a formula as OpenFisca calls it: it asks for its columns, then calculates."""
    calculate = _calculation(lines, truth, read)

    def computed(organisation: Any, period: Any) -> Any:
        return calculate(*(organisation(name, period) for name in read))

    return computed


def _calculation(lines: list[str], truth: str, read: list[str]) -> Callable[..., Any]:
    body = "".join(f"    {line}\n" for line in lines)
    source = f"def calculation({', '.join(read)}):\n{body}    return {truth}\n"
    space: dict[str, Any] = dict(_SPACE)
    exec(compile(source, "<programme>", "exec"), space)
    found: Callable[..., Any] = space["calculation"]
    return found


def _value_type(kind: Type) -> type:
    if kind.base == "bool":
        return bool
    return float if kind.base in ("money", "ratio", "number") else int
