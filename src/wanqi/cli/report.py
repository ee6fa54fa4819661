"""`wanqi report`: a report from the records, and the report that was sent against them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from wanqi.cli.connection import connected
from wanqi.cli.errors import EnvironmentRefused
from wanqi.cli.report_archives import archive, rebuild, verify

FORMATS = ("json", "html", "docx", "pdf")
region_option = click.option("--region", required=True, help="地区代码，如 cn-430682")
period_option = click.option("--period", required=True, help="时期，如 2023H1")
report_option = click.option("--report", "report", help="材料编号；不写时取该地区的第一份")


@click.group()
def report() -> None:
    """编报告、与原报告逐条核对；定稿档案的核对和重建。"""


for _one in (verify, rebuild, archive):
    report.add_command(_one)


@report.command("compile")
@region_option
@period_option
@report_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", show_default=True, help="格式")
@click.option(
    "-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写到哪个文件；- 为屏幕"
)
def compile_(region: str, period: str, report: str | None, form: str, out: Path) -> None:
    """按台账记录编一份报告。每个数字都带口径、依据和记录数；没有数据的分句不写，并说明原因。

    数字由演示数据算出的，文件上有“演示数据”标记。
    """
    with connected():
        from django.utils import timezone

        from wanqi.core.packs import current_pack
        from wanqi.reports.compile import compile_report
        from wanqi.reports.drafted import report_spec
        from wanqi.reports.links import figure_address
        from wanqi.reports.models import Draft
        from wanqi.reports.outputs import render

        named = report_spec(current_pack(region), report).id
        draft = Draft.objects.filter(region_id=region, report=named, period=period).current().first()
        compiled = compile_report(region, period, report=named, draft=draft)
        link = figure_address(compiled.period.id)
        _write(out, render(compiled, form, made=timezone.now(), link=link))
    for dropped in compiled.dropped:
        click.echo(f"未写：{dropped.clause}——{dropped.reason}", err=True)


@report.command()
@region_option
@period_option
@report_option
@click.option(
    "--format", "form", type=click.Choice(("json", "text")), default="json", show_default=True, help="格式"
)
@click.option(
    "-o", "out", type=click.Path(path_type=Path, dir_okay=False), help="写到文件；不写时显示在屏幕上"
)
def compare(region: str, period: str, report: str | None, form: str, out: Path | None) -> None:
    """把原报告的每个数与记录逐条比对：一致、不一致、没有记录，或不是统计数。"""
    with connected():
        from wanqi.reports.compare import compare_report
        from wanqi.reports.outputs import compared_json

        rows = compared_json(compare_report(region, period, report=report))
    if form == "json":
        text = json.dumps(rows, ensure_ascii=False, indent=1)
    else:
        words = {"agrees": "一致", "differs": "不一致", "no_records": "没有记录", "not_a_figure": "不比对"}
        text = "\n".join(
            f"{row['claim']}\t{words[row['status']]}\t{row['written']}\t{row['reason']}" for row in rows
        )
    _write(out or Path("-"), (text + "\n").encode())


@report.command()
@region_option
@period_option
@click.option(
    "--format", "form", type=click.Choice(("xlsx", "json")), default="xlsx", show_default=True, help="格式"
)
@click.option(
    "-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写到哪个文件；- 为屏幕"
)
def table(region: str, period: str, form: str, out: Path) -> None:
    """主要指标调度表：全年目标、本月、1—N月累计、同比、完成率、序时进度、名次、责任股室。"""
    with connected():
        from django.utils import timezone

        from wanqi.reports.table import monthly_table, table_json, table_xlsx

        made = monthly_table(region, period)
        if form == "json":
            text = json.dumps(table_json(made), ensure_ascii=False, indent=1)
            _write(out, (text + "\n").encode())
        else:
            _write(out, table_xlsx(made, made=timezone.now()))


def _write(out: Path, content: bytes) -> None:
    """Write the whole file, or nothing where it cannot be written."""
    if str(out) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise EnvironmentRefused(
            "file-not-writable",
            place=str(out),
            cause=f"不能写入这个文件（{error.strerror}）",
            hint="请换一个可以写入的位置",
        ) from error
