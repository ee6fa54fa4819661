"""Running the worked examples beside the pack files, and how much of the pack they cover."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from wanqi.packs import cases_programmes
from wanqi.packs.cases_programmes import Compiled
from wanqi.packs.errors import Problem
from wanqi.packs.files import File
from wanqi.packs.naming import unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.cases import Case, CasesFile, DerivedCase, FilterCase, IndicatorCase, ProgrammeCase
from wanqi.packs.specs.vocabulary import DerivedFact
from wanqi.rules import Expression, ExpressionRefused, ValueRefused, evaluate

# Answers one indicator case: `value`, `low`, `high` as decimal text or None, `records` as a number of rows.
IndicatorRunner = Callable[[Pack, IndicatorCase], Mapping[str, str | int | None]]


@dataclass
class Coverage:
    """Which answers each filter, derived fact and indicator has been seen to give; keys are digests of content."""

    wanted: dict[str, frozenset[str]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    thresholds: int = 0
    exercised: int = 0

    def add(self, key: str, answer: str) -> None:
        self.seen.setdefault(key, set()).add(answer)

    @property
    def percent(self) -> int:
        """Share of what is wanted that some case shows, 0..100, rounded down; 100 where nothing is wanted.

        Wanted are answers of filters, derived facts and indicators, and every threshold.
        """
        wanted = self.thresholds + sum(len(answers) for answers in self.wanted.values())
        answered = (len(answers & self.seen.get(key, set())) for key, answers in self.wanted.items())
        found = self.exercised + sum(answered)
        return 100 * found // wanted if wanted else 100


def want(pack: Pack, coverage: Coverage) -> None:
    """Note what cases of indicators should show: a condition both true and false, a measure at least one answer."""
    for id, item in pack.items.indicators.items():
        if item.spec.where is not None:
            coverage.wanted[f"filter {id} {item.digest}"] = frozenset({"true", "false"})
        if item.spec.measure is not None:
            coverage.wanted[f"indicator {id} {item.digest}"] = frozenset({"answer"})


def want_derived(item: Item[DerivedFact], coverage: Coverage) -> None:
    """Note what should be seen of a derived fact: a condition both true and false, any other at least one answer."""
    answers = {"true", "false"} if item.spec.type == "bool" else {"answer"}
    coverage.wanted[f"derived {item.id} {item.digest}"] = frozenset(answers)


def run(
    compiled: Compiled, file: File, coverage: Coverage, *, runner: IndicatorRunner | None, sound: bool
) -> tuple[list[Problem], int]:
    """Return the problems of one file of cases and how many cases it has; note what they cover.

    Without a runner, indicator cases are checked for their names only; where the pack is not sound, so are those of
    programmes.
    """
    spec = file.spec
    assert isinstance(spec, CasesFile)
    item: Item[CasesFile] = Item(spec, file, (), file.path)
    problems: list[Problem] = []
    ids: set[str] = set()
    sections: tuple[tuple[str, tuple[Case, ...]], ...] = (
        ("filters", spec.filters),
        ("derived", spec.derived),
        ("indicators", spec.indicators),
        ("programmes", spec.programmes),
    )
    for section, cases in sections:
        for index, case in enumerate(cases):
            at: Path = (section, index)
            if case.id in ids:
                message = f"用例 {case.id} 写了两次。"
                problems.append(file.problem((*at, "id"), "case.duplicate-id", message, "换一个编号。"))
            ids.add(case.id)
            problems += _run_one(compiled, item, case, at, coverage, runner if sound else None, sound)
    return problems, len(spec.cases)


def _run_one(
    compiled: Compiled,
    item: Item[CasesFile],
    case: Case,
    at: Path,
    coverage: Coverage,
    runner: IndicatorRunner | None,
    sound: bool,
) -> Iterable[Problem]:
    match case:
        case FilterCase():
            return _filter(compiled.pack, item, case, at, coverage)
        case DerivedCase():
            return _derived(item, case, at, coverage, compiled)
        case IndicatorCase():
            return _indicator(compiled.pack, item, case, at, coverage, runner)
        case ProgrammeCase():
            return _programme(item, case, at, compiled, answered=sound)


def _filter(
    pack: Pack, item: Item[CasesFile], case: FilterCase, at: Path, coverage: Coverage
) -> Iterable[Problem]:
    spec = pack.items.indicators.get(case.filter)
    if spec is None:
        yield unknown(item, (*at, "filter"), "指标", case.filter, pack.indicators)
        return
    try:
        expression = pack.where(case.filter)
    except (ExpressionRefused, KeyError):
        return  # reported where the indicator is defined
    if expression is None:
        message = f"{case.filter} 没有筛选条件 where。"
        yield item.file.problem((*at, "filter"), "case.no-filter", message, "改用 indicators 用例。")
        return
    kind = pack.records[spec.spec.records or ""]
    yield from _names(item, case.row, kind.fields, (*at, "row"))
    key = f"filter {case.filter} {spec.digest}"
    yield from _compare(item, expression, case.row, _word(case.expect), at, ("row",), (coverage, key))


def _derived(
    item: Item[CasesFile], case: DerivedCase, at: Path, coverage: Coverage, compiled: Compiled
) -> Iterable[Problem]:
    pack = compiled.pack
    spec = pack.items.derived.get(case.derived)
    if spec is None:
        yield unknown(item, (*at, "derived"), "派生数据", case.derived, pack.derived)
        return
    wrong = list(cases_programmes.names(item, case, pack, at))
    yield from wrong
    if wrong or case.derived not in pack.rule_scope.derived:
        return  # reported here, or where the fact is defined
    problems, answer = cases_programmes.derived(item, case, compiled, at)
    yield from problems
    if answer is not None:
        coverage.add(f"derived {case.derived} {spec.digest}", answer)
        if answer != "unknown":
            coverage.add(f"derived {case.derived} {spec.digest}", "answer")


def _programme(
    item: Item[CasesFile], case: ProgrammeCase, at: Path, compiled: Compiled, *, answered: bool
) -> Iterable[Problem]:
    pack = compiled.pack
    if case.programme not in pack.items.programmes:
        yield unknown(item, (*at, "programme"), "事项", case.programme, pack.items.programmes)
        return
    wrong = list(cases_programmes.names(item, case, pack, at))
    yield from wrong
    if answered and not wrong:
        yield from cases_programmes.programme(item, case, compiled, at)


def _names(
    item: Item[CasesFile], given: Mapping[str, object], known: Mapping[str, object], at: Path
) -> Iterable[Problem]:
    for name in given:
        if name not in known:
            yield unknown(item, (*at, name), "字段", name, list(known))


def _compare(
    item: Item[CasesFile],
    expression: Expression,
    row: Mapping[str, object],
    expected: str,
    at: Path,
    row_at: Path,
    covered: tuple[Coverage, str],
) -> Iterable[Problem]:
    try:
        answer = _word(evaluate(expression, row))
    except ValueRefused as error:
        yield item.file.problem((*at, *row_at, error.field), "case.value", error.message, error.hint)
        return
    coverage, key = covered
    coverage.add(key, answer)
    if answer != "unknown":
        coverage.add(key, "answer")
    if answer != expected:
        message = f"应为 {expected}，算得 {answer}。"
        yield item.file.problem((*at, "expect"), "case.answer", message, "改正用例，或改正它检验的定义。")


def _word(value: object) -> str:
    """Return an answer as cases write it: unknown, true, false, a decimal number, or the text itself."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return _decimal(value)
    return str(value)


def _decimal(value: Fraction) -> str:
    """Return the shortest exact decimal, or the fraction itself where it has none of 20 places."""
    for places in range(21):
        shifted = value * 10**places
        if shifted.denominator == 1:
            return f"{Decimal(shifted.numerator).scaleb(-places):f}"
    return str(value)


def _indicator(
    pack: Pack,
    item: Item[CasesFile],
    case: IndicatorCase,
    at: Path,
    coverage: Coverage,
    runner: IndicatorRunner | None,
) -> Iterable[Problem]:
    named: list[tuple[str, Path]] = [(case.indicator, (*at, "indicator"))]
    named += [(id, (*at, "targets", id)) for id in case.targets]
    named += [(key.partition("@")[0], (*at, "reported", key)) for key in case.reported]
    named += [(id, (*at, "peers", id)) for id in case.peers]
    for id, place in named:
        if id not in pack.indicators:
            yield unknown(item, place, "指标", id, pack.indicators)
    for kind, rows in case.rows.items():
        if kind not in pack.records:
            yield unknown(item, (*at, "rows", kind), "数据类别", kind, pack.records)
            continue
        for index, row in enumerate(rows):
            known = {"id": None, **pack.records[kind].fields}
            yield from _names(item, row, known, (*at, "rows", kind, index))
    spec = pack.items.indicators.get(case.indicator)
    if spec is None:
        return
    coverage.add(f"indicator {case.indicator} {spec.digest}", "answer")
    if runner is None:
        return
    try:
        answer = runner(pack, case)
    except ValueRefused as error:
        yield item.file.problem((*at, "rows"), "case.value", str(error).split("\n")[0], error.hint)
        return
    for name in sorted(case.expect.model_fields_set):
        expected = getattr(case.expect, name)
        if answer.get(name) != expected:
            message = f"{name} 应为 {_word(expected)}，算得 {_word(answer.get(name))}。"
            place = (*at, "expect", name)
            yield item.file.problem(place, "case.answer", message, "改正用例，或改正它检验的定义。")
