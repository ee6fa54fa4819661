"""定稿 of the monthly table: kept with its inputs, rebuilt byte for byte, checked anywhere, restated cell by cell."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests import cast
from tests.reports.test_archive_command import far
from tests.reports.test_restatements import NOW, clerk, june_station
from wanqi.core.access import Actor, actor_of
from wanqi.core.errors import AccessRefused, RowStale, StepRefused
from wanqi.core.models import AuditEvent, User
from wanqi.indicators.actions import correct_observation
from wanqi.indicators.models import Observation
from wanqi.projects.actions import correct_site
from wanqi.reports.actions.freezing import freeze_report, freeze_table
from wanqi.reports.archives.contents import (
    TEXT,
    Contents,
    as_bytes,
    output_path,
    read_archive,
    verify,
    zipped,
)
from wanqi.reports.archives.keeping import contents_of, part_of
from wanqi.reports.archives.rebuilding import rebuild
from wanqi.reports.archives.restatement_files import NOTHING, restatement_file, summary
from wanqi.reports.archives.restating import restated
from wanqi.reports.archives.sheets import digest_of_table
from wanqi.reports.models import Archive, ArchivePart, Draft
from wanqi.reports.table import monthly_table

pytestmark = pytest.mark.usefixtures("demo")
MADE = datetime(2023, 7, 3, 2, 30, tzinfo=UTC)
PERIOD = "2023-01..06"


def deputy() -> Actor:
    return actor_of(User.objects.get(username="deputy"))


def locked() -> Archive:
    return freeze_table(cast.REGION, "2023H1", actor=deputy(), made=MADE)


def cell(text: dict, indicator: str, column: str) -> dict:
    row = next(one for one in text["rows"] if one["indicator"] == indicator)
    return next(one for one in row["cells"] if one["column"] == column)


def test_a_locked_table_is_kept_whole_and_made_again_byte_for_byte(tmp_path: Path) -> None:
    archive = locked()
    assert (archive.kind, archive.number, archive.report, archive.period) == ("table", 1, "monthly", PERIOD)
    assert (archive.title, archive.as_of) == ("临湘市2023年1—6月主要指标调度表", date(2023, 6, 30))
    assert (archive.draft, archive.is_demonstration, str(archive.made_by)) == (None, True, "演示分管领导")
    content = zipped(contents_of(archive))
    found = verify(BytesIO(content))
    assert (found.kind, found.title, found.digest, found.wrong) == (
        "archive", archive.title, archive.digest, ()
    )  # fmt: skip
    again = rebuild(read_archive(BytesIO(content)))
    assert (again.equal, again.differences, again.sound) == ({output_path("xlsx"): True}, (), True)
    sheet = CalamineWorkbook.from_filelike(BytesIO(part_of(archive, output_path("xlsx")))).get_sheet_by_index(
        0
    )
    assert any("5G基站建设数" in row and 120 in row for row in sheet.to_python())
    text = contents_of(archive).json("text.json")
    assert cell(text, "infra.5g.new", "cumulative") == {
        "column": "cumulative", "head": "1—6月累计", "figure": "infra.5g.new", "period": PERIOD,
        "display": "120", "reason": "",
    }  # fmt: skip
    assert cell(text, "infra.5g.new", "growth")["display"] == "下降1.64%"
    assert cell(text, "industry.output", "cumulative")["reason"] == "2023年1—6月没有填报值"
    file = tmp_path / "table.zip"
    file.write_bytes(content)
    said = far(tmp_path, "verify", str(file), "--digest", archive.digest)
    assert (said.returncode, said.stderr) == (0, "")
    assert "定稿档案：临湘市2023年1—6月主要指标调度表" in said.stdout
    built = far(tmp_path, "rebuild", str(file), "-o", "out")
    assert (built.returncode, built.stdout.count("逐字节相同\treport.xlsx")) == (0, 1)
    event = AuditEvent.objects.filter(verb="定稿锁定").get()
    assert (event.target_label, event.changes[0]["new"]) == (archive.title, archive.digest)


def test_a_later_correction_is_told_cell_by_cell_and_the_table_stays() -> None:
    archive = locked()
    before = zipped(contents_of(archive))
    assert summary(restated(archive, at=NOW)).endswith(NOTHING)
    station = june_station()
    old = station.opened_on
    correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="铁塔公司验收单为7月3日")
    target = Observation.objects.get(indicator="infra.5g.target", period="2023")
    correct_observation(target, {"value": 850}, actor=cast.machine(), reason="市里调整目标")
    found = restated(archive, at=NOW)
    cells = {one.place: one for one in found.figures}
    told = [
        (place, cells[place].before, cells[place].after, [cause.kind for cause in cells[place].causes])
        for place in ("5G基站建设数·本月", "5G基站建设数·1—6月累计", "5G基站累计数·全年目标", "5G基站累计数·完成率")
    ]  # fmt: skip
    assert told == [
        ("5G基站建设数·本月", "28个", "27个", ["correction"]),
        ("5G基站建设数·1—6月累计", "120个", "119个", ["correction"]),
        ("5G基站累计数·全年目标", "800个", "850个", ["target"]),
        ("5G基站累计数·完成率", "71.38%", "67.06%", ["follows", "follows"]),
    ]
    cause = cells["5G基站建设数·本月"].causes[0]
    assert (cause.record, cause.text) == (
        str(station.pk),
        f"{station.name}开通日期由{old}改为2023-07-03，更正人演示经办人，铁塔公司验收单为7月3日",
    )
    book = CalamineWorkbook.from_filelike(BytesIO(restatement_file(found, "xlsx", made=MADE)))
    rows = [row for row in book.get_sheet_by_index(0).to_python() if "28个" in row]
    assert [row[1] for row in rows] == ["5G基站建设数（5G基站建设数·本月）"]
    assert restatement_file(found, "pdf", made=MADE).startswith(b"%PDF-")
    assert zipped(contents_of(archive)) == before
    assert rebuild(contents_of(archive)).sound


def test_it_is_locked_again_only_once_it_reads_otherwise() -> None:
    first = locked()
    with pytest.raises(StepRefused, match="没有变化"):
        locked()
    correct_site(june_station(), {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="核对验收单")
    second = locked()
    assert (second.number, Archive.objects.count()) == (2, 2)
    assert restated(second, at=NOW).unchanged
    assert not restated(first, at=NOW).unchanged


def test_who_may_not_lock_and_what_moved_on_write_nothing() -> None:
    table = monthly_table(cast.REGION, "2023H1")
    seen = digest_of_table(table)
    for username in ("clerk", "head", "auditor", "finance"):
        with pytest.raises(AccessRefused, match="领导定稿"):
            freeze_table(cast.REGION, "2023H1", actor=actor_of(User.objects.get(username=username)))
    with pytest.raises(StepRefused, match="还没有到"):
        freeze_table(cast.REGION, "2199-05", actor=deputy())
    correct_site(june_station(), {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="核对验收单")
    with pytest.raises(RowStale, match="又有变动"):
        freeze_table(cast.REGION, "2023H1", actor=deputy(), seen=seen)
    assert not Archive.objects.exists()
    assert not ArchivePart.objects.exists()


def test_a_changed_cell_is_found_when_the_table_is_made_again() -> None:
    whole = contents_of(locked())
    text = whole.json("text.json")
    cell(text, "infra.5g.new", "cumulative")["display"] = "121"
    again = rebuild(Contents(whole.head, {**whole.parts, TEXT: as_bytes(text)}))
    assert (again.sound, again.differences) == (False, ("5G基站建设数：这一行不同",))


def test_a_report_signed_afterwards_shares_what_both_were_computed_from() -> None:
    table = locked()
    report = freeze_report(Draft.objects.get(period="2023H1"), actor=clerk(), made=MADE)
    ours, theirs = ({one["path"]: one["digest"] for one in _manifest(one)} for one in (table, report))
    same = {path for path in ours if ours[path] == theirs.get(path)}
    assert "inputs/rows/sites.json" in same
    assert {path for path in same if path.startswith("inputs/packs/")}
    assert (report.kind, report.number) == ("report", 1)


def _manifest(archive: Archive) -> list[dict[str, str]]:
    return json.loads(bytes(ArchivePart.objects.get(digest=archive.digest).content))["parts"]
