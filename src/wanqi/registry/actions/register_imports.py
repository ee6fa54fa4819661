"""Writers of tables of recognitions, nominations and carriers: holders found by code or name, rows by what they say."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from wanqi.core.access import Actor
from wanqi.core.actions import changes_between, correct_row, create_row, withdraw_row
from wanqi.core.errors import RowInvalid, WanqiError
from wanqi.core.models import Area, Owned

from .. import codes
from ..cells import Reader, Reason, term_reader, text_reader
from ..deciding import OTHERS, OUT_OF_PLACE, Decisions, Place, as_json
from ..importing import Candidate, Reading, Skipped, Target, usual_reader
from ..models import ImportBatch, ImportChange, Nomination, NominationStep, Organisation
from ..models.recognitions import Stage
from ..programmes import granted_in
from .import_rows import CORRECTED, CREATED, copy_in, may_undo
from .nominations import move_nomination, next_stages

CHANGE = ("batch_id", "line", "target_kind", "target_id", "verb", "before", "version_after")
STEP = ("stage", "stage_on")
Values = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """How one register takes imported lines.

    filled: a new row's values with what its 事项 says; clean: values as they are stored, or RowInvalid;
    key: what makes two lines the same row; words: field → term of the vocabulary → stored code;
    name: the field that names the row; holder: the one with the printed name of the organisation.
    """

    model: type[Owned]
    filled: Callable[[str, Mapping[str, Any]], Values]
    clean: Callable[[str, Mapping[str, Any]], Values]
    key: Callable[[Mapping[str, Any]], Hashable]
    name: str
    holder: str
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class Planned:
    """What one line does: a new row, or changes of a standing one; shown in the preview, then written."""

    row: Owned
    values: Values

    @property
    def pk(self) -> Any:
        return self.row.pk

    def __str__(self) -> str:
        return str(self.row)

    def told(self) -> list[dict[str, str]]:
        """Return the changes as the trail shows them."""
        blank = self.row if self.row.pk else type(self.row)(region_id=self.row.region_id)
        return [change for change in changes_between(blank, self.values) if change["new"] != "—"]


class Holders:
    """Finds the organisations that lines name, by code first, then by a whole present or former name."""

    def __init__(self, region: str, lines: Iterable[Mapping[str, Any]], *, name: str) -> None:
        wanted = list(lines)
        known = {codes.normalise(str(one["credit_code"])) for one in wanted if one.get("credit_code")}
        names = {one[name] for one in wanted if one.get(name)}
        rows = Organisation.objects.filter(region_id=region, withdrawn_at__isnull=True).select_related("area")
        self._by_code = {row.credit_code: row for row in rows.filter(credit_code__in=known)}
        self._by_name: dict[str, list[Organisation]] = {}
        for row in rows.filter(models.Q(name__in=names) | models.Q(former_names__overlap=list(names))):
            for one in {row.name, *row.former_names} & names:
                self._by_name.setdefault(one, []).append(row)
        self._name = name

    def of(self, line: Mapping[str, Any]) -> Organisation | None:
        """Return the organisation; None where none or several fit, so that the printed name stands alone."""
        code = codes.normalise(str(line.get("credit_code") or ""))
        if code in self._by_code:
            return self._by_code[code]
        found = self._by_name.get(line.get(self._name, ""), [])
        return found[0] if len(found) == 1 else None


class RegisterJudge:
    """Decides chunk after chunk of one file; see `importing.Deciding`."""

    def __init__(self, kept: Kept, target: Target, reading: Reading, *, place: Place, actor: Actor) -> None:
        self._kept, self._target, self._reading = kept, target, reading
        self._place, self._actor = place, actor
        self._taken: dict[Hashable, int] = {}

    def pass_over(self, rows: Sequence[Candidate | Skipped]) -> None:
        """Take note of rows that an earlier run has dealt with."""
        for line, values in self._read(rows):
            self._taken.setdefault(self._kept.key(values), line.line)

    def forget(self, rows: Sequence[Candidate | Skipped]) -> None:
        """Give up the keys taken by rows whose transaction failed."""
        lines = {row.line for row in rows}
        self._taken = {key: line for key, line in self._taken.items() if line not in lines}

    def decide(self, rows: Sequence[Candidate | Skipped], *, lock: bool) -> Decisions:
        """Return what becomes of the rows. lock: hold the register rows concerned until the transaction ends."""
        decisions = Decisions()
        read = {line.line: values for line, values in self._read(rows)}
        existing = self._existing(read.values(), lock=lock)
        for row in rows:
            if isinstance(row, Skipped):
                decisions.skipped.append(row)
            elif row.problems:
                decisions.rejected.append(row)
            else:
                self._decide_one(row, read[row.line], existing, decisions)
        return decisions

    def _read(self, rows: Sequence[Candidate | Skipped]) -> list[tuple[Candidate, Values]]:
        """Return the sound lines with their values as the register holds them; the others are refused at the line."""
        fresh = [row for row in rows if isinstance(row, Candidate) and not row.problems]
        region = self._target.region
        holders = Holders(region, [row.values for row in fresh], name=self._kept.holder)
        areas = Area.objects.in_bulk([row.values["area"] for row in fresh if "area" in row.values])
        read = []
        for row in fresh:
            values = {
                name: self._kept.words.get(name, {}).get(value, value) for name, value in row.values.items()
            }
            values["organisation"] = holders.of(row.values)
            values.pop("credit_code", None)
            if "area" in values:
                values["area"] = areas.get(values["area"])
            try:
                read.append((row, self._kept.clean(region, self._kept.filled(region, values))))
            except RowInvalid as refused:
                self._refuse_all(row, refused.fields)
        return read

    def _existing(self, lines: Iterable[Values], *, lock: bool) -> dict[Hashable, Owned]:
        names = {values[self._kept.name] for values in lines if values.get(self._kept.name)}
        owners = {values["organisation"].pk for values in lines if values.get("organisation")}
        near = models.Q(**{f"{self._kept.name}__in": names})
        if self._kept.name == self._kept.holder:
            near |= models.Q(organisation__in=owners)
        rows: Any = self._kept.model._default_manager.filter(
            near, region=self._target.region, withdrawn_at__isnull=True
        )
        rows = rows.select_related("organisation").order_by("pk")
        if lock:
            rows = rows.select_for_update(of=("self",))
        return {self._kept.key(_as_values(row)): row for row in rows}

    def _decide_one(
        self, found: Candidate, values: Values, existing: Mapping[Hashable, Owned], decisions: Decisions
    ) -> None:
        key = self._kept.key(values)
        first = self._taken.get(key)
        # A line whose organisation came into the register later is still the line of the printed name.
        row = existing.get(key) or existing.get(self._kept.key({**values, "organisation": None}))
        if first is not None:
            said = f"第{found.line}行与第{first}行是同一条，已采用第{first}行"
            self._refuse(
                found, self._kept.name, Reason(said, f"如应以第{found.line}行为准，请删去第{first}行。")
            )
        elif row is None:
            self._create(found, values, decisions)
        else:
            self._correct(found, values, row, decisions)
        if found.problems:
            decisions.rejected.append(found)
        else:
            self._taken[key] = found.line

    def _create(self, found: Candidate, values: Values, decisions: Decisions) -> None:
        place = self._place
        values = {"source": place.source, **values}
        row = self._kept.model(
            region_id=self._target.region,
            is_demonstration=place.is_demonstration,
            office_id=place.office,
            unit_id=place.unit,
            **values,
        )
        if not self._may("create", row):
            self._refuse(found, self._kept.name, OUT_OF_PLACE)
        elif self._sound(found, row):
            decisions.created.append((found.line, Planned(row, values)))  # type: ignore[arg-type]

    def _correct(self, found: Candidate, values: Values, row: Owned, decisions: Decisions) -> None:
        # Only what the file says: what the 事项 or the organisation filled in is no correction.
        said = {
            name: value
            for name, value in values.items()
            if name in found.values and getattr(row, name) != value
        }
        if values.get("organisation") is not None and getattr(row, "organisation_id", None) is None:
            said["organisation"] = values["organisation"]
        if isinstance(row, Nomination):
            self._check_stage(found, row, said)
        if found.problems or not said:
            if not found.problems:
                decisions.unchanged.append(found.line)
            return
        if not self._may("correct", row):
            self._refuse(found, self._kept.name, OTHERS)
            return
        before = {name: _kept_value(row, name) for name in said}
        decisions.corrected.append((found.line, Planned(row, said), before))  # type: ignore[arg-type]

    def _check_stage(self, found: Candidate, row: Nomination, said: Values) -> None:
        stage = said.get("stage")
        if stage is None:
            said.pop("stage_on", None)  # the day of a stage is put right by a person
        elif Stage(stage) not in next_stages(row.stage):
            message = f"台账中已是“{row.stage}”，表中写“{stage}”"
            self._refuse(
                found, "stage", Reason(message, "阶段不能由导入退回，请在台账中用“退回”或“更正阶段”。")
            )
        elif not said.get("stage_on"):
            self._refuse(found, "stage_on", Reason("阶段有变化，却没有日期", "请填写到达该阶段的日期。"))

    def _sound(self, found: Candidate, row: Owned) -> bool:
        try:
            row.full_clean(exclude={"created_by"})
        except ValidationError as error:
            self._refuse_all(found, error.message_dict)
        return not found.problems

    def _may(self, verb: str, row: Owned) -> bool:
        return all(
            self._actor.may_place(
                row.resource,
                one,
                region=row.region_id,
                office=row.office_id,
                area=getattr(row, "area_id", None),
                unit=row.unit_id,
            )
            for one in (verb, "import")
        )

    def _refuse_all(self, found: Candidate, fields: Mapping[str, Sequence[str]]) -> None:
        for name, messages in fields.items():
            place = name if name in self._target.kind.fields else self._kept.name
            for message in messages:
                self._refuse(found, place, Reason(message.rstrip("。"), "请改正后重新导入。"))

    def _refuse(self, found: Candidate, name: str, reason: Reason) -> None:
        found.problems.append(self._reading.problem(name, self._reading.typed(found, name), reason))


def _as_values(row: Any) -> Values:
    names = (
        *("programme", "batch", "holder_kind", "holder_name", "granted_on", "kind", "level", "name"),
        "organisation",
    )
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


def _kept_value(row: Owned, name: str) -> Any:
    value = getattr(row, name)
    return value.pk if isinstance(value, models.Model) else as_json(value)


@dataclass(frozen=True)
class RegisterWriter:
    """How lines become rows of one register; see `importing.Writer`."""

    kept: Kept

    def reader(self, target: Target, name: str, title: str) -> Reader:
        """Return the reader of a field: a 事项 by its title or id, a code as text, all else as usual."""
        if name == "programme":
            known = granted_in(target.region)
            titles = {one.title: id for id, one in known.items()}
            values = target.profile.values.get(name, {})
            meant = {written: known[id].title for written, id in values.items() if id in known}
            meanings = {**{id: one.title for id, one in known.items()}, **meant}
            return term_reader(titles, meanings=meanings, what="本地区的事项")
        if name == "credit_code":
            return text_reader(longest=40, key=False)
        return usual_reader(target, name)

    def judge(
        self, target: Target, reading: Reading, *, place: Place, actor: Actor, said: str
    ) -> RegisterJudge:
        """Return who decides about the lines."""
        return RegisterJudge(self.kept, target, reading, place=place, actor=actor)

    def told(self, row: Any) -> list[dict[str, str]]:
        """Return what a line changes, as the preview shows it."""
        planned: Planned = row
        return planned.told()

    def apply(
        self, batch: ImportBatch, decisions: Decisions, *, target: Target, place: Place, actor: Actor
    ) -> None:
        """Write a chunk row by row, each with its audit row, as a person would have."""
        reason = f"导入第{batch.pk}批"
        done: list[tuple[int, Owned, str, Values]] = []
        for line, planned in decisions.created:
            row = create_row(planned.row, actor=actor, reason=reason, verb="导入登记")  # type: ignore[attr-defined]
            if isinstance(row, Nomination) and row.stage_on:
                NominationStep.objects.create(
                    nomination=row, stage=row.stage, on=row.stage_on, note=reason, recorded_by=actor.user
                )
            done.append((line, row, CREATED, {}))
        for line, planned, before in decisions.corrected:
            row = _corrected(planned.row, planned.values, actor=actor, reason=reason)  # type: ignore[attr-defined]
            done.append((line, row, CORRECTED, before))
        copy_in(
            ImportChange,
            CHANGE,
            (
                (batch.pk, line, row._meta.label_lower, row.pk, verb, before, row.version)
                for line, row, verb, before in done
            ),
        )

    def take_back(
        self, applied: Sequence[ImportChange], *, actor: Actor, reason: str, region: str
    ) -> tuple[list[int], list[int]]:
        """Undo changes one by one; a row that was changed since is kept as it is."""
        withdrawn, restored = [], []
        rows = self.kept.model._default_manager.filter(pk__in=[one.target_id for one in applied]).in_bulk()
        for one in applied:
            row = rows.get(one.target_id)
            if row is None or not may_undo(row, one, actor=actor):
                continue
            try:
                if one.verb == CREATED:
                    withdraw_row(row, actor=actor, reason=reason, verb="撤销导入")
                    withdrawn.append(one.pk)
                else:
                    _put_back(row, one.before, actor=actor, reason=reason)
                    restored.append(one.pk)
            except WanqiError:
                continue  # kept, and counted as such: its values would break a rule of the register now
        return withdrawn, restored


def _corrected(row: Owned, values: Values, *, actor: Actor, reason: str) -> Owned:
    rest = {name: value for name, value in values.items() if name not in STEP}
    if rest:
        row = correct_row(row, rest, actor=actor, reason=reason, verb="导入更正")
    if isinstance(row, Nomination) and "stage" in values:
        why = values.get("reason") or reason
        row = move_nomination(
            row, to=values["stage"], on=values["stage_on"], actor=actor, note=reason, reason=why
        )
    return row


def _put_back(row: Owned, before: Mapping[str, Any], *, actor: Actor, reason: str) -> None:
    values: Values = {}
    for name, kept in before.items():
        field: Any = row._meta.get_field(name)
        if field.is_relation and name == field.name:
            values[name] = field.related_model._default_manager.filter(pk=kept).first()
        else:
            values[name] = None if kept is None else field.to_python(kept)
    if isinstance(row, Nomination) and "stage" in before:
        if row.stage_on is not None:
            row.steps.filter(stage=row.stage, on=row.stage_on).delete()
        values["recognition"] = None
    correct_row(row, values, actor=actor, reason=reason, verb="撤销导入")
