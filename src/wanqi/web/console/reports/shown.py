"""A draft as its pages show it: who is how far, whose turn it is, each paragraph with its chips and remarks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wanqi import documents
from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate import Figure, Period
from wanqi.packs import IndicatorSpec, Tag, parse_text
from wanqi.reports.access import may_compile, may_draft, may_sign, may_write
from wanqi.reports.compile import Compiled, CompiledParagraph
from wanqi.reports.drafted import template_of_draft, text_of
from wanqi.reports.models import Draft, DraftParagraph, DraftPart, Remark
from wanqi.reports.readiness import LooseFigure, Readiness
from wanqi.reports.sentences import printed
from wanqi.reports.states import STATES, TITLES
from wanqi.reports.typed import FORM_TITLES, PERIOD, written

STATE_CHIPS = {"drafting": "draft", "compiling": "waiting", "review": "waiting", "signed": "done"}
PART_CHIPS = {"drafting": "draft", "done": "done", "missing": "missing", "sent_back": "waiting"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A figure in a text to be edited; `tag` as the text holds it, `display` as it reads now."""

    tag: str
    display: str
    title: str
    is_known: bool = True


@dataclass(slots=True)
class ShownParagraph:
    """One paragraph of a page. text: with tags, as it would be edited; row is None for a draft without paragraphs.

    changes: what moved in its figures, following: what moved because others did.
    """

    runs: tuple[documents.Run, ...]
    row: DraftParagraph | None = None
    notes: tuple[str, ...] = ()
    may_write: bool = False
    text: str = ""
    remarks: list[Remark] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    following: list[dict[str, Any]] = field(default_factory=list)
    loose: list[LooseFigure] = field(default_factory=list)
    dropped: list[dict[str, str]] = field(default_factory=list)

    @property
    def from_template(self) -> bool:
        """Whether the template has words for it."""
        return self.row is not None and not self.row.code.startswith("added-")

    @property
    def pieces(self) -> Iterator[tuple[documents.Run, bool]]:
        """Yield the runs; numbers that are linked to nothing stand alone, with True."""
        spans = sorted({one.loose.span for one in self.loose})
        at = 0
        for run in self.runs:
            text = run.text if isinstance(run, documents.Text) else run.display
            if isinstance(run, documents.Text):
                cut = at
                for start, end in spans:
                    if at <= start and end <= at + len(text):
                        yield documents.Text(text[cut - at : start - at]), False
                        yield documents.Text(text[start - at : end - at]), True
                        cut = end
                yield documents.Text(text[cut - at :]), False
            else:
                yield run, False
            at += len(text)


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One office: how many paragraphs it has, how far it is, what the visitor may do with it."""

    part: DraftPart
    chip: str
    paragraphs: int
    written: int
    may_finish: bool
    may_continue: bool
    may_send_back: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One state of the way; `state` is past, here or ahead."""

    title: str
    state: str


def stages_of(draft: Draft) -> list[Stage]:
    """Return the way of a report with where this one stands."""
    here = STATES.index(draft.state)
    words = ["past" if at < here else "here" if at == here else "ahead" for at in range(len(STATES))]
    return [Stage(TITLES[state], word) for state, word in zip(STATES, words, strict=True)]


def parts_of(actor: Actor, draft: Draft) -> list[ShownPart]:
    """Return the offices of a draft in the bureau's order."""
    rows = list(draft.paragraphs.filter(withdrawn_at__isnull=True))
    found = []
    for part in draft.parts.select_related("office", "done_by").order_by("office__position", "id"):
        own = [row for row in rows if (row.office_id or draft.office_id) == part.office_id]
        mine = may_draft(actor, draft, part.office_id)
        found.append(
            ShownPart(
                part=part,
                chip=PART_CHIPS[part.state],
                paragraphs=len(own),
                written=sum(row.is_written for row in own),
                may_finish=mine and part.is_open and draft.state in ("drafting", "compiling"),
                may_continue=mine and part.state == "done" and draft.state == "drafting",
                may_send_back=may_compile(actor, draft)
                and draft.state == "compiling"
                and part.state != "sent_back",
            )
        )
    return found


def paragraphs_of(
    actor: Actor, draft: Draft, compiled: Compiled, ready: Readiness | None = None
) -> dict[str, ShownParagraph]:
    """Return the draft's paragraphs by their code, with what the visitor may do with each."""
    rows = {
        row.code: row
        for row in draft.paragraphs.filter(withdrawn_at__isnull=True).select_related("office", "author")
    }
    parts = {part.office_id: part for part in draft.parts.all()}
    remarks: dict[int, list[Remark]] = {}
    for remark in Remark.objects.filter(draft=draft).current().order_by("id"):
        remarks.setdefault(remark.paragraph_id, []).append(remark)
    template = {one.id: one for section in template_of_draft(draft).sections for one in section.paragraphs}
    reasons = {one.clause: one.reason for one in compiled.dropped}
    found = {}
    for section in compiled.sections:
        for one in section.paragraphs:
            row = rows.get(one.id)
            part = parts.get(row.office_id or draft.office_id) if row else None
            begun = template.get(one.id)
            clauses = begun.clauses if begun else ()
            found[one.id] = ShownParagraph(
                runs=one.runs,
                row=row,
                notes=tuple(getattr(one, "notes", ())),
                may_write=row is not None and may_write(actor, draft, row.office_id, part),
                text=edited_text(row, one, draft, begun),
                remarks=remarks.get(row.pk, []) if row else [],
                loose=[each for each in ready.loose if row and each.paragraph == row.pk] if ready else [],
                dropped=[
                    {"text": clause.text, "reason": reasons[clause.id]}
                    for clause in clauses
                    if clause.id in reasons and not (row and row.is_written)
                ],
            )
    return found


def edited_text(row: DraftParagraph | None, one: CompiledParagraph, draft: Draft, begun: Any) -> str:
    """Return the words of a paragraph as they would be edited: as written, or the clauses that are printed now."""
    if row is not None and row.is_written:
        return row.text
    if begun is None:
        return ""
    return text_of((clause for clause in begun.clauses if clause.id in one.clauses), begun.ending)


def chips_of(
    text: str, figures: Mapping[str, Figure], indicators: Mapping[str, IndicatorSpec], period: Period
) -> list[Chip]:
    """Return the figures of a text, each tag once."""
    tags = dict.fromkeys(part for part in parse_text(text) if isinstance(part, Tag))
    return [chip_of(tag, figures, indicators, period) for tag in tags]


def chip_of(
    tag: Tag, figures: Mapping[str, Figure], indicators: Mapping[str, IndicatorSpec], period: Period
) -> Chip:
    """Return one figure as a chip; without a value it says so."""
    if tag.figure == PERIOD:
        return Chip(written(tag), period.months, "时期")
    spec = indicators.get(tag.figure)
    if spec is None:
        return Chip(written(tag), f"{tag.figure}（已停用）", "指标已停用", is_known=False)
    title = spec.title if tag.form == "value" else f"{spec.title}（{FORM_TITLES[tag.form]}）"
    if tag.form == "title":
        return Chip(written(tag), spec.title, title)
    if tag.form == "unit":
        return Chip(written(tag), spec.unit, title)
    figure = figures.get(tag.figure)
    if figure is None or not figure.known:
        reason = figure.reason if figure is not None and figure.reason else "没有数据"
        return Chip(written(tag), "无数据", f"{title}：{reason}", is_known=False)
    return Chip(written(tag), printed(figure, tag.form).display or "（空）", title)


def titles_of(region: str, tags: Iterable[Tag]) -> dict[str, dict[str, Any]]:
    """Return figures as a template's editor shows them: by their titles, since a template has no period."""
    indicators = current_pack(region).indicators
    found = {}
    for tag in tags:
        spec = indicators.get(tag.figure)
        title = "时期" if tag.figure == PERIOD else spec.title if spec else f"{tag.figure}（已停用）"
        form = "" if tag.form == "value" else f"·{FORM_TITLES[tag.form]}"
        found[written(tag)] = {
            "display": f"{title}{form}",
            "title": title,
            "known": spec is not None or tag.figure == PERIOD,
        }
    return found


@dataclass(frozen=True, slots=True)
class Turn:
    """What the visitor may do with the draft as a whole."""

    write: bool
    collect: bool
    submit: bool
    take_back: bool
    send_back: bool
    sign: bool
    compile: bool
    withdraw: bool
    remark: bool
    start: bool


def turn_of(actor: Actor, draft: Draft, paragraphs: Mapping[str, ShownParagraph]) -> Turn:
    """Return what the visitor may do now."""
    heads, leads = may_compile(actor, draft), may_sign(actor, draft)
    has_rows = any(one.row is not None for one in paragraphs.values())
    alive = draft.withdrawn_at is None
    return Turn(
        write=any(one.may_write for one in paragraphs.values()),
        collect=alive and has_rows and heads and draft.state == "drafting",
        submit=alive and heads and draft.state == "compiling",
        take_back=alive and heads and draft.state == "review",
        send_back=alive and leads and draft.state == "review",
        sign=alive and leads and draft.state == "review",
        compile=alive and heads and draft.state in ("drafting", "compiling"),
        withdraw=alive and heads and not draft.is_signed,
        remark=alive and not draft.is_signed and actor.can("remark", "create"),
        start=alive and not has_rows and not draft.is_signed and may_draft(actor, draft, draft.office_id),
    )


def indicators_of(draft: Draft) -> Mapping[str, IndicatorSpec]:
    """Return the indicators of the draft's region."""
    return current_pack(draft.region_id).indicators
