"""Every place of a programme file that states something: conditions, lines of scores, and their expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from wanqi.packs.reading import Path
from wanqi.packs.specs.base import UNVERIFIED
from wanqi.packs.specs.conditions import ConditionSpec, ItemSpec
from wanqi.packs.specs.programmes import VersionSpec

Expects = Literal["test", "value"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A condition or a line of a score where it stands; article and tag are its own or the nearest above."""

    at: Path
    spec: ConditionSpec | ItemSpec
    article: str | None
    tag: str

    @property
    def unverified(self) -> bool:
        """Whether its text was not read, so that nothing is concluded from it."""
        return self.tag in UNVERIFIED

    @property
    def leaf(self) -> bool:
        """Whether it is decided by itself and not by parts below it."""
        if isinstance(self.spec, ConditionSpec):
            return self.spec.group is None and self.spec.score is None
        return not self.spec.inside

    def expressions(self) -> Iterator[tuple[Path, str, Expects]]:
        """Yield (where, text, what it must be) of its own expressions, without those below it."""
        spec = self.spec
        if isinstance(spec, ConditionSpec):
            if spec.when is not None:
                yield (*self.at, "when"), spec.when, "test"
            return
        if spec.of is not None:
            yield (*self.at, "of"), spec.of, "value"
        if spec.points is not None:
            yield (*self.at, "points"), spec.points, "value"
        for key, options in (("choose", spec.choose), ("each_of", spec.each_of)):
            for index, option in enumerate(options or ()):
                yield (*self.at, key, index, "when"), option.when, "test"


def statements(version: VersionSpec, at: Path) -> Iterator[Statement]:
    """Yield every condition and line of a score of a version, in reading order; at: where the version stands."""
    yield from _condition(version.conditions, (*at, "conditions"), version.article, version.tag)


def _condition(spec: ConditionSpec, at: Path, article: str | None, tag: str) -> Iterator[Statement]:
    own = Statement(at, spec, spec.article or article, spec.tag or tag)
    yield own
    for index, part in enumerate(spec.group or ()):
        yield from _condition(part, (*at, spec.group_key, index), own.article, own.tag)
    for index, line in enumerate(spec.score.items if spec.score else ()):
        yield from _item(line, (*at, "score", "items", index), own.article, own.tag)


def _item(spec: ItemSpec, at: Path, article: str | None, tag: str) -> Iterator[Statement]:
    own = Statement(at, spec, spec.article or article, spec.tag or tag)
    yield own
    for key, lines in spec.inside:
        for index, line in enumerate(lines):
            yield from _item(line, (*at, key, index), own.article, own.tag)


def texts(version: VersionSpec) -> Iterator[str]:
    """Yield every expression of a version, those of its amount included."""
    for statement in statements(version, ()):
        yield from (text for _, text, _ in statement.expressions())
    if version.amount is not None:
        yield from (text for _, text, _ in version.amount.expressions())
