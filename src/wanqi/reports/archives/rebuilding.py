"""Making an archive of a report, and the report again out of its archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.packs import Pack

from ..compile import Compiled
from ..errors import NotRebuildable
from .contents import FIGURES, FORMATS, TEXT, Contents, as_bytes, output_path
from .figures import figure_differences, figures_plain, text_differences, text_plain
from .inputs import compiled_from, ground_of, input_parts
from .program import program, same_program
from .rendering import rendered


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
    again = compiled_from(ground_of(Contents(own, parts)))
    figures, text = figures_plain(compiled.figures), text_plain(compiled)
    wrong = figure_differences(figures, figures_plain(again.figures))
    wrong += text_differences(text, text_plain(again))
    if wrong:
        raise NotRebuildable(wrong)
    parts |= {FIGURES: as_bytes(figures), TEXT: as_bytes(text)}
    parts |= rendered(again, made=made)
    return Contents(own, parts)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A report made again from its archive.

    files: path → bytes; equal: path → whether they are the bytes that were signed; differences: of figures and text,
    one sentence each; same_program: whether equal bytes are promised at all.
    """

    contents: Contents
    compiled: Compiled
    files: Mapping[str, bytes]
    equal: Mapping[str, bool]
    differences: tuple[str, ...]
    same_program: bool

    @property
    def sound(self) -> bool:
        """True when figures and text are those that were signed, and the bytes too where that is promised."""
        return not self.differences and (not self.same_program or all(self.equal.values()))


def rebuild(contents: Contents) -> Rebuilt:
    """Return the report computed and written again from nothing but the archive, laid beside what was signed.

    Raises ArchiveUnreadable where a part is not at hand, PacksRefused where this program no longer reads its pack.
    """
    ground = ground_of(contents)
    compiled = compiled_from(ground)
    files = rendered(compiled, made=ground.made)
    differences = figure_differences(contents.json(FIGURES), figures_plain(compiled.figures))
    differences += text_differences(contents.json(TEXT), text_plain(compiled))
    paths = [output_path(form) for form in FORMATS]
    return Rebuilt(
        contents=contents,
        compiled=compiled,
        files=files,
        equal={path: contents.parts.get(path) == files[path] for path in paths},
        differences=tuple(differences),
        same_program=same_program(contents.head["program"], program()),
    )
