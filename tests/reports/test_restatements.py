"""数据修订说明 of a signed report: nothing changed, a correction, a late record, a target; and what never changes."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from io import BytesIO

import psycopg
import pytest
from django.db import connection, transaction

from tests import cast
from wanqi.core.access import Actor, actor_of
from wanqi.core.actions import withdraw_row
from wanqi.core.models import AuditEvent, User
from wanqi.documents import plain
from wanqi.indicators.actions import correct_observation
from wanqi.indicators.evaluation import evaluate_indicators
from wanqi.indicators.models import Observation
from wanqi.projects.actions import correct_site, create_site, withdraw_site
from wanqi.projects.models import Site
from wanqi.registry.models import Recognition
from wanqi.reports.actions import create_draft
from wanqi.reports.actions.freezing import freeze_report
from wanqi.reports.archives.contents import contents_from, zipped
from wanqi.reports.archives.keeping import contents_of, readable_by
from wanqi.reports.archives.rebuilding import rebuild
from wanqi.reports.archives.restatement_files import NOTHING, restatement_file, restatement_tree, summary
from wanqi.reports.archives.restating import Restatement, restated
from wanqi.reports.archives.revised import parts_of, sentences_between
from wanqi.reports.compile import compose_report
from wanqi.reports.errors import ArchiveTampered
from wanqi.reports.models import Archive, ArchivePart, Draft

pytestmark = pytest.mark.usefixtures("demo")
MADE = datetime(2023, 7, 3, 2, 30, tzinfo=UTC)
NOW = datetime(2023, 9, 1, tzinfo=UTC)


def clerk() -> Actor:
    return actor_of(User.objects.get(username="clerk"))


def signed() -> Archive:
    return freeze_report(Draft.objects.get(period="2023H1"), actor=clerk(), made=MADE)


def since(archive: Archive, reader: Actor | None = None) -> Restatement:
    return restated(archive, at=NOW, reader=reader)


def june_station() -> Site:
    found = Site.objects.filter(opened_on__gte=date(2023, 6, 1), built_on__lte=date(2023, 6, 10)).first()
    assert found is not None
    return found


def test_nothing_changed_is_said_as_such() -> None:
    archive = signed()
    found = since(archive)
    assert found.unchanged
    assert (found.figures, found.beneath, found.sentences) == ((), (), ())
    assert summary(found).endswith(NOTHING)
    assert AuditEvent.objects.filter(verb="定稿锁定").get().changes[0]["new"] == archive.digest


def test_a_correction_is_told_with_old_new_person_reason_and_both_wordings() -> None:
    archive = signed()
    before = zipped(contents_of(archive))
    station = june_station()
    old = station.opened_on
    correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="铁塔公司验收单为7月3日")
    found = since(archive)
    figures = {one.id: one for one in found.figures}
    new = figures["infra.5g.new"]
    assert (new.before, new.after, new.printed) == ("120个", "119个", True)
    assert [(one.kind, one.text, one.record) for one in new.causes] == [
        (
            "correction",
            f"{station.name}开通日期由{old}改为2023-07-03，更正人演示经办人，铁塔公司验收单为7月3日",
            str(station.pk),
        )
    ]
    completion = figures["infra.5g.completion"]
    assert [(one.kind, one.text) for one in completion.causes] == [
        ("follows", "随完成（5G基站累计数）由571个变为570个")
    ]
    first = found.sentences_of("infra.5g.new")[0]
    assert "完成5G基站建设120个，累计达571个" in first.before
    assert "完成5G基站建设119个，累计达570个" in first.after
    assert zipped(contents_of(archive)) == before


def test_late_and_withdrawn_records_and_a_corrected_target_have_causes_of_their_own() -> None:
    archive = signed()
    values = {
        "site_code": "补-1", "name": "补登站", "technology": "5G", "operator": "移动", "opened_on": date(2023, 3, 1),
        "office": cast.offices()[1],
    }  # fmt: skip
    late = create_site(values, actor=clerk(), region=cast.REGION)
    gone = june_station()
    withdraw_site(gone, actor=clerk(), reason="重复登记")
    target = Observation.objects.get(indicator="infra.5g.target", period="2023")
    command = cast.machine()
    correct_observation(target, {"value": 850}, actor=command, reason="市里调整目标")
    found = since(archive)
    figures = {one.id: one for one in found.figures}
    assert "infra.5g.new" not in figures
    beneath = {one.id: one for one in found.beneath}["infra.5g.new"]
    assert {(one.kind, one.record) for one in beneath.causes} == {
        ("late", str(late.pk)),
        ("withdrawal", str(gone.pk)),
    }
    moved = figures["infra.5g.target"]
    assert (moved.before, moved.after) == ("800个", "850个")
    assert [one.kind for one in moved.causes] == ["target"]
    assert "由800改为850，更正人测试，市里调整目标" in moved.causes[0].text
    assert [one.kind for one in figures["infra.5g.completion"].causes] == ["follows"]


def test_who_may_not_see_the_rows_is_told_how_many_there_are() -> None:
    archive = signed()
    correct_site(june_station(), {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="核对")
    finance = actor_of(User.objects.get(username="finance"))
    causes = {one.id: one for one in since(archive, finance).figures}["infra.5g.new"].causes
    assert [(one.text, one.record) for one in causes] == [("1条记录有改动，您的角色不能查看明细", "")]
    whole = contents_of(archive)
    assert "inputs/rows/sites.json" in readable_by(finance, whole).withheld
    # plans to go public are their office's own
    assert set(readable_by(clerk(), whole).withheld) == {"inputs/rows/listing_plans.json"}
    leader = actor_of(User.objects.get(username="leader"))
    assert readable_by(leader, whole).withheld == {}


def test_the_restatement_is_written_in_three_formats_of_equal_bytes() -> None:
    archive = signed()
    correct_site(june_station(), {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="核对验收单")
    found = since(archive)
    words = [plain(block.runs) for block in restatement_tree(found).blocks if hasattr(block, "runs")]
    assert words[0].endswith(f"此后有{len(found.figures)}个数据修订，涉及{len(found.sentences)}处语句。")
    assert words[1].startswith("1．原文：")
    assert "完成5G基站建设120个" in words[1]
    assert "完成5G基站建设119个" in words[2]
    for form in ("docx", "pdf", "xlsx"):
        first, second = (restatement_file(found, form, made=NOW) for _ in range(2))
        assert first == second, form
    with zipfile.ZipFile(BytesIO(restatement_file(found, "xlsx", made=NOW))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "核对验收单" in sheet
    assert "演示数据" in sheet


def test_equal_parts_of_two_archives_are_kept_once() -> None:
    first = signed()
    parts = ArchivePart.objects.count()
    second = signed()
    assert (first.number, second.number) == (1, 2)
    # only the manifest is new: it counts the archives of the draft
    assert ArchivePart.objects.count() == parts + 1


@pytest.mark.parametrize("table", ["reports_archive", "reports_archivepart"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET size = 0", "DELETE FROM {}"])
def test_an_archive_cannot_be_changed_in_the_database(table: str, statement: str) -> None:
    signed()
    with pytest.raises(Exception) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_a_part_that_is_not_as_signed_is_refused() -> None:
    contents = contents_of(signed())
    manifest = {"format": "x", "parts": [{"path": "text.json", "digest": "sha256:00", "size": 1}]}
    with pytest.raises(ArchiveTampered, match=r"档案与签发时不一致：text\.json"):
        contents_from(manifest, {"text.json": contents.parts["text.json"]})


def test_sentences_are_paired_part_by_part() -> None:
    def text(*words: str) -> dict[str, object]:
        runs = [{"text": words[0]}, {"figure": "a", "display": words[1]}, {"text": words[2]}]
        return {"sections": [{"title": "一", "paragraphs": [{"id": "p", "runs": runs, "clauses": []}]}]}

    old, new = text("甲", "1个", "；乙不变；丙去掉。"), text("甲", "2个", "；乙不变。")
    assert parts_of(old["sections"][0]["paragraphs"][0]["runs"]) == [  # type: ignore[index]
        ("甲1个；", ("a",)), ("乙不变；", ()), ("丙去掉。", ()),
    ]  # fmt: skip
    found = sentences_between(old, new)
    assert [(one.before, one.after) for one in found] == [
        ("甲1个；", "甲2个；"),
        ("乙不变；", "乙不变。"),
        ("丙去掉。", ""),
    ]


def test_the_next_report_says_that_its_base_was_revised_and_keeps_saying_so_when_it_is_signed() -> None:
    half = signed()
    year = "2024H1"
    assert compose_report(cast.REGION, year).bases == ()
    counted = evaluate_indicators(cast.REGION, ["sme.tech"], "2023H1")["sme.tech"].records
    withdraw_row(Recognition.objects.get(pk=counted[0]), actor=cast.machine(), reason="未通过评价")
    later = compose_report(cast.REGION, year)
    said = dict(later.bases)["sme.tech.yoy"]
    assert said == (
        "科技型中小企业入库数同比所比的科技型中小企业入库数（2023年上半年）定稿为162家，后修订为161家，"
        f"按修订后的数计算（见《{half.title}》数据修订说明）。"
    )
    noted = [one for section in later.sections for one in section.paragraphs if said in one.notes]
    assert len(noted) == 1
    draft = create_draft("half-year", actor=cast.machine(), region=cast.REGION, period=year)
    again = rebuild(contents_of(freeze_report(draft, actor=cast.machine(), made=MADE)))
    assert again.sound
    assert said in again.files["outputs/report.html"].decode()
