"""From programmes to a plan: the version in force for the date and kind, every condition once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from wanqi.rules import tree
from wanqi.rules.lowering import Moment
from wanqi.rules.plan import Compiled, Pair, Part, Plan, Reason
from wanqi.rules.programmes import model, scoring
from wanqi.rules.programmes.columns import Columns, inputs_of, reference
from wanqi.rules.programmes.describing import leaf_part
from wanqi.rules.programmes.items import scored, step_of
from wanqi.rules.programmes.reader import Memory, Reader, reader_of
from wanqi.rules.programmes.turning import turns_of
from wanqi.rules.types import BOOL, Scope


def compile_plan(
    programmes: Iterable[model.Programme], *, region: str, on: date, kind: str, scope: Scope
) -> Plan:
    """Return the plan of the given programmes, in their order, for applications of a kind on a date.

    scope: the pack's facts, records, lists and parameters. A programme without a version in force has version None
    and a verdict that is false. Raises ProgrammeRefused for a text that is no expression of the scope.
    """
    asked = _Asked(on, kind, scope, Columns(), Memory())
    compiled = tuple(_compiled(one, asked) for one in programmes)
    stages = asked.columns.stages()
    inputs = inputs_of(node for stage in stages for _, node in stage)
    return Plan(region, on, kind, inputs, stages, compiled)


def moment_of(version: model.RuleVersion, on: date) -> Moment:
    """Return the day asked about with the base year of the version."""
    return Moment(on, version.base_year if version.base_year is not None else on.year - 1)


@dataclass(frozen=True)
class _Asked:
    """What a plan is made for, and what all its programmes share."""

    on: date
    kind: str
    scope: Scope
    columns: Columns
    memory: Memory


def _compiled(programme: model.Programme, asked: _Asked) -> Compiled:
    on, kind, columns = asked.on, asked.kind, asked.columns
    version = programme.version_for(on, kind)
    changes = [day for one in programme.versions if kind in one.applies_to for day in _changes(one)]
    if version is None:
        never = columns.verdict(tree.Literal(False, BOOL))
        turns = turns_of((), on=on, moving=False, fixed=changes)
        return Compiled(programme.id, None, "", never, (), turns=turns)
    moment = moment_of(version, on)
    reader = reader_of(programme.id, version, scope=asked.scope, moment=moment, memory=asked.memory)
    draft = _Draft(reader, columns)
    verdict, part = draft.node(version.conditions)
    decided = columns.verdict(verdict)
    award = version.amount.compile(reader) if version.amount is not None else None
    amount = columns.amount(award.amount, decided) if award is not None else None
    return Compiled(
        programme.id,
        version.version,
        version.digest,
        decided,
        tuple(draft.leaves),
        draft.scores[0] if draft.scores else None,
        amount,
        part,
        turns_of(reader.roots, on=on, moving=version.base_year is None, fixed=changes),
        tuple((id, title, (ends.low, ends.high)) for id, title, ends in award.steps) if award else (),
    )


def _changes(version: model.RuleVersion) -> tuple[date, ...]:
    """Return the days on which a version begins to decide and ceases to."""
    if version.valid_to is None or version.valid_to == date.max:
        return (version.valid_from,)
    return version.valid_from, version.valid_to + timedelta(days=1)


@dataclass
class _Draft:
    """One version on its way into columns; leaves and scores in reading order."""

    reader: Reader
    columns: Columns
    leaves: list[Pair] = field(default_factory=list)
    scores: list[Pair] = field(default_factory=list)

    def node(self, condition: model.Condition) -> tuple[tree.Node, Part]:
        """Return the condition over the columns of its leaves, and its part."""
        match condition:
            case model.Group():
                return self._group(condition)
            case model.Score():
                return self._score(condition)
            case model.Leaf():
                return self._leaf(condition)

    def _group(self, group: model.Group) -> tuple[tree.Node, Part]:
        found = [self.node(part) for part in group.parts]
        nodes, parts = tuple(node for node, _ in found), tuple(part for _, part in found)
        node: tree.Node
        if group.op == "n_of":
            node = tree.AtLeast(group.n or 1, nodes)
        else:
            node = tree.All(nodes) if group.op == "all" else tree.Any(nodes)
        basis = group.basis
        part = Part(basis.id, group.op, basis.title, basis.article, basis.tag, n=group.n, children=parts)
        return node, part

    def _leaf(self, leaf: model.Leaf) -> tuple[tree.Node, Part]:
        basis = leaf.basis
        if leaf.when is None or basis.unverified:
            judged = leaf.judge is not None and not basis.unverified
            return self._open(basis, "judgement" if judged else "unverified")
        root = self.reader.condition(leaf.when, at=basis.id)
        column = self._column(basis, self.reader.lowered(root))
        return reference(column), leaf_part(basis, root, column=column, reader=self.reader)

    def _open(self, basis: model.Basis, why: Reason) -> tuple[tree.Node, Part]:
        """Return a condition that no fact decides."""
        column = self._column(basis, tree.Unknown(BOOL))
        part = Part(basis.id, "leaf", basis.title, basis.article, basis.tag, column=column, fixed=why)
        return reference(column), part

    def _score(self, score: model.Score) -> tuple[tree.Node, Part]:
        items = [scored(item, self.reader) for item in score.items]
        marks = scoring.total(item.marks for item in items)
        if score.basis.unverified:
            marks = scoring.constant(min(marks.least, scoring.ZERO), marks.most)
        low, high = self.columns.score(marks.low, marks.high)
        self.scores.append((low, high))
        ends = tree.Field(low, scoring.POINTS), tree.Field(high, scoring.POINTS)
        passed = scoring.passes(*ends, score.operator, score.bound)
        tests = tuple(test for item in items for test in item.tests)
        basis, node = score.basis, tree.All((passed, *tests)) if tests else passed
        column = self._column(basis, tree.Unknown(BOOL) if basis.unverified else node)
        part = Part(
            basis.id,
            "score",
            basis.title,
            basis.article,
            basis.tag,
            column=column,
            test=passed,
            points=ends,
            maximum=marks.most,
            mark=(score.operator, score.bound),
            step=step_of(score.items),
            fixed="unverified" if basis.unverified else None,
            children=tuple(item.part for item in items),
        )
        return reference(column), part

    def _column(self, basis: model.Basis, node: tree.Node) -> str:
        column = self.columns.condition(node)
        self.leaves.append((basis.id, column))
        return column
