"""Derived facts: their thresholds exercised, and each answer they can give seen once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from wanqi.packs.pack import Item, Pack
from wanqi.packs.specs.vocabulary import DerivedFact
from wanqi.packs.thresholds.answering import organisation, plain, types_of
from wanqi.packs.thresholds.exercising import Case, exercise, thresholds
from wanqi.packs.thresholds.meaning import Firm, Meaning, Undefined, Value
from wanqi.packs.thresholds.running import HINT, SIDES, Exercised, shown
from wanqi.packs.thresholds.solving import Solver, Unsolvable, ordinary
from wanqi.rules import tree
from wanqi.rules.lowering import Moment
from wanqi.rules.programmes import Derivation, FactUnknown


def run(pack: Pack, item: Item[DerivedFact], on: date) -> tuple[Exercised, set[str]]:
    """Exercise a derived fact; return what was done and the answers seen, as cases write them."""
    done, answers = Exercised(), set[str]()
    root = pack.derivation(item.id).root
    moment = Moment(on, on.year - 1)
    try:
        engine = Derivation([item.id], region=pack.region, on=on, scope=pack.rule_scope)
    except FactUnknown:
        message = f"派生数据 {item.id} 没有自己的值，只能在比较中使用。"
        hint = "不同分母之间的选择没有准确的上下限；拆成几个派生数据，或直接写在条件里。"
        done.problems.append(item.file.problem((*item.at, "is"), "pack.no-value", message, hint))
        return done, answers
    facts, records = types_of(pack)
    made: list[Case] = list(_plain(root, moment))
    for threshold in thresholds(root):
        done.wanted += 1
        cases = exercise(threshold, moment)
        if cases is None:
            message = f"派生数据 {item.id} 的界限“{shown(threshold.compare)}”找不到能单独检验它的数据。"
            hint = "这条比较可能永远不起作用，或和其他比较矛盾；请拆开或改写。"
            at = (*item.at, "is")
            done.problems.append(item.file.problem(at, "pack.threshold-not-exercised", message, hint))
            continue
        done.found += 1
        made += cases
    for case in made:
        done.cases += 1
        answer = engine.evaluate(organisation(case.firm, facts, records))[item.id]
        if not _agrees(case.expected, answer):
            message = f"{SIDES[case.side]}时应为{_word(case.expected)}，算得{answer}。"
            done.problems.append(item.file.problem((*item.at, "is"), "pack.threshold-answer", message, HINT))
        elif case.expected is not None:
            answers |= {"answer", _word(case.expected)}
    return done, answers


def _plain(root: tree.Node, moment: Moment) -> Iterator[Case]:
    """Yield one organisation for every answer of a condition, or one for any other fact."""
    for want in (True, False) if root.type.base == "bool" else (None,):
        for attempt in range(3):
            firm = Firm(ordinary(attempt))
            place = Meaning(firm, moment.on, moment.base_year)
            try:
                if want is not None:
                    Solver(firm, attempt).satisfy(root, want, place)
                value = place.value(root)
            except (Unsolvable, Undefined):
                continue
            if not isinstance(value, Fraction) or _finite(value):
                yield Case("known", firm, value)
                break
    yield Case("missing", Firm(ordinary(0)), None)


def _finite(value: Fraction) -> bool:
    """Whether the value is a decimal of no more than eight places, so that it can be printed exactly."""
    return (value * 10**8).denominator == 1


def _agrees(expected: Value | None, answer: object) -> bool:
    if isinstance(expected, Fraction):
        return answer is not None and Fraction(str(answer)) == expected
    return expected == answer


def _word(value: Value | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return plain(value)
    return "未知" if value is None else str(value)
