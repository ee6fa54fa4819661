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
        for name, kind in self.read.items():
            simulation.set_input(name, PERIOD, _coded(columns[name], kind))
        return [simulation.calculate(name, PERIOD) for name in self.names]


def columns(frame: pl.DataFrame, read: Mapping[str, Type], *, coded: bool) -> Columns:
    """Return the columns as NumPy arrays, days as whole numbers. coded: codes are whole numbers too, else text.

    Text is of a fixed width, which NumPy works on far more quickly than on Python's own.
    """
    found = {}
    for name, kind in read.items():
        column = frame[name]
        if kind.base == "date":
            column = column.to_physical().cast(pl.Int64)
        array = column.to_numpy()
        if kind.coded:
            array = array.astype("S4") if kind.values is None else array.astype("U")
            array = _coded(array, kind) if coded else array
        found[name] = array
    return found


def _coded(column: Any, kind: Type) -> Any:
    """Return text as whole numbers in the quickest way found: the code's digits, or the option's place."""
    if column.dtype.kind == "S":
        digits = column.view(numpy.uint8).reshape(-1, 4).astype(numpy.int32)
        return digits @ numpy.array([1000, 100, 10, 1], dtype=numpy.int32) - ord("0") * 1111
    if column.dtype.kind == "U":
        options = numpy.array(kind.values)
        order = numpy.argsort(options)
        return order[numpy.searchsorted(options, column, sorter=order)]
    return column


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
