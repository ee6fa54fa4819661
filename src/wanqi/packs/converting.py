"""From pack files to what the rule engine reads: programmes, class tables, the scope of every expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from wanqi.packs.specs.conditions import ChoiceSpec, ConditionSpec, ItemSpec, interval
from wanqi.packs.specs.programmes import ParameterSpec, ProgrammeFile, VersionSpec
from wanqi.packs.specs.vocabulary import ClassTableSpec
from wanqi.rules import Type
from wanqi.rules.programmes import model
from wanqi.rules.types import Parameter

ROOT = "conditions"


def programme(spec: ProgrammeFile, digest: Callable[[VersionSpec], str]) -> model.Programme:
    """Return the programme with every version; digest gives that of a version."""
    versions = tuple(_version(one, digest(one)) for one in spec.versions)
    return model.Programme(spec.programme.id, spec.programme.title, versions)


def _version(spec: VersionSpec, digest: str) -> model.RuleVersion:
    return model.RuleVersion(
        version=spec.version,
        document=spec.document,
        title=spec.title,
        applies_to=spec.applies_to,
        valid_from=spec.valid_from,
        valid_to=spec.valid_to,
        conditions=condition(spec.conditions, model.Basis(ROOT, None, spec.article, spec.tag)),
        base_year=None if spec.base_year == "previous" else spec.base_year,
        tag=spec.tag,
        parameters=parameters(spec.params),
        amount=None if spec.amount is None else spec.amount.rule(),
        digest=digest,
    )


def condition(spec: ConditionSpec, above: model.Basis) -> model.Condition:
    """Return the condition below a basis whose article and tag it inherits; above.id is used where it has no id."""
    basis = model.Basis(spec.id or above.id, spec.title, spec.article or above.article, spec.tag or above.tag)
    if spec.score is not None:
        operator, bound = spec.score.mark
        items = tuple(item(one, basis) for one in spec.score.items)
        return model.Score(basis, operator, bound, items)
    parts = spec.group
    if parts is None:
        return model.Leaf(basis, when=spec.when, judge=spec.judge)
    inside = tuple(
        condition(one, model.Basis(f"{basis.id}-{number}", None, basis.article, basis.tag))
        for number, one in enumerate(parts, 1)
    )
    op: dict[str, str] = {"all": "all", "any": "any", "of": "n_of"}
    return model.Group(basis, op[spec.group_key], inside, spec.n_of)  # type: ignore[arg-type]  # the three keys


def item(spec: ItemSpec, above: model.Basis) -> model.Item:
    """Return one line of a score; it inherits the article and tag of the line or condition above."""
    basis = model.Basis(spec.id, spec.title, spec.article or above.article, spec.tag or above.tag)
    return model.Item(
        basis,
        _scoring(spec, basis),
        maximum=None if spec.max is None else Decimal(spec.max),
        minimum=None if spec.min is None else Decimal(spec.min),
        veto=spec.veto,
    )


def _scoring(spec: ItemSpec, basis: model.Basis) -> model.Scoring | None:
    match spec.form:  # the spec has made sure that each form has its parts
        case "bands":
            bands = tuple(model.Band(*one.bound, _points(one.points)) for one in spec.bands or ())
            return model.Bands(spec.of or "", bands, _points(spec.otherwise or 0))
        case "choose":
            return model.Choose(_options(spec.choose or ()), _points(spec.otherwise or 0))
        case "each_of":
            return model.EachOf(_options(spec.each_of or ()))
        case "best_of":
            return model.BestOf(tuple(item(one, basis) for one in spec.best_of or ()))
        case "items":
            return model.Sum(tuple(item(one, basis) for one in spec.items or ()))
        case "expert":
            return model.Expert(_points(spec.expert or 0))
        case "points":
            return model.Formula(spec.points or "")
        case _:
            return None


def _options(specs: tuple[ChoiceSpec, ...]) -> tuple[model.Option, ...]:
    return tuple(model.Option(one.when, _points(one.points)) for one in specs)


def _points(points: int | str | tuple[str, str]) -> model.Points:
    return model.Points(*interval(points))


def parameter(spec: ParameterSpec) -> Parameter:
    """Return a dated parameter as an expression sees it."""
    unit = None if spec.base == "money" else spec.unit
    return Parameter(
        Type(spec.base, unit=unit), tuple((one.since, Decimal(one.value)) for one in spec.values)
    )


def class_table(id: str, spec: ClassTableSpec) -> model.ClassTable:
    """Return the table that gives a derived fact."""
    rows = tuple(
        model.ClassRow(
            row.title,
            row.prefixes,
            row.excepted,
            {fact: tuple(Decimal(one) for one in bounds) for fact, bounds in row.bounds.items()},
        )
        for row in spec.rows
    )
    return model.ClassTable(id, spec.code, spec.classes, rows)


def parameters(specs: Mapping[str, ParameterSpec]) -> dict[str, Parameter]:
    """Return the dated parameters by name."""
    return {name: parameter(spec) for name, spec in specs.items()}
