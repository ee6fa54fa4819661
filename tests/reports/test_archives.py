"""定稿锁定: what is kept of a signed report, the report out of it again to the byte, and what a changed part does."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache
from io import BytesIO

import pytest

from tests import cast
from wanqi.core.models import PackFile
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate import read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluation import evaluation_of
from wanqi.reports.archives.contents import Contents, output_path, read_archive, verify, zipped
from wanqi.reports.archives.inputs import kept_fields
from wanqi.reports.archives.plain import from_plain, hints_of, to_plain
from wanqi.reports.archives.rebuilding import archived, rebuild
from wanqi.reports.archives.tables import Kept
from wanqi.reports.compile import compile_report
from wanqi.reports.errors import ArchiveTampered, ArchiveUnreadable

MADE = datetime(2023, 7, 3, 2, 30, tzinfo=UTC)


@cache
def made() -> Contents:
    """The archive of the demonstration's half-year report; a value, so made once for all tests."""
    pack = current_pack(cast.REGION)
    evaluation = evaluation_of(cast.REGION)
    evaluation.tables = Kept(evaluation.tables)
    compiled = compile_report(cast.REGION, "2023H1", evaluation=evaluation)
    rows = PackFile.objects.filter(active=True).values_list("path", "content")
    sources = {path: bytes(content) for path, content in rows}
    return archived(compiled, evaluation, pack=pack, sources=sources, made=MADE, head={"number": 1})


@pytest.mark.usefixtures("demo")
def test_a_report_comes_out_of_its_archive_to_the_byte_in_all_four_formats():
    contents = made()
    content = zipped(contents)
    again = rebuild(read_archive(BytesIO(content)))
    assert again.differences == ()
    assert again.same_program
    assert again.equal == {output_path(form): True for form in ("html", "docx", "pdf", "xlsx")}
    assert again.sound
    assert zipped(again.contents) == content


def changed(content: bytes, path: str, new: bytes | None) -> BytesIO:
    """The ZIP with one file replaced, or left out."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if name != path:
                target.writestr(name, source.read(name))
            elif new is not None:
                target.writestr(name, new)
    out.seek(0)
    return out


@pytest.mark.usefixtures("demo")
def test_every_part_is_verified_without_a_database_and_a_changed_one_is_named():
    contents = made()
    content = zipped(contents)
    sound = verify(BytesIO(content))
    assert (sound.kind, sound.title, sound.digest) == (
        "archive",
        "临湘市2023年上半年科技和工业信息化工作情况",
        contents.digest,
    )
    assert sound.wrong == ()
    assert {one.path for one in sound.parts} == set(contents.parts)

    path = "outputs/report.docx"
    tampered = changed(content, path, contents.parts[path].replace(b"w:t", b"w:T", 1))
    assert [(one.path, one.state) for one in verify(tampered).wrong] == [(path, "wrong")]
    with pytest.raises(ArchiveTampered, match=r"档案与签发时不一致：outputs/report\.docx。"):
        read_archive(tampered)

    missing = changed(content, "figures.json", None)
    assert [(one.path, one.state) for one in verify(missing).wrong] == [("figures.json", "missing")]

    listed = json.loads(contents.manifest)
    listed["parts"] = [
        {**one, "digest": f"sha256:{'0' * 64}"} if one["path"] == "text.json" else one
        for one in listed["parts"]
    ]
    forged = changed(content, "manifest.json", json.dumps(listed).encode())
    found = verify(forged)
    assert [one.path for one in found.wrong] == ["manifest.json", "text.json"]
    assert found.digest != contents.digest


@pytest.mark.usefixtures("demo")
def test_rows_that_may_not_be_taken_are_named_and_not_carried():
    contents = made()
    copy = contents.without(["inputs/rows/sites.json"])
    assert copy.digest == contents.digest
    content = zipped(copy)
    states = {one.path: one.state for one in verify(BytesIO(content)).parts}
    assert states["inputs/rows/sites.json"] == "withheld"
    assert set(states.values()) == {"right", "withheld"}
    with pytest.raises(ArchiveUnreadable, match=r"没有带上受限的部分“inputs/rows/sites\.json”"):
        rebuild(read_archive(BytesIO(content)))


@pytest.mark.usefixtures("demo")
def test_rows_are_kept_with_the_fields_that_count_and_nothing_else():
    rows = json.loads(made().parts["inputs/rows/sites.json"])
    assert set(rows["columns"]) == {"id", "is_demonstration", "evidence", "technology", "area", "opened_on"}
    assert rows["rows"] == len(rows["columns"]["id"]["values"])


@pytest.mark.usefixtures("demo")
def test_what_a_newer_program_makes_otherwise_is_listed():
    contents = made()
    figures = json.loads(contents.parts["figures.json"])
    figures[0]["display"], figures[0]["records"] = "1个", []
    head = {**contents.head, "program": {**contents.head["program"], "code": "sha256:older"}}
    older = Contents(head, {**contents.parts, "figures.json": json.dumps(figures).encode()})
    again = rebuild(older)
    assert not again.same_program
    assert not again.sound
    assert again.differences == ("5G基站建设数（infra.5g.new）：数值1个→120个，计入的记录0条→120条",)


def test_a_file_that_is_no_archive_is_refused_in_words():
    with pytest.raises(ArchiveUnreadable, match="不是完整的ZIP文件"):
        verify(BytesIO(b"hello"))
    empty = BytesIO()
    with zipfile.ZipFile(empty, "w") as target:
        target.writestr("a.txt", "x")
    with pytest.raises(ArchiveUnreadable, match="没有档案清单"):
        verify(empty)


def test_everything_an_evaluation_is_given_comes_back_out_of_plain_data():
    reported = hints_of(Evaluation)["reported"]
    (kind,) = reported.__args__
    one = kind(
        id="7", indicator="a.b", period="2023H1", nature="reported", value=Fraction(10, 3), source="甲",
        as_of=date(2023, 6, 30),
    )  # fmt: skip
    plain = json.loads(json.dumps(to_plain((one,))))
    assert from_plain(plain, reported) == (one,)
    older = [{name: value for name, value in plain[0].items() if name != "as_of"} | {"gone": 1}]
    assert from_plain(older, reported) == (replace(one, as_of=None),)
    assert set(kept_fields()) >= {"reported", "area", "today"}
    with pytest.raises(TypeError, match="cannot keep object"):
        to_plain(object())
    assert read_period(to_plain(read_period("2023-01..05"))) == read_period("2023-01..05")
