"""Every threshold of a region's programmes and derived facts, exercised and compared with the engine's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from wanqi.packs import converting
from wanqi.packs.errors import Problem
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.conditions import ConditionSpec, ItemSpec
from wanqi.packs.specs.programmes import ProgrammeFile, VersionSpec
from wanqi.packs.statements import Statement, statements
from wanqi.packs.thresholds import scores
from wanqi.packs.thresholds.answering import Answer, Answers, plain
from wanqi.packs.thresholds.exercising import Case, Threshold, exercise, thresholds
from wanqi.packs.thresholds.meaning import Meaning, Value
from wanqi.rules import parse, tree
from wanqi.rules.lowering import Moment
from wanqi.rules.programmes import model

SIDES = {
    "at": "正好在界限上",
    "under": "低一个最小单位",
    "over": "高一个最小单位",
    "missing": "缺数据",
    "known": "数据齐全",
}
HINT = "说明两种算法对这条规则理解不同；请核对表达式，仍不一致时报告程序问题。"


@dataclass
class Exercised:
    """How many thresholds there are, how many of them were exercised, the cases made, and what was wrong."""

    wanted: int = 0
    found: int = 0
    cases: int = 0
    problems: list[Problem] = field(default_factory=list)


Made = dict[tuple[object, ...], tuple[Case, ...] | None]


def run(pack: Pack, item: Item[ProgrammeFile], made: Made) -> Exercised:
    """Exercise every version of a programme; made keeps cases for texts that stand in several places."""
    done = Exercised()
    programme = pack.programmes[item.id]
    for index, spec in enumerate(item.spec.versions):
        for on in days(spec):
            version = _Version(
                pack, item, programme.versions[index], spec, ("versions", index), on, made, done
            )
            version.run()
    return done


def days(version: VersionSpec) -> tuple[date, ...]:
    """Return the days a version is exercised on: one in its middle, and the first of each new parameter value."""
    june = [date(year, 6, 15) for year in (2026, 2024, 2023, 2022, 2025, 2021, 2019, 2017)]
    usual = next((day for day in june if version.in_force(day)), None)
    if usual is None:
        last = version.valid_to or version.valid_from + timedelta(days=365)
        usual = version.valid_from + (last - version.valid_from) / 2
    later = {
        value.since
        for parameter in version.params.values()
        for value in parameter.values
        if version.in_force(value.since) and parameter.at(usual) is not value
    }
    return (usual, *sorted(later))


@dataclass
class _Version:
    pack: Pack
    item: Item[ProgrammeFile]
    version: model.RuleVersion
    spec: VersionSpec
    at: Path
    on: date
    made: Made
    done: Exercised

    def __post_init__(self) -> None:
        year = self.on.year - 1 if self.spec.base_year == "previous" else self.spec.base_year
        self.moment = Moment(self.on, year)
        own = converting.parameters(self.spec.params)
        self.scope = replace(self.pack.rule_scope, params={**self.pack.rule_scope.params, **own})
        self.answers = Answers(self.pack, self.pack.programmes[self.item.id], self.version, on=self.on)
        self.lines: dict[Path, scores.Line] = {}

    def run(self) -> None:
        """Exercise every statement that is verified."""
        for statement in statements(self.spec, self.at):
            if statement.unverified:
                continue
            if isinstance(statement.spec, ConditionSpec):
                self._condition(statement, statement.spec)
            else:
                self._line(statement, statement.spec)

    def read(self, text: str) -> tree.Node:
        """Return the authored tree of an expression of the version."""
        return parse(text, self.scope, expect=None).root

    # --- conditions -----------------------------------------------------------------------------------

    def _condition(self, statement: Statement, spec: ConditionSpec) -> None:
        id = spec.id or ""
        if spec.when is not None:
            root = self.read(spec.when)
            self._thresholds(root, spec.when, (*statement.at, "when"), id, lambda case: case.expected)
        if spec.score is not None:
            sign, number = spec.score.mark
            lines = [scores.line(one, statement.tag, self.read) for one in spec.score.items]

            def total(place: Meaning) -> scores.Ends:
                return scores.added([scores.points(one, place) for one in lines])

            self._mark(lines, total, (sign, Fraction(number)), (*statement.at, "score", "pass"), id)

    def _mark(
        self,
        lines: list[scores.Line],
        total: Callable[[Meaning], scores.Ends],
        mark: tuple[str, Fraction],
        at: Path,
        id: str,
    ) -> None:
        self.done.wanted += 1
        cases = scores.mark_cases(lines, total, mark, self.moment)
        if cases is None:
            self._not_exercised(at, id, f"{mark[0]} {plain(mark[1])} 分")
            return
        self.done.found += 1
        self._compare(cases, at, lambda case: case.expected, lambda case, answer: answer.get((id, "test")))

    # --- lines of scores --------------------------------------------------------------------------------

    def _line(self, statement: Statement, spec: ItemSpec) -> None:
        line = scores.line(spec, statement.tag, self.read)
        at = statement.at
        if line.choice is not None:
            text = f"{spec.of} {spec.bands} {[one.when for one in spec.choose or ()]}"
            key = "bands" if spec.bands is not None else "choose"
            self._thresholds(line.choice, text, (*at, key), spec.id, self._points_of(line), points=True)
        for index, (option, test) in enumerate(zip(spec.each_of or (), line.tests, strict=True)):
            place = (*at, "each_of", index, "when")
            self._thresholds(test, option.when, place, spec.id, self._points_of(line), points=True)
        if line.formula is not None and spec.points is not None:
            place = (*at, "points")
            self._thresholds(line.formula, spec.points, place, spec.id, self._points_of(line), points=True)
        if spec.min is not None or spec.veto:
            mark = (">=", Fraction(spec.min)) if spec.min is not None else (">", Fraction(0))
            place = (*at, "min" if spec.min is not None else "veto")
            self._mark([line], lambda meaning: scores.points(line, meaning), mark, place, spec.id)

    def _points_of(self, line: scores.Line) -> Callable[[Case], Value | None]:
        def expected(case: Case) -> Value | None:
            if case.side == "missing":
                return "open"
            place = Meaning(case.firm, self.moment.on, self.moment.base_year)
            return scores.points(line, place)  # type: ignore[return-value]  # a pair, compared as one value

        return expected

    # --- thresholds -------------------------------------------------------------------------------------

    def _thresholds(
        self,
        root: tree.Node,
        text: str,
        at: Path,
        id: str,
        expected: Callable[[Case], Value | None],
        *,
        points: bool = False,
    ) -> None:
        for number, threshold in enumerate(thresholds(root)):
            self.done.wanted += 1
            cases = self._cases(threshold, text, number)
            if cases is None:
                self._not_exercised(at, id, shown(threshold.compare))
                continue
            self.done.found += 1

            def given(case: Case, answer: Answer) -> object:
                if not points:
                    return answer.get((id, "test"))
                ends = answer.get((id, "low")), answer.get((id, "high"))
                return "open" if case.side == "missing" and ends[0] != ends[1] else ends

            self._compare(cases, at, expected, given)

    def _cases(self, threshold: Threshold, text: str, number: int) -> tuple[Case, ...] | None:
        params = tuple(
            (name, value.value)
            for name, one in self.spec.params.items()
            if (value := one.at(self.on)) is not None
        )
        key = (text, number, self.moment, params, type(threshold.root))
        if key not in self.made:
            self.made[key] = exercise(threshold, self.moment)
        return self.made[key]

    def _compare(
        self,
        cases: tuple[Case, ...],
        at: Path,
        expected: Callable[[Case], object],
        given: Callable[[Case, Answer], object],
    ) -> None:
        for case in cases:
            self.done.cases += 1
            wanted = expected(case)  # fills in what it asks for, before the engine is asked
            found = given(case, self.answers(case.firm))
            if wanted != found:
                message = f"{SIDES[case.side]}时应为{_word(wanted)}，算得{_word(found)}。"
                self.done.problems.append(self.item.file.problem(at, "pack.threshold-answer", message, HINT))

    def _not_exercised(self, at: Path, id: str, shown: str) -> None:
        message = f"条件 {id} 的界限“{shown}”找不到能单独检验它的数据。"
        hint = "这条比较可能永远不起作用，或和同一条件里的其他比较矛盾；请拆开或改写。"
        self.done.problems.append(self.item.file.problem(at, "pack.threshold-not-exercised", message, hint))


def _word(value: object) -> str:
    if isinstance(value, tuple):
        return "—".join(_word(one) for one in value)
    if isinstance(value, bool):
        return "符合" if value else "不符合"
    if isinstance(value, Fraction | int):
        return f"{plain(Fraction(value))}分"
    return "未知" if value is None else "区间" if value == "open" else str(value)


def shown(compare: tree.Compare) -> str:
    """Return a comparison in a few words: what is compared with what."""
    names = [name for side in (compare.left, compare.right) for name in _names(side)]
    constants = [
        str(one.value)
        for side in (compare.left, compare.right)
        for one in tree.walk(side)
        if isinstance(one, tree.Literal)
    ]
    return f"{'、'.join(dict.fromkeys(names))} {compare.operator} {'、'.join(constants[-1:]) or '日期'}"


def _names(node: tree.Node) -> Iterator[str]:
    for part in tree.walk(node):
        if isinstance(part, tree.Field | tree.Annual | tree.Derived):
            yield part.name
        elif isinstance(part, tree.Records):
            yield part.kind
