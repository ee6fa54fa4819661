"""数据修订说明: a signed report laid beside what is known now; per figure old, new, why; per sentence both wordings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Model

from wanqi import packs
from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.core.row_sources import registered, source_of
from wanqi.indicators.evaluate import Figure, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluation import evaluation_of
from wanqi.indicators.models import Observation, Ranking
from wanqi.packs import IndicatorSpec, Pack

from ..changes import acts_since, counted_fields, told
from ..compile import compose_report
from ..models import Archive
from ..table import composed_table
from .contents import EVALUATION, FIGURES, PACKS, ROWS, SHEET, TEMPLATE, TEXT, Contents
from .figures import text_plain
from .inputs import sheet_from, template_of
from .keeping import contents_of
from .revised import RevisedCause, RevisedFigure, RevisedSentence, printed_in, sentences_between
from .sheets import cells_of, table_plain, words_between
from .tables import rows_of

SHOWN = 5  # causes told in full; more are counted
HIDDEN = "{count}条记录有改动，您的角色不能查看明细"
_OBSERVED = {"observations": Observation, "rankings": Ranking}


@dataclass(frozen=True, slots=True)
class Restatement:
    """A signed report and today's figures. figures: those that read differently, in the report's order.

    beneath: those that read the same over other rows. signed: the unit that signs it.
    """

    archive: Archive
    at: datetime
    figures: tuple[RevisedFigure, ...]
    beneath: tuple[RevisedFigure, ...]
    sentences: tuple[RevisedSentence, ...]
    is_demonstration: bool
    signed: str

    @property
    def unchanged(self) -> bool:
        """True when every figure and sentence reads as it was signed."""
        return not self.figures and not self.sentences

    def sentences_of(self, figure: str) -> tuple[RevisedSentence, ...]:
        """Return the sentences in which a figure stands, or stood."""
        return tuple(one for one in self.sentences if figure in one.figures)


def restated(archive: Archive, *, at: datetime, reader: Actor | None = None) -> Restatement:
    """Return what has become of a signed report or table: the same template, or sheet, over what is known now.

    at: now, as it is printed. reader: name only rows that this actor may see.
    Raises ArchiveTampered where the database no longer holds what was signed.
    """
    kept = (FIGURES, TEXT, TEMPLATE, SHEET, EVALUATION)
    contents = contents_of(archive, wanted=lambda path: path in kept)
    pack = current_pack(archive.region_id)
    old_pack = _pack_of(archive, contents, pack)
    evaluation = evaluation_of(archive.region_id)
    # A definition that the region no longer has is still the one the signed figure was made by.
    evaluation.definitions = {**old_pack.indicators, **pack.indicators}
    now = (_table_now if archive.is_table else _report_now)(archive, contents, evaluation)
    revised = _in_order(_Laid(archive, contents, pack, old_pack), contents.json(FIGURES), now)
    if reader is not None:
        revised = tuple(replace(one, causes=_readable(one.causes, reader)) for one in revised)
    return Restatement(
        archive=archive,
        at=at,
        figures=tuple(one for one in revised if one.moved),
        beneath=tuple(one for one in revised if not one.moved),
        sentences=now.sentences,
        is_demonstration=archive.is_demonstration or now.is_demonstration,
        signed=now.signed or _bureau(pack),
    )


def _bureau(pack: Pack) -> str:
    return pack.spec.bureau.name if pack.spec.bureau is not None else pack.title


@dataclass(frozen=True, slots=True)
class _Now:
    """What is known today. figures: by id and signed period; places: where each of them was printed, in words."""

    figures: Mapping[tuple[str, str], Figure]
    places: Mapping[tuple[str, str], str]
    sentences: tuple[RevisedSentence, ...]
    is_demonstration: bool
    signed: str = ""


def _report_now(archive: Archive, contents: Contents, evaluation: Evaluation) -> _Now:
    spec = template_of(contents)
    compiled = compose_report(
        archive.region_id, archive.period, as_of=archive.as_of, spec=spec, evaluation=evaluation
    )
    text = contents.json(TEXT)
    periods = {one["id"]: one["period"] for one in contents.json(FIGURES)}
    return _Now(
        figures={(id, periods[id]): one for id, one in compiled.figures.items() if id in periods},
        places={(id, periods[id]): "正文" for id in printed_in(text) if id in periods},
        sentences=sentences_between(text, text_plain(compiled)),
        is_demonstration=compiled.is_demonstration,
        signed=spec.signed,
    )


def _table_now(archive: Archive, contents: Contents, evaluation: Evaluation) -> _Now:
    table = composed_table(sheet_from(contents), evaluation, read_period(archive.period), archive.as_of)
    text = contents.json(TEXT)
    return _Now(
        figures={(one.id, one.period.id): one for one in table.figures.values()},
        places={key: "、".join(cells) for key, cells in cells_of(text).items()},
        sentences=words_between(text, table_plain(table)),
        is_demonstration=table.is_demonstration,
    )


def _pack_of(archive: Archive, contents: Contents, pack: Pack) -> Pack:
    """Return the pack a report was signed with; the one in force where its files are the same."""
    listed = {
        path.removeprefix(PACKS): digest
        for path, (digest, _) in contents.withheld.items()
        if path.startswith(PACKS)
    }
    if listed == dict(pack.files):
        return pack
    files = contents_of(archive, wanted=lambda path: path.startswith(PACKS)).parts
    sources = {path.removeprefix(PACKS): content for path, content in files.items()}
    return packs.resolve(sources, archive.region_id, checked=False)


def _in_order(laid: _Laid, before: Iterable[Mapping[str, Any]], now: _Now) -> tuple[RevisedFigure, ...]:
    """Return the figures that changed, in the order of the report."""
    found = []
    for old in before:
        key = (old["id"], old["period"])
        new = now.figures.get(key)
        if new is None:
            continue
        causes = laid.causes(old, new)
        if old["display"] == new.display and not any(one.record for one in causes):
            continue
        found.append(
            RevisedFigure(
                id=new.id,
                title=new.title,
                period=new.period.words,
                before=old["display"],
                after=new.display,
                causes=causes,
                printed=key in now.places,
                place=now.places.get(key, "") if laid.archive.is_table else "",
                period_id=new.period.id,
            )
        )
    return tuple(found)


class _Laid:
    """One archive beside the evaluation of now: why each figure differs."""

    def __init__(self, archive: Archive, contents: Contents, pack: Pack, old_pack: Pack) -> None:
        self.archive, self.pack, self.old_pack = archive, pack, old_pack
        self._said = json.loads(contents.part(EVALUATION))["evaluation"]
        self._trail = int(contents.head["trail"])
        self._rows: dict[str, dict[str, dict[str, Any]]] = {}

    def causes(self, old: Mapping[str, Any], new: Figure) -> tuple[RevisedCause, ...]:
        """Return why a figure differs: rows, values and definitions of its own, else the figures it follows from."""
        own = [*self._definition(old["id"]), *self._of_rows(old, new), *self._of_values(old, new)]
        if own or old["display"] == new.display:
            return tuple(own)
        return tuple(self._followed(old, new)) or (RevisedCause("other", "程序的算法已更新，依据没有变化"),)

    def _definition(self, id: str) -> Iterator[RevisedCause]:
        one, other = (pack.items.indicators.get(id) for pack in (self.old_pack, self.pack))
        if other is None:
            yield RevisedCause("definition", "这个指标已停用，仍按签发时的口径计算")
        elif one is not None and one.digest != other.digest:
            names = "、".join(_changed_keys(one.spec, other.spec))
            yield RevisedCause("definition", f"指标定义已更新{f'（{names}）' if names else ''}")

    # --- rows -------------------------------------------------------------------------------------

    def _of_rows(self, old: Mapping[str, Any], new: Figure) -> list[RevisedCause]:
        kind = new.record_kind or old["kind"]
        if not kind or kind not in registered():
            return []
        ids = self._touched(kind, old, new)
        if not ids:
            return []
        source = source_of(kind)
        acts = acts_since(source.model, ids, after=self._trail)
        rows = {str(row.pk): row for row in source.model._default_manager.filter(pk__in=ids)}
        names = frozenset(
            source.fields.get(name, name) for name in counted_fields(self.pack, self._counting(new.id))
        )
        known = self._archived(kind)
        return [
            RevisedCause(
                _row_kind(id, rows.get(id), known), told(rows.get(id), id, acts.get(id, ()), names), kind, id
            )
            for id in ids
        ]

    def _counting(self, id: str) -> str:
        return id if id in self.pack.indicators else next(iter(self.pack.indicators))

    def _touched(self, kind: str, old: Mapping[str, Any], new: Figure) -> list[str]:
        """Return the rows that count differently, or with another value, in order."""
        was = dict.fromkeys(old["records"], True) | dict.fromkeys(old["uncertain"], False)
        now = dict.fromkeys(new.records, True) | dict.fromkeys(new.uncertain, False)
        found = {id for id in was.keys() | now.keys() if was.get(id) != now.get(id)}
        spec = self.now_definition(new.id)
        field = spec.measured[1] if spec is not None and spec.measure else None
        if field is not None and old["display"] != new.display:
            found |= self._other_values(kind, field, was.keys() & now.keys())
        return sorted(found, key=lambda id: (int(id), "") if id.isdigit() else (0, id))

    def now_definition(self, id: str) -> IndicatorSpec | None:
        """Return the definition that counts under a figure."""
        spec = self.pack.indicators.get(id)
        while spec is not None and spec.nature == "derived" and spec.of is not None:
            spec = self.pack.indicators.get(spec.of)
        return spec

    def _other_values(self, kind: str, field: str, ids: Iterable[str]) -> set[str]:
        frame = source_of(kind).rows(self.archive.region_id, (field,), None)
        values = dict(zip(frame["id"], frame[field], strict=True))
        before = self._archived(kind)
        return {id for id in ids if _as_kept(values.get(id)) != before.get(id, {}).get(field)}

    def _archived(self, kind: str) -> dict[str, dict[str, Any]]:
        if kind not in self._rows:
            path = f"{ROWS}{kind}.json"
            found = contents_of(self.archive, wanted=lambda one: one == path).parts
            self._rows[kind] = rows_of(found[path]) if path in found else {}
        return self._rows[kind]

    # --- values that somebody reported or announced -------------------------------------------------

    def _of_values(self, old: Mapping[str, Any], new: Figure) -> Iterator[RevisedCause]:
        now: Mapping[str, Sequence[Any]] = {"reported": new.reported, "announced": new.announced}
        for name, kind in (("reported", "observations"), ("announced", "rankings")):
            said = {one["id"]: one for one in self._said.get(name, ())}
            before = {id: said[id] for id in old.get(name, ()) if id in said}
            after = {one.id: one for one in now[name]}
            moved = [pk for pk in sorted({*before, *after}) if _says(before.get(pk)) != _says(after.get(pk))]
            yield from self._values_told(moved, kind, before, after)

    def _values_told(
        self, ids: Sequence[str], kind: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[RevisedCause]:
        model = _OBSERVED[kind]
        acts = acts_since(model, ids, after=self._trail)
        rows = {str(row.pk): row for row in model.objects.filter(pk__in=ids)}
        fields = frozenset({"value", "bound", "period", "indicator", "rank", "tied", "source"})
        for id in ids:
            one = after.get(id)
            nature = getattr(one, "nature", None) or before.get(id, {}).get("nature", "")
            peer = getattr(one, "peer", "") or before.get(id, {}).get("peer", "")
            word = "peers" if kind == "rankings" or peer else "target" if nature == "target" else "reported"
            said = told(rows.get(id), id, acts.get(id, ()), fields, name=self._called(rows.get(id)))
            yield RevisedCause(word, said, kind, id)  # type: ignore[arg-type]

    def _called(self, row: Any) -> str:
        """Return a reported value or rank in words: its indicator and its period."""
        if row is None:
            return ""
        spec = self.pack.indicators.get(row.indicator)
        return f"{spec.title if spec else row.indicator}（{read_period(row.period).words}）"

    # --- what follows -----------------------------------------------------------------------------

    def _followed(self, old: Mapping[str, Any], new: Figure) -> Iterator[RevisedCause]:
        before = {(one["id"], one["period"]): one["display"] for one in old["inputs"]}
        for one in new.inputs:
            was = before.get((one.id, one.period.id))
            if was is not None and was != one.display:
                yield RevisedCause("follows", f"随{one.label}由{was}变为{one.display}")


def _row_kind(id: str, row: Any, known: Mapping[str, Any]) -> Any:
    if row is not None and row.withdrawn_at is not None:
        return "withdrawal"
    return "correction" if id in known else "late"


def _as_kept(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _says(value: Any) -> tuple[str, ...]:
    """Return what a reported value or an announced rank says, archived or read now."""
    if value is None:
        return ()
    names = ("value", "bound", "period", "rank", "tied")
    said = [value.get(name) if isinstance(value, Mapping) else getattr(value, name, None) for name in names]
    return tuple("" if one is None else str(one) for one in said)


_KEYS = {
    "title": "名称",
    "unit": "单位",
    "where": "计入条件",
    "measure": "计数方法",
    "date": "按哪个日期",
    "until": "停止计入的日期",
    "operator": "算法",
    "of": "所用的指标",
    "target": "目标",
    "decimals": "小数位数",
    "assumption": "口径说明",
    "records": "台账",
}


def _changed_keys(one: IndicatorSpec, other: IndicatorSpec) -> list[str]:
    before, after = one.model_dump(mode="json"), other.model_dump(mode="json")
    return [_KEYS[name] for name in _KEYS if before.get(name) != after.get(name)]


def _readable(causes: Sequence[RevisedCause], actor: Actor) -> tuple[RevisedCause, ...]:
    """Return the causes as the actor may read them: rows that may not be seen are counted, not named."""
    ids: dict[str, set[str]] = {}
    for cause in causes:
        if cause.source:
            ids.setdefault(cause.source, set()).add(cause.record)
    seen = {(kind, str(pk)) for kind, records in ids.items() for pk in _visible(kind, records, actor)}
    named = [one for one in causes if not one.source or (one.source, one.record) in seen]
    hidden = len(causes) - len(named)
    return (*named, RevisedCause("other", HIDDEN.format(count=hidden))) if hidden else tuple(named)


def _visible(kind: str, records: set[str], actor: Actor) -> Iterable[Any]:
    model: type[Model] = _OBSERVED[kind] if kind in _OBSERVED else source_of(kind).model
    resource = model.resource  # type: ignore[attr-defined]
    if not actor.can(resource, "view"):
        return ()
    rows = model._default_manager.filter(pk__in=records).filter(actor.rows_of(resource, to="view"))
    return rows.values_list("pk", flat=True)
