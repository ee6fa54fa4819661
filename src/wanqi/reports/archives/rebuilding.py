"""Making an archive of a report or of a monthly table, and either again out of its archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.packs import Pack

from ..compile import Compiled
from ..errors import NotRebuildable
from ..table import MonthlyTable
from .contents import FIGURES, SHEET, TABLE, TEXT, Contents, as_bytes
from .figures import figure_differences, figures_plain, text_differences, text_plain
from .inputs import Asked, Ground, compiled_from, evaluated_parts, ground_of, input_parts, is_table
from .plain import to_plain
from .program import program, same_program
from .rendering import rendered
from .sheets import rendered_table, table_differences, table_from, table_plain


def archived(
    compiled: Compiled,
    evaluation: Evaluation,
    *,
    pack: Pack,
    sources: Mapping[str, bytes],
    made: datetime,
    head: Mapping[str, Any],
) -> Contents:
    """Return the archive of a report: its inputs, figures, text and files. The files are made from the archive itself.

    evaluation: the one that made it, over `Kept` tables. head: what the manifest says besides; made: with a time zone.
    Raises NotRebuildable where the report does not come out of what was kept exactly as it is.
    """
    parts = input_parts(compiled, evaluation, pack=pack, sources=sources, made=made)
    own = {
        "region": compiled.region,
        "region_title": compiled.region_title,
        "report": compiled.spec.id,
        "title": compiled.title,
        "period": compiled.period.id,
        "period_words": compiled.period.words,
        "as_of": compiled.as_of.isoformat(),
        "made": made.isoformat(),
        "demonstration": compiled.is_demonstration,
        "program": dict(program()),
        **head,
    }
    return _made_again(own, parts, figures_plain(compiled.figures), text_plain(compiled))


def archived_table(
    table: MonthlyTable,
    evaluation: Evaluation,
    *,
    pack: Pack,
    sources: Mapping[str, bytes],
    as_of: date,
    made: datetime,
    head: Mapping[str, Any],
) -> Contents:
    """Return the archive of a monthly table: its inputs, figures, cells and workbook, made from the archive itself.

    as_of: the last day that counted in it. The rest as for `archived`. Raises NotRebuildable.
    """
    asked = Asked({one.id: None for one in table.figures.values()}, table.period, as_of, made)
    parts = {SHEET: as_bytes(to_plain(table.sheet))}
    parts |= evaluated_parts(asked, evaluation, pack=pack, sources=sources)
    own = {
        "kind": TABLE,
        "region": table.region,
        "region_title": table.region_title,
        "report": table.sheet.id,
        "title": table.full_title,
        "period": table.period.id,
        "period_words": table.period.words,
        "as_of": as_of.isoformat(),
        "made": made.isoformat(),
        "demonstration": table.is_demonstration,
        "program": dict(program()),
        **head,
    }
    return _made_again(own, parts, figures_plain(table.figures), table_plain(table))


def _made_again(
    head: Mapping[str, Any], parts: dict[str, bytes], figures: list[dict[str, Any]], text: dict[str, Any]
) -> Contents:
    """Return inputs with what comes out of them alone. Raises NotRebuildable where that is not what was made."""
    contents = Contents(head, parts)
    again = _again(contents, ground_of(contents))
    wrong = again.differences(figures, text)
    if wrong:
        raise NotRebuildable(wrong)
    return Contents(head, {**parts, FIGURES: as_bytes(figures), TEXT: as_bytes(text), **again.files})


@dataclass(frozen=True, slots=True)
class _Again:
    """What came out of an archive's inputs."""

    figures: list[dict[str, Any]]
    text: dict[str, Any]
    files: Mapping[str, bytes]
    is_table: bool

    def differences(self, figures: list[dict[str, Any]], text: dict[str, Any]) -> list[str]:
        """Return what is not as given, one sentence each."""
        of_text = table_differences if self.is_table else text_differences
        return [*figure_differences(figures, self.figures), *of_text(text, self.text)]


def _again(contents: Contents, ground: Ground) -> _Again:
    if is_table(contents):
        table = table_from(ground)
        files = rendered_table(table, made=ground.made)
        return _Again(figures_plain(table.figures), table_plain(table), files, is_table=True)
    compiled = compiled_from(ground)
    files = rendered(compiled, made=ground.made)
    return _Again(figures_plain(compiled.figures), text_plain(compiled), files, is_table=False)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A report or table made again from its archive.

    files: path → bytes; equal: path → whether they are the bytes that were signed; differences: of figures and text,
    one sentence each; same_program: whether equal bytes are promised at all.
    """

    contents: Contents
    files: Mapping[str, bytes]
    equal: Mapping[str, bool]
    differences: tuple[str, ...]
    same_program: bool

    @property
    def sound(self) -> bool:
        """True when figures and text are those that were signed, and the bytes too where that is promised."""
        return not self.differences and (not self.same_program or all(self.equal.values()))


def rebuild(contents: Contents) -> Rebuilt:
    """Return what an archive holds computed and written again from it alone, laid beside what was signed.

    Raises ArchiveUnreadable where a part is not at hand, PacksRefused where this program no longer reads its pack.
    """
    again = _again(contents, ground_of(contents))
    return Rebuilt(
        contents=contents,
        files=again.files,
        equal={path: contents.parts.get(path) == content for path, content in again.files.items()},
        differences=tuple(again.differences(contents.json(FIGURES), contents.json(TEXT))),
        same_program=same_program(contents.head["program"], program()),
    )
