"""佐证材料包: 目录, rows, files and hashes of a report or an indicator; names, restricted rows, stable bytes, jobs."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import cast
from wanqi.core.access import Actor, actor_of
from wanqi.core.actions import attach
from wanqi.core.errors import AccessRefused, RowMissing, StepRefused
from wanqi.core.models import Attachment, AuditEvent, Job, User
from wanqi.projects.actions import correct_site
from wanqi.projects.models import Site
from wanqi.reports.actions import evidence
from wanqi.reports.actions.evidence import begin_package, make_package, take_package
from wanqi.reports.actions.freezing import freeze_report
from wanqi.reports.archives.contents import verify
from wanqi.reports.errors import EvidenceChanged
from wanqi.reports.evidence.naming import MOST, Names, safe_name
from wanqi.reports.evidence.packing import write_package
from wanqi.reports.evidence.subjects import Subject, gathered_of
from wanqi.reports.models import Draft, EvidencePackage

MADE = datetime(2023, 7, 3, 2, 30, tzinfo=UTC)
NEW = Subject(cast.REGION, indicator="infra.5g.new", period="2023H1")


def actor(name: str = "clerk") -> Actor:
    return actor_of(User.objects.get(username=name))


def taken(subject: Subject, who: Actor) -> bytes:
    out = BytesIO()
    take_package(out, subject, actor=who, made=MADE)
    return out.getvalue()


def with_file(who: Actor, name: str = "铁塔公司：验收单?.pdf") -> Site:
    """A counted station with a file of its own."""
    station = Site.objects.filter(opened_on__range=(date(2023, 1, 1), date(2023, 6, 30))).first()
    assert station is not None
    file = attach(name, b"%PDF-1.4 evidence", content_type="application/pdf", region=cast.REGION, actor=who)
    return correct_site(station, {"evidence": file}, actor=who, reason="补佐证")


@pytest.mark.usefixtures("demo")
def test_a_package_has_its_index_rows_files_and_hashes_that_sha256sum_accepts(tmp_path: Path) -> None:
    me = actor()
    with_file(me)
    content = taken(NEW, me)
    with zipfile.ZipFile(BytesIO(content)) as package:
        names = package.namelist()
        package.extractall(tmp_path)
        rows = package.read("台账/001 5G基站建设数（2023年上半年）.xlsx")
    assert names == [
        "目录.xlsx",
        "目录.pdf",
        "台账/001 5G基站建设数（2023年上半年）.xlsx",
        "佐证/铁塔公司：验收单_.pdf",
        "SHA256SUMS",
    ]
    assert verify(BytesIO(content)).wrong == ()
    assert verify(BytesIO(content)).kind == "package"
    program = shutil.which("sha256sum")
    assert program is not None
    done = subprocess.run([program, "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(BytesIO(rows)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 120 + 3  # title, mark, head
    assert f"{me.name}　2023-07-03 10:30　导出" in sheet
    assert "演示数据" in sheet
    note = AuditEvent.objects.filter(verb="导出").latest("id")
    assert [one["new"] for one in note.changes] == [
        "临湘市2023年上半年5G基站建设数佐证材料包",
        "1项数据，120行台账记录，1个佐证文件",
    ]


@pytest.mark.usefixtures("demo")
def test_equal_contents_give_equal_bytes_and_a_changed_file_is_named() -> None:
    me = actor()
    station = with_file(me, "验收单.pdf")
    content = taken(NEW, me)
    assert taken(NEW, me) == content
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"other" if name.startswith("佐证/") else source.read(name))
    assert [(one.path, one.state) for one in verify(out).wrong] == [("佐证/验收单.pdf", "wrong")]
    Attachment.objects.filter(pk=station.evidence_id).update(content=b"changed")
    with pytest.raises(EvidenceChanged, match="验收单"):
        taken(NEW, me)


@pytest.mark.usefixtures("demo")
def test_rows_that_may_not_be_exported_are_counted_and_left_out() -> None:
    title, gathered = gathered_of(NEW, actor=actor("finance"))
    (basis,) = gathered.bases
    assert basis.rows is not None
    assert (basis.rows.ids, basis.rows.hidden) == ((), 120)
    assert basis.files == ()
    out = BytesIO()
    write_package(out, gathered, title=title, told="财政", made=MADE)
    with zipfile.ZipFile(out) as package:
        assert package.namelist() == ["目录.xlsx", "目录.pdf", "SHA256SUMS"]


@pytest.mark.usefixtures("demo")
def test_what_is_not_there_or_not_allowed_is_refused() -> None:
    with pytest.raises(RowMissing):
        gathered_of(Subject(cast.REGION, indicator="no.such", period="2023H1"), actor=actor())
    with pytest.raises(AccessRefused):
        gathered_of(NEW, actor=actor("expert"))
    with pytest.raises(RowMissing):
        gathered_of(Subject(cast.REGION, archive=999_999), actor=actor())
    assert not AuditEvent.objects.filter(verb="导出").exists()


@pytest.mark.usefixtures("demo")
def test_a_signed_report_is_packed_as_it_was_signed() -> None:
    me = actor()
    archive = freeze_report(Draft.objects.get(period="2023H1"), actor=me, made=MADE)
    station = Site.objects.filter(opened_on__gte=date(2023, 6, 1), built_on__lte=date(2023, 6, 10)).first()
    correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=me, reason="核对")
    _, gathered = gathered_of(Subject(cast.REGION, archive=archive.pk), actor=me)
    figures = {(one.figure.id, one.figure.period.id): one for one in gathered.bases}
    rows = figures["infra.5g.new", "2023H1"].rows
    assert figures["infra.5g.new", "2023H1"].figure.display == "120个"
    assert rows is not None
    assert str(station.pk) in rows.ids
    # what a growth is compared with stands in the package too
    assert ("infra.5g.total", "2022-12-31") in {
        (one.figure.id, one.figure.period.id) for one in gathered.bases
    }


@pytest.mark.usefixtures("demo")
def test_a_large_package_is_made_in_the_background_for_its_maker(monkeypatch: pytest.MonkeyPatch) -> None:
    me = actor()
    package = begin_package(NEW, actor=me)
    assert package.job is not None
    assert package.job.state == Job.State.QUEUED
    seen: list[tuple[int, int]] = []
    made = make_package(package.pk, actor=me, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)
    assert made.digest == "sha256:" + hashlib.sha256(bytes(made.content)).hexdigest()
    assert verify(BytesIO(bytes(made.content))).wrong == ()
    assert package.title.endswith("（演示数据）")
    monkeypatch.setattr(evidence, "MOST", 1000)
    before = EvidencePackage.objects.count()
    with pytest.raises(StepRefused, match="超过一个材料包"):
        begin_package(NEW, actor=me)
    assert EvidencePackage.objects.count() == before


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("a/b\\c:d*e?.pdf", "a_b_c_d_e_.pdf"),
        ("CON.txt", "_CON.txt"),
        ("  尾巴. ", "尾巴"),
        ("", "未命名"),
        (".pdf", "未命名.pdf"),
        ("长" * 200 + ".xlsx", "长" * MOST + ".xlsx"),
        ("换\n行\x00.docx", "换行.docx"),
    ],
)
def test_a_name_is_one_that_windows_and_wps_take(given: str, safe: str) -> None:
    assert safe_name(given) == safe


@given(st.lists(st.text(max_size=80), max_size=12))
def test_names_given_out_are_safe_short_and_never_the_same(names: list[str]) -> None:
    tree = Names()
    given_out = [tree.give("佐证", name) for name in names]
    assert len({one.casefold() for one in given_out}) == len(names)
    for path in given_out:
        name = path.removeprefix("佐证/")
        assert 0 < len(name) <= MOST + 20
        assert not set('<>:"/\\|?*\n\t\x00') & set(name)
        assert name == name.strip(" .")
