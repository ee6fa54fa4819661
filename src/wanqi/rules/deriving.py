"""Derived facts that use one another: read in an order in which every definition comes before its use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from wanqi.rules import reading
from wanqi.rules.errors import ExpressionRefused
from wanqi.rules.parsing import parse
from wanqi.rules.types import Scope, Type

# Called with the id of a definition and what is wrong with it.
Refused = Callable[[str, ExpressionRefused], None]


def derive(
    definitions: Mapping[str, tuple[str, Type]], scope: Scope, *, refused: Refused | None = None
) -> Scope:
    """Return the scope with every definition (id → text, declared type) among its derived facts.

    Definitions already in `scope.derived` may be used too. Raises ExpressionRefused for the first text that is no
    expression of its type or takes part in a circle; with `refused`, tells it each of them instead and leaves them out.
    """
    tell = refused or _raise
    texts = {name: text for name, (text, _) in definitions.items()}
    places: dict[str, dict[str, int]] = {}
    for name, text in texts.items():
        try:
            places[name] = dict(_names(text))
        except ExpressionRefused as error:
            tell(name, error)
    known = dict(scope.derived)
    for name in _ordered(places, texts, tell):
        text, kind = definitions[name]
        try:
            known[name] = parse(text, replace(scope, derived=known), expect=kind)
        except ExpressionRefused as error:
            tell(name, error)
    return replace(scope, derived=known)


def _raise(name: str, error: ExpressionRefused) -> None:
    raise error


def _names(text: str) -> Iterator[tuple[str, int]]:
    """Yield the names a text uses and where."""
    for column in reading.read(text).find_all(exp.Column):
        yield column.name, reading.start(column)


def _ordered(places: Mapping[str, Mapping[str, int]], texts: Mapping[str, str], tell: Refused) -> list[str]:
    """Return the ids so that each comes after those it uses; members of a circle are told and left out."""
    done: list[str] = []
    state: dict[str, str] = {}

    def visit(name: str, path: tuple[str, ...]) -> bool:
        if name in state:
            return state[name] == "done"
        state[name], path = "open", (*path, name)
        good = True
        for used, offset in places[name].items():
            if state.get(used) == "open":
                circle = " → ".join((*path[path.index(used) :], used))
                hint = "派生数据不能绕回自己，请去掉其中一处引用。"
                tell(name, reading.refused(texts[name], offset, "circle", f"引用绕了一圈：{circle}。", hint))
                good = False
            elif used in places and not visit(used, path):
                good = False
        state[name] = "done" if good else "bad"
        if good:
            done.append(name)
        return good

    for name in places:
        visit(name, ())
    return done
