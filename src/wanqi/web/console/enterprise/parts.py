"""What the registers hold about one enterprise: one part each, read straight from their models, for page and export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from wanqi.core.access import Actor
from wanqi.packs import Pack
from wanqi.projects.models import Project
from wanqi.registry.facts.records import in_words
from wanqi.registry.models import (
    Activity,
    Carrier,
    Engagement,
    ListingPlan,
    Nomination,
    Organisation,
    Patent,
    PledgeLoan,
    Problem,
    Recognition,
    RecordCoverage,
    RecordRow,
    Trademark,
)
from wanqi.registry.validity import Status, status_of

MOST = 50  # rows of one part on the page; the export has all


@dataclass(frozen=True)
class Seen:
    """From where rows are looked at."""

    pack: Pack
    on: date

    def programme(self, id: str) -> str:
        """Return what a 事项 is called."""
        file = self.pack.programme_files.get(id)
        if file is not None:
            return file.programme.title
        return self.pack.titles[id].title if id in self.pack.titles else id

    def kind(self, id: str) -> str:
        """Return what a kind of records is called."""
        return self.pack.records[id].title if id in self.pack.records else id


Column = tuple[str, Callable[[Any, Seen], Any]]


@dataclass(frozen=True)
class Part:
    """One register's rows of an enterprise. register: its name in addresses; empty: what to say without rows.

    columns: title → plain value (date, Decimal, text, None), the first one naming the row.
    """

    key: str
    title: str
    register: str
    model: type[Model]
    order: tuple[str, ...]
    columns: tuple[Column, ...]
    empty: str
    related: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """The rows' name in the table of permissions."""
        return str(self.model.resource)  # type: ignore[attr-defined]

    def rows(self, organisation: Organisation, actor: Actor, *, to: str = "view") -> Any:
        """Return the rows in force that the actor may see or take out."""
        rows = self.model._default_manager.visible_to(actor, to=to).current()  # type: ignore[attr-defined]
        found = rows.filter(organisation=organisation).select_related(*self.related, "evidence")
        return found.defer("evidence__content").order_by(*self.order)


def _field(name: str) -> Callable[[Any, Seen], Any]:
    return lambda row, seen: getattr(row, name)


def _choice(name: str) -> Callable[[Any, Seen], Any]:
    return lambda row, seen: getattr(row, f"get_{name}_display")()


def _holds(row: Recognition, seen: Seen) -> str:
    """Return how a title stands, in the words of the page: 持有, 将于某日到期, 已过期, 已撤销."""
    status = status_of(row, seen.on)
    if status is Status.SOON and row.valid_until:
        return f"将于{row.valid_until.isoformat()}到期"
    return "持有" if status is Status.VALID else str(status)


def _patent_state(row: Patent, seen: Seen) -> str:
    if row.ended_on:
        return "已失效"
    return "已授权" if row.granted_on else "申请中"


def _problem_owner(row: Problem, seen: Seen) -> str | None:
    owner = row.assigned_office or row.assigned_unit
    return owner.name if owner else None


def _content(row: RecordRow, seen: Seen) -> str:
    kind = seen.pack.records.get(row.kind)
    if kind is None:
        return ""
    return "；".join(
        f"{spec.title}：{in_words(kind, name, row.values[name])}"
        for name, spec in kind.fields.items()
        if name in row.values and name != kind.label
    )


PARTS: tuple[Part, ...] = (
    Part(
        "titles",
        "称号和资格",
        "recognitions",
        Recognition,
        ("-granted_on", "-pk"),
        (
            ("事项", lambda row, seen: seen.programme(row.programme)),
            ("状态", _holds),
            ("级别", _choice("level")),
            ("类别", _choice("kind")),
            ("认定日期", _field("granted_on")),
            ("有效期至", lambda row, seen: "长期" if row.is_unlimited else row.valid_until),
            ("文号", _field("document_number")),
        ),
        "还没有登记称号。拿到名单后，从“名单导入”整批登记，或在认定记录中登记一条。",
    ),
    Part(
        "nominations",
        "申报推荐",
        "nominations",
        Nomination,
        ("-stage_on", "-pk"),
        (
            ("事项", lambda row, seen: seen.programme(row.programme)),
            ("阶段", _choice("stage")),
            ("批次", _field("batch")),
            ("申报类别", _choice("purpose")),
            ("到达日期", _field("stage_on")),
            ("原因", _field("reason")),
        ),
        "没有在报的事项。",
    ),
    Part(
        "projects",
        "项目",
        "projects",
        Project,
        ("-approved_on", "-pk"),
        (
            ("项目名称", _field("title")),
            ("阶段", _choice("stage")),
            ("类别", _choice("kind")),
            ("级别", _choice("level")),
            ("立项或列入日期", _field("approved_on")),
            ("总投资（元）", _field("investment")),
            ("进展", _field("note")),
        ),
        "还没有登记项目。",
    ),
    Part(
        "patents",
        "专利",
        "patents",
        Patent,
        ("-granted_on", "-applied_on", "-pk"),
        (
            ("名称", _field("title")),
            ("状态", _patent_state),
            ("专利号", _field("number")),
            ("种类", _choice("kind")),
            ("申请日", _field("applied_on")),
            ("授权公告日", _field("granted_on")),
            ("取得方式", _field("acquisition")),
        ),
        "还没有登记专利。申请不等于授权，两种都可以登记。",
    ),
    Part(
        "trademarks",
        "商标",
        "trademarks",
        Trademark,
        ("-registered_on", "-pk"),
        (
            ("商标名称", _field("name")),
            ("注册号", _field("number")),
            ("国际分类", _field("classes")),
            ("注册公告日", _field("registered_on")),
            ("专用权期限至", _field("expires_on")),
        ),
        "还没有登记商标。",
    ),
    Part(
        "carriers",
        "创新平台(载体)",
        "carriers",
        Carrier,
        ("-since", "-pk"),
        (
            ("名称", _field("name")),
            ("方式", _choice("act")),
            ("类别", _field("kind")),
            ("级别", _choice("level")),
            ("日期", _field("since")),
            ("文号", _field("document_number")),
        ),
        "没有依托本企业的平台。",
    ),
    Part(
        "people",
        "人才",
        "engagements",
        Engagement,
        ("-since", "-pk"),
        (
            ("姓名", lambda row, seen: row.person.name),
            ("引进方式", _choice("mode")),
            ("职务职称", lambda row, seen: row.person.post),
            ("岗位或任务", _field("duty")),
            ("起始日期", _field("since")),
            ("期满日期", _field("until")),
        ),
        "还没有登记人才引进。",
        ("person",),
    ),
    Part(
        "activities",
        "走访和服务",
        "activities",
        Activity,
        ("-on", "-pk"),
        (
            ("主题", _field("title")),
            ("类别", _choice("kind")),
            ("日期", _field("on")),
            ("参加人员", _field("people")),
            ("情况", _field("note")),
        ),
        "还没有走访记录。",
    ),
    Part(
        "problems",
        "企业诉求",
        "problems",
        Problem,
        ("-raised_on", "-pk"),
        (
            ("问题", _field("title")),
            ("状态", _choice("state")),
            ("提出日期", _field("raised_on")),
            ("承办", _problem_owner),
            ("办理时限", _field("due_on")),
            ("反馈情况", _field("answer")),
            ("销号日期", _field("closed_on")),
        ),
        "没有诉求。",
        ("assigned_office", "assigned_unit"),
    ),
    Part(
        "loans",
        "知识产权质押贷款",
        "loans",
        PledgeLoan,
        ("-paid_out_on", "-pk"),
        (
            ("贷款银行", _field("lender")),
            ("质押物", _choice("pledge")),
            ("贷款金额（元）", _field("amount")),
            ("放款日", _field("paid_out_on")),
            ("到期日", _field("due_on")),
        ),
        "没有质押贷款。",
    ),
    Part(
        "listings",
        "上市后备",
        "listings",
        ListingPlan,
        ("-stage_on", "-pk"),
        (
            ("拟上市板块", _field("board")),
            ("阶段", _choice("stage")),
            ("到达日期", _field("stage_on")),
            ("保荐或辅导机构", _field("sponsor")),
        ),
        "不在上市后备台账中。",
    ),
    Part(
        "records",
        "其他记录",
        "records",
        RecordRow,
        ("kind", "-pk"),
        (
            ("名称", _field("label")),
            ("记录类别", lambda row, seen: seen.kind(row.kind)),
            ("内容", _content),
            ("数据来源", _field("source")),
        ),
        "没有标准、资质、融资、事故等记录。",
    ),
    Part(
        "coverages",
        "记录完整性",
        "coverages",
        RecordCoverage,
        ("kind",),
        (
            ("记录类别", lambda row, seen: seen.kind(row.kind)),
            ("完整截至", _field("complete_until")),
            ("数据来源", _field("source")),
        ),
        "没有写明哪一类记录已登记全：查不到的只能算“不清楚”。",
    ),
)


def open_parts(actor: Actor, *, to: str = "view") -> Iterator[Part]:
    """Yield the parts whose registers the actor may see or take out."""
    return (part for part in PARTS if actor.can(part.resource, to))


def values_of(part: Part, rows: Sequence[Any], seen: Seen) -> list[list[Any]]:
    """Return the rows' plain values in the order of the columns."""
    return [[value(row, seen) for _, value in part.columns] for row in rows]


def row_address(register: str, pk: int) -> str:
    """Return the address of a register's row; empty where its page is not installed."""
    try:
        return reverse(f"{register}.row", args=[pk])
    except NoReverseMatch:
        return ""
