"""What is sent upward: the 汇总表 of a batch as XLSX and the 推荐函 as DOCX; both written to the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from wanqi import documents
from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing, StepRefused
from wanqi.core.models import Region
from wanqi.policies.screening.contacts import shown_phone
from wanqi.registry.models import Nomination
from wanqi.registry.models.recognitions import Stage
from wanqi.registry.programmes import Granted, granted_in, title_of
from wanqi.web import display
from wanqi.web.console.registers.forms import DayInput, dress
from wanqi.web.console.registers.listing import crumbs_of
from wanqi.web.console.registers.nominations import NOMINATIONS
from wanqi.web.packs import pack_of
from wanqi.web.pages import render_page, safe_next
from wanqi.web.place import place_of

from .choosing import MOST, Chosen, chosen_of, rows_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLES = (
    *("序号", "企业名称", "统一社会信用代码", "所在片区", "申报事项", "申报类别"),
    *("联系人", "联系电话", "推荐意见"),
)
WIDTHS = (6, 36, 24, 14, 30, 12, 12, 16, 24)
RECOMMENDED = (Stage.RECOMMENDED, Stage.CITY, Stage.PROVINCE, Stage.PUBLIC, Stage.PASSED)
# Whose papers the county has looked through: recommended, or waiting for this very letter.
IN_LETTER = (Stage.DECLARED, *RECOMMENDED)
DAY_FROM_RIGHT = 4  # characters


def _rows(request: HttpRequest, chosen: Chosen) -> list[Nomination]:
    """Return the rows to be sent. Raises StepRefused for none named or too many, RowMissing for none found."""
    if chosen.is_empty:
        raise StepRefused("还没有选择申报。", hint="请先勾选，或在看板选定事项和批次。")
    rows = list(rows_of(request, chosen, to="export")[: MOST + 1])
    if not rows:
        raise RowMissing("没有找到所选的申报，或您无权查看。", hint="请返回列表核对。")
    if len(rows) > MOST:
        raise StepRefused(f"超过一份表格{MOST}家的上限，没有导出。", hint="请按事项和批次分开导出。")
    return rows


def opinion(row: Nomination) -> str:
    """Return what the county says of a nomination: 同意推荐, why not, or nothing yet."""
    if row.stage == Stage.FAILED:
        return row.reason
    return "同意推荐" if row.stage in RECOMMENDED else ""


@require_GET
def summary(request: HttpRequest) -> HttpResponse:
    """Return the 汇总表 of the chosen nominations; phones in clear only of those of the own 股室."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "nomination", "export")
    chosen = chosen_of(request.GET)
    rows = _rows(request, chosen)
    place = place_of(request)
    name = _subject(place.region, rows)
    title = f"{place.title}{name}申报推荐汇总表"
    clear = {row.pk for row in rows if _may_call(actor, row)}
    content = _workbook(
        title, rows, clear=clear, bureau=_bureau(place.region), who=actor.name, on=place.today
    )
    _noted(request, "导出汇总表", rows, title, clear=len(clear))
    return _file(f"{title}{_mark(rows)}.xlsx", content, XLSX)


def _may_call(actor: Actor, row: Nomination) -> bool:
    """Return whether the actor sees the phone of a nomination in clear, as in the 联系清单."""
    return actor.may_place(
        "phone", "view", region=row.region_id, office=row.office_id, area=row.area_id, unit=row.unit_id
    )


def _workbook(
    title: str, rows: Sequence[Nomination], *, clear: set[int], bureau: str, who: str, on: date
) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("汇总表")
    face = {"font_name": "宋体", "valign": "vcenter", "text_wrap": True}
    heading = book.add_format({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"})
    line = book.add_format({"font_name": "宋体"})
    head = book.add_format({**face, "bold": True, "border": 1, "align": "center"})
    cell = book.add_format({**face, "border": 1})
    last = len(TITLES) - 1
    sheet.merge_range(0, 0, 0, last, title, heading)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, f"推荐单位：{bureau}（盖章）", line)
    sheet.write_string(1, last - 1, f"填表日期：{display.day(on)}", line)
    for column, (name, width) in enumerate(zip(TITLES, WIDTHS, strict=True)):
        sheet.write_string(2, column, name, head)
        sheet.set_column(column, column, width)
    titles = {id: title_of(rows[0].region_id, id) for id in {row.programme for row in rows}}
    for at, row in enumerate(rows, start=3):
        sheet.write_number(at, 0, at - 2, cell)
        for column, value in enumerate(_cells(row, titles[row.programme], clear=row.pk in clear), start=1):
            sheet.write_string(at, column, value, cell)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(3, 0)
    marks = "　".join(part for part in ("演示数据" if _mark(rows) else "", f"{who}导出") if part)
    sheet.set_footer(f"&C— &P —&R{marks.replace('&', '&&')}")
    book.close()
    return out.getvalue()


def _cells(row: Nomination, title: str, *, clear: bool) -> tuple[str, ...]:
    return (
        row.holder_name,
        _code(row),
        row.area.name if row.area else "",
        title,
        row.get_purpose_display(),
        row.contact,
        shown_phone(row.phone, clear=clear),
        opinion(row),
    )


def _code(row: Nomination) -> str:
    return (row.organisation.credit_code or "") if row.organisation else ""


class LetterForm(forms.Form):
    """What stands in a letter beside the names."""

    addressee = forms.CharField(label="主送机关", max_length=100, help_text="如“岳阳市工业和信息化局”")
    notice = forms.CharField(
        label="依据的通知",
        required=False,
        max_length=200,
        help_text="如“《关于组织开展2023年…申报工作的通知》（岳工信〔2023〕5号）”",
    )
    number = forms.CharField(
        label="发文字号", required=False, max_length=80, help_text="不填时留出空位，签发后填写"
    )
    unit = forms.CharField(label="落款单位", max_length=100)
    on = forms.DateField(label="落款日期", widget=DayInput())
    contact = forms.CharField(label="联系人及电话", required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)


def letter(request: HttpRequest) -> HttpResponse:
    """Ask what stands in the letter, then return it; those not applied or not passed are left out and named."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "nomination", "export")
    is_sent = request.method == "POST"
    chosen = chosen_of(request.POST if is_sent else request.GET)
    rows = _rows(request, chosen)
    if len({row.programme for row in rows}) > 1:
        raise StepRefused("所选的申报不是同一事项，一份推荐函只能推荐一个事项。", hint="请按事项分开选择。")
    named = [row for row in rows if row.stage in IN_LETTER]
    left_out = [row for row in rows if row.stage not in IN_LETTER]
    if not named:
        stages = "、".join(f"“{stage}”" for stage in dict.fromkeys(row.stage for row in rows))
        told = f"所选的申报都是{stages}，没有可以推荐的。"
        raise StepRefused(told, hint="还没有申报的，请先推进到“企业已申报”或“县级推荐”。")
    place = place_of(request)
    granted = granted_in(place.region).get(rows[0].programme)
    initial = {
        "unit": _bureau(place.region),
        "on": place.today,
        "number": named[0].letter,
        "addressee": "",
    }
    form = LetterForm(request.POST if is_sent else None, initial=initial)
    if is_sent and form.is_valid():
        tree = letter_of(named, granted, **form.cleaned_data)
        from wanqi.documents.word import word  # python-docx costs start time that other pages should not pay

        _noted(request, "导出推荐函", named, tree.name)
        return _file(f"{tree.name}{_mark(named)}.docx", word(tree, made=timezone.now()), DOCX)
    context = {
        "title": "推荐函",
        "rows": named,
        "left_out": left_out,
        "form": form,
        "chosen": chosen,
        "programme": title_of(place.region, rows[0].programme),
        "back": safe_next(request, reverse("nominations")),
        "crumbs": crumbs_of(NOMINATIONS, ("推荐函", "")),
    }
    return render_page(request, "nominations/letter.html", context, status=422 if is_sent else 200)


def letter_of(
    rows: Sequence[Nomination],
    granted: Granted | None,
    *,
    addressee: str,
    notice: str,
    number: str,
    unit: str,
    on: date,
    contact: str,
) -> documents.Report:
    """Return the letter as a tree: title, whom it goes to, who is recommended, unit and day, the list."""
    what = granted.title if granted else rows[0].programme
    counter = {"person": "人", "product": "个产品", "project": "个项目"}.get(rows[0].holder_kind, "家单位")
    many = f"{rows[0].holder_name}等{len(rows)}{counter}" if len(rows) > 1 else rows[0].holder_name
    act = {"review": "复核", "renewal": "重新认定"}.get(rows[0].purpose, "申报")
    basis = f"按照{notice}要求，" if notice else ""
    text = (
        f"{basis}我局对{what}{act}材料进行了初审，同意推荐{many}"
        f"{'参加' + what + act if act != '申报' else '申报' + what}，名单附后，请予审核。"
    )
    listed = f"{what}推荐名单"
    day = display.day(on)
    blocks: list[documents.Block] = [
        documents.Paragraph((documents.Text(f"{addressee}："),), flush=True),
        _paragraph(text),
        _paragraph(""),
        _paragraph(f"附件：{listed}"),
        _paragraph(""),
        _paragraph(""),
        # The day four characters from the edge, the unit in the middle above it, where the seal goes over both.
        _closing(unit, DAY_FROM_RIGHT - (_width(unit) - _width(day)) / 2),
        _closing(day, DAY_FROM_RIGHT),
    ]
    if contact:
        blocks.append(_paragraph(f"（联系人及电话：{contact}）"))
    columns = ("序号", "名称", "统一社会信用代码", "推荐意见")
    blocks.append(
        documents.Table(
            columns=tuple(documents.Column(title) for title in columns),
            rows=tuple(
                (str(at), row.holder_name, _code(row), opinion(row) or "同意推荐")
                for at, row in enumerate(rows, start=1)
            ),
            caption=listed,
            label="附件",
        )
    )
    marks = ("演示数据",) if any(row.is_demonstration for row in rows) else ()
    return documents.Report(
        title=f"关于推荐{many}\n{'参加' if act != '申报' else '申报'}{what}{act if act != '申报' else ''}的函",
        blocks=tuple(blocks),
        subtitle=number or "　　　　〔　　　　〕　　号",
        marks=marks,
    )


def _paragraph(words: str) -> documents.Paragraph:
    return documents.Paragraph((documents.Text(words),))


def _closing(words: str, from_right: float) -> documents.Paragraph:
    return documents.Paragraph((documents.Text(words),), from_right=max(0.0, from_right))


def _width(words: str) -> float:
    """Return how wide words are in characters; figures are half of one."""
    return sum(0.5 if one.isascii() else 1 for one in words)


def _subject(region: str, rows: Sequence[Nomination]) -> str:
    programmes = {row.programme for row in rows}
    batches = {row.batch for row in rows}
    batch = batches.pop() if len(batches) == 1 else ""
    return f"{batch}{title_of(region, programmes.pop())}" if len(programmes) == 1 else batch


def _bureau(region: str) -> str:
    pack = pack_of(region)
    return pack.spec.bureau.name if pack and pack.spec.bureau else ""


def _mark(rows: Sequence[Nomination]) -> str:
    return "（演示数据）" if any(row.is_demonstration for row in rows) else ""


def _noted(
    request: HttpRequest, verb: str, rows: Sequence[Nomination], title: str, *, clear: int | None = None
) -> None:
    region = Region.objects.get(pk=place_of(request).region)
    facts = {"标题": title, "家数": str(len(rows))}
    if clear is not None:
        facts["电话未隐去"] = f"{clear}家"
    changes = [{"field": label, "label": label, "old": "—", "new": value} for label, value in facts.items()]
    with transaction.atomic():
        record(region, verb, actor=request.actor, changes=changes)  # type: ignore[attr-defined]


def _file(name: str, content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
