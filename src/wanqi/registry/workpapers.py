"""Workbooks that go out with an import: the rows that were not taken, and the empty form to fill in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

import xlsxwriter

from .headers import money_unit
from .importing import Target
from .models import RejectedRow

OWN_COLUMNS = ("行号", "未导入原因", "怎么改")
WIDTH = 18
LONGEST = 1_000_000  # rows of one sheet that a spreadsheet opens


def rejected_workbook(
    rows: Iterable[RejectedRow],
    *,
    titles: list[str],
    demonstration: bool = False,
    told: str = "",
    hidden: Mapping[int, Callable[[str], str]] | None = None,
) -> bytes:
    """Return the rejected rows with their own cells, the wrong ones marked, and reason and remedy beside them.

    The head keeps the file's titles, so that the corrected sheet can be imported as it is. Cells are text, never run.
    told: printed on every page; hidden: column, from 0 → how its cells are shown to whoever may not read them.
    """
    hidden = hidden or {}
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("未导入的行（演示数据）" if demonstration else "未导入的行")
        bold = book.add_format({"bold": True, "bg_color": "#EDF0F4", "text_wrap": True})
        wrong = book.add_format({"bg_color": "#FDF0EE", "font_color": "#B42318"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        heads = [OWN_COLUMNS[0], *titles, *OWN_COLUMNS[1:]]
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, len(titles), WIDTH)
        sheet.set_column(len(titles) + 1, len(titles) + 2, 48)
        sheet.freeze_panes(1, 0)
        sheet.set_footer(f"&L{told.replace('&', '&&')}&R第&P页，共&N页")
        for at, title in enumerate(heads):
            sheet.write_string(0, at, title, bold)
        places = {title: at for at, title in enumerate(titles, start=1)}
        for line, row in enumerate(rows, start=1):
            if line >= LONGEST:
                break
            marked = {places[one["column"]] for one in row.reasons if one["column"] in places}
            sheet.write_number(line, 0, row.line)
            for at, cell in enumerate(row.cells[: len(titles)], start=1):
                shown = hidden[at - 1](cell) if at - 1 in hidden and cell else cell
                sheet.write_string(line, at, shown, wrong if at in marked else None)
            for at in sorted(marked):
                if at > len(row.cells):
                    sheet.write_blank(line, at, None, wrong)
            said = "；".join(f"{one['column']}：{one['message']}" for one in row.reasons)
            remedy = "".join(dict.fromkeys(one["hint"] for one in row.reasons))
            sheet.write_string(line, len(titles) + 1, said[:32_000], wrapped)
            sheet.write_string(line, len(titles) + 2, remedy[:32_000], wrapped)
    return content.getvalue()


def template_workbook(target: Target) -> bytes:
    """Return an empty form with the profile's usual heads, lists to choose from, and a sheet that explains it."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet(target.profile.title[:31])
        notes = book.add_worksheet("填写说明")
        bold = book.add_format({"bold": True, "bg_color": "#EDF0F4"})
        text = book.add_format({"num_format": "@"})
        lists = book.add_worksheet("可填内容")
        lists.hide()
        for at, title in enumerate(("列名", "是否必填", "怎么填", "可填内容")):
            notes.write_string(0, at, title, bold)
        notes.set_column(0, 3, 28)
        for at, column in enumerate(target.profile.columns):
            words, terms = instructions(target, column.field)
            head = head_of(target, column.field, column.headers[0])
            sheet.write_string(0, at, head, bold)
            sheet.set_column(at, at, WIDTH, text)
            said = (
                head,
                "必填" if column.field in target.required else "选填",
                words,
                "、".join(terms),
            )
            for place, each in enumerate(said):
                notes.write_string(at + 1, place, each[:32_000])
            if terms:
                lists.write_column(0, at, terms)
                letter = xlsxwriter.utility.xl_col_to_name(at)
                source = f"='可填内容'!${letter}$1:${letter}${len(terms)}"
                sheet.data_validation(
                    1, at, 5_000, at, {"validate": "list", "source": source, "error_type": "warning"}
                )
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def head_of(target: Target, name: str, title: str) -> str:
    """Return a column's head in the empty form: amounts say their unit, or it would be asked for."""
    if target.kind.fields[name].type != "money" or money_unit(title):
        return title
    return f"{title}（{target.profile.units.get(name, '元')}）"


def instructions(target: Target, name: str) -> tuple[str, list[str]]:
    """Return how a column is filled in, and what may be chosen in it."""
    spec = target.kind.fields[name]
    words: dict[str, str] = {
        "date": "年月日写全，如2023-06-15",
        "count": "0或正整数",
        "money": "只填数字，单位见表头",
        "ratio": "写明百分号，如37.5%",
        "bool": "是或否",
        "enum": "从可填内容中选",
        "area": "从可填内容中选",
    }
    terms: list[Any] = list(spec.values or ())
    if spec.type == "area":
        terms = list(target.areas)
    if name == target.sink.key:
        return "每行不同；再次导入时按它识别是哪一条", terms
    return words.get(spec.type, "文字"), terms
