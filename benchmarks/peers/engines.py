"""The engines that answer one organisation at a time, each prepared in its quickest documented way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from wanqi.rules import tree

from . import ours
from .languages import Cel, JsonLogic, RuleEngine, Zen
from .programmes import Programmes, written
from .translating import key

Facts = dict[str, Any]
OURS = "this engine"
ZEN = "zen-engine"


@dataclass(frozen=True)
class Engine:
    """name: of the package. way: how it is used. answer: from the dict of facts to what the engine answers.

    truths: what it answered, as one truth a programme.
    """

    name: str
    way: str
    answer: Callable[[Facts], Any]
    truths: Callable[[Any], list[bool]] = list


def engines(asked: Programmes) -> Iterator[Engine]:
    """Yield this engine in three ways, then the others."""
    one = ours.One(asked)
    yield Engine(OURS, "verdicts and every condition", one.conditions, one.truths_of_conditions)
    yield Engine(OURS, "verdicts alone", one.verdicts, lambda found: [each == 2 for each in found])
    yield Engine(
        OURS,
        "verdicts, scores, missing facts",
        one.outcomes,
        lambda found: [each.verdict == "met" for each in found],
    )
    yield from _zen(asked)
    yield from _cel(asked)
    yield from _cel_python()
    yield _json_logic()
    yield _rule_engine()


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(texts)}]"


def _own_facts(root: tree.Node) -> list[str]:
    return [key(name) for name in tree.fields(root)]


def _zen(asked: Programmes) -> Iterator[Engine]:
    import zen

    texts = written(Zen())
    whole = zen.compile_expression(_listed(texts))
    yield Engine(ZEN, "all eight in one compiled expression", whole.evaluate)
    each = [zen.compile_expression(text) for text in texts]
    own = [(names, itemgetter(*names)) for names in map(_own_facts, asked.trees)]
    pairs = list(zip(each, own, strict=True))
    yield Engine(
        ZEN,
        "a compiled expression a programme, given the facts it reads",
        lambda facts: [
            one.evaluate(dict(zip(names, get(facts), strict=True))) for one, (names, get) in pairs
        ],
    )
    yield Engine(
        ZEN, "a compiled expression a programme", lambda facts: [one.evaluate(facts) for one in each]
    )
    decision = zen.ZenEngine().create_decision(json.dumps(_decision(texts)))
    yield Engine(
        ZEN,
        "a decision model with an expression a programme",
        decision.evaluate,
        lambda found: [found["result"][f"p{place}"] for place in range(len(texts))],
    )


def _decision(texts: Sequence[str]) -> dict[str, Any]:
    """Return a decision model: an input, a node of expressions, an output."""
    expressions = [{"id": str(at), "key": f"p{at}", "value": text} for at, text in enumerate(texts)]
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "content": {}},
            {"id": "all", "name": "all", "type": "expressionNode", "content": {"expressions": expressions}},
            {"id": "out", "name": "out", "type": "outputNode", "content": {}},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "all"},
            {"id": "b", "type": "edge", "sourceId": "all", "targetId": "out"},
        ],
    }


def _cel(asked: Programmes) -> Iterator[Engine]:
    import cel

    texts = written(Cel())
    program = cel.compile(_listed(texts))
    yield Engine("common-expression-language", "all eight in one compiled program", program.execute)
    each = list(zip(map(cel.compile, texts), map(_own_facts, asked.trees), strict=True))
    yield Engine(
        "common-expression-language",
        "a compiled program a programme, given the facts it reads",
        lambda facts: [one.execute({name: facts[name] for name in names}) for one, names in each],
    )


def _cel_python() -> Iterator[Engine]:
    import celpy

    environment = celpy.Environment()
    programs = [environment.program(environment.compile(text)) for text in written(Cel())]

    def answer(facts: Facts) -> list[Any]:
        converted = {name: celpy.json_to_cel(value) for name, value in facts.items()}
        return [one.evaluate(converted) for one in programs]

    yield Engine(
        "cel-python", "a program a programme, facts converted once", answer, lambda found: [*map(bool, found)]
    )


def _json_logic() -> Engine:
    from json_logic import jsonLogic

    rules = written(JsonLogic())
    return Engine("panzi-json-logic", "all eight as one list of rules", lambda facts: jsonLogic(rules, facts))


def _rule_engine() -> Engine:
    import rule_engine

    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    rule = rule_engine.Rule(_listed(written(RuleEngine())), context=context)
    return Engine("rule-engine", "all eight in one rule", rule.evaluate)
