"""What a package of evidence can be asked for: a signed report, a draft, or one indicator of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowMissing
from wanqi.core.packs import current_pack
from wanqi.indicators.errors import IndicatorMissing
from wanqi.indicators.evaluate import Figure, read_period
from wanqi.indicators.evaluation import evaluation_of

from ..access import get_draft
from ..archives.inputs import compiled_from, ground_of
from ..archives.keeping import contents_of, get_archive
from ..archives.sheets import table_from
from ..compile import Compiled, compose_report, printed_in
from .gathering import Gathered, gather

TITLE = "佐证材料包"


@dataclass(frozen=True, slots=True)
class Subject:
    """One of three: `archive`, `draft` (ids), or `indicator` with `period` in `region`."""

    region: str
    archive: int | None = None
    draft: int | None = None
    indicator: str = ""
    period: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """The subject as a package keeps it."""
        given = {"region": self.region, "archive": self.archive, "draft": self.draft}
        return {**given, "indicator": self.indicator, "period": self.period}


def subject_from(data: dict[str, Any]) -> Subject:
    """Return the subject that a package keeps."""
    return Subject(**data)


def gathered_of(subject: Subject, *, actor: Actor) -> tuple[str, Gathered]:
    """Return the title and the contents of a package, as far as the actor may take them.

    A signed report or table is gathered as it was signed: its figures, and its rows as they stood then.
    Raises RowMissing, AccessRefused, PeriodRefused.
    """
    if subject.archive is not None:
        return _signed(subject.archive, actor)
    if subject.draft is not None:
        return _drafted(subject.draft, actor)
    return _indicator(subject, actor)


def _signed(pk: int, actor: Actor) -> tuple[str, Gathered]:
    archive = get_archive(actor, pk, to="export")
    contents = contents_of(archive, wanted=lambda path: path.startswith("inputs/"))
    ground = ground_of(contents)
    locked = datetime.fromisoformat(str(contents.head["locked_at"]))
    figures = (
        list(table_from(ground).figures.values()) if archive.is_table else _printed(compiled_from(ground))
    )
    gathered = gather(figures, ground.evaluation, pack=ground.pack, actor=actor, recorded=locked)
    return f"{archive.title}{TITLE}", gathered


def _drafted(pk: int, actor: Actor) -> tuple[str, Gathered]:
    draft = get_draft(actor, pk, to="export")
    pack = current_pack(draft.region_id)
    evaluation = evaluation_of(draft.region_id)
    compiled = compose_report(
        draft.region_id, draft.period, report=draft.report, draft=draft, evaluation=evaluation
    )
    gathered = gather(_printed(compiled), evaluation, pack=pack, actor=actor)
    return f"{compiled.title}（{draft.get_state_display()}）{TITLE}", gathered


def _printed(compiled: Compiled) -> list[Figure]:
    """Return the figures that the text prints, in its order."""
    return [compiled.figures[id] for id in printed_in(compiled.sections) if id in compiled.figures]


def _indicator(subject: Subject, actor: Actor) -> tuple[str, Gathered]:
    require(actor, "indicator", "export")
    pack = current_pack(subject.region)
    evaluation = evaluation_of(subject.region)
    try:
        figure = evaluation.figure(subject.indicator, read_period(subject.period))
    except IndicatorMissing as error:
        raise RowMissing(error.cause, hint=error.hint) from None
    gathered = gather([figure], evaluation, pack=pack, actor=actor)
    return f"{pack.title}{figure.period.words}{figure.title}{TITLE}", gathered


def words_of(gathered: Gathered) -> str:
    """Return what is in a package, in a line: figures, rows, files."""
    return f"{len(gathered.bases)}项数据，{gathered.rows:,}行台账记录，{len(gathered.files)}个佐证文件"
