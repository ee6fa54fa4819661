"""The import pages, step by step, for those who may and those who may not."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.registry.tables import ROW, rows, table
from wanqi.core.models import Attachment, AuditEvent, Job, Role, User
from wanqi.projects.models import Site
from wanqi.registry import tasks
from wanqi.registry.models import ImportBatch

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Role | None], Client]


def upload(client: Client, content: bytes, *, name: str = "站址.xlsx", **more: object):  # type: ignore[no-untyped-def]
    given = {
        "profile": "tower-stations",
        "office": cast.offices()[0].pk,
        "unit": cast.units()[0].pk,
        "file": SimpleUploadedFile(name, content),
        **more,
    }
    return client.post(
        reverse("imports.new"), {key: value for key, value in given.items() if value is not None}
    )


def latest() -> ImportBatch:
    return ImportBatch.objects.select_related("job").latest("pk")


def matched(client: Client, batch: ImportBatch, **changed: object):  # type: ignore[no-untyped-def]
    chosen = {f"column-{name}": at for name, at in batch.mapping["columns"].items()} | changed
    return client.post(reverse("imports.match", args=[batch.pk]), chosen)


def work_off(batch: ImportBatch) -> ImportBatch:
    """Do what the worker would do with the batch's job."""
    assert batch.job is not None
    task = {"import": tasks.run_import, "import-undo": tasks.run_undo, "import-check": tasks.check_import}
    task[batch.job.kind](job_id=batch.job.pk, batch_id=batch.pk)
    return latest()


def test_a_file_goes_through_the_four_steps_and_back(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    answer = upload(clerk, table(*rows(2), ("S003", "", "", "", "", "")))
    batch = latest()
    assert answer["Location"] == reverse("imports.batch", args=[batch.pk])
    page = clerk.get(answer["Location"]).content.decode()
    assert "匹配列" in page
    assert "站址编码" in page
    answer = matched(clerk, batch)
    page = clerk.get(answer["Location"]).content.decode()
    assert "确认导入2行" in page
    assert "没有填写" in page
    assert Site.objects.count() == 0
    answer = clerk.post(reverse("imports.confirm", args=[batch.pk]))
    assert "正在导入" in clerk.get(answer["Location"]).content.decode()
    batch = work_off(latest())
    assert (batch.state, Site.objects.count()) == ("done", 2)
    site = Site.objects.get(site_code="S001")
    assert (site.office, site.unit) == (cast.offices()[0], cast.units()[0])
    page = clerk.get(reverse("imports.batch", args=[batch.pk])).content.decode()
    assert "新增的2行将撤销" in page
    answer = clerk.post(reverse("imports.undo", args=[batch.pk]))
    batch = work_off(latest())
    assert (batch.state, Site.objects.current().count()) == ("undone", 0)
    assert "撤销新增2行" in clerk.get(answer["Location"]).content.decode()


def test_pasted_rows_are_taken_like_a_file(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    upload(clerk, b"", file=None, pasted="站址编码\t站址名称\nS1\t一号站\n")
    assert latest().mapping["columns"] == {"site_code": 0, "name": 1}
    assert latest().file.name == "粘贴的表格.txt"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"file": None}, "请选择文件，或在下面粘贴表格。"),
        ({"pasted": "a\tb"}, "只能选一个"),
        ({"file": SimpleUploadedFile("a.xlsx", b"")}, "文件是空的"),
        ({"profile": "nothing"}, "选择一个有效的选项"),
        ({"office": ""}, "这个字段是必填项"),
    ],
)
def test_an_incomplete_form_comes_back_with_what_to_do(
    signed_in: SignedIn, given: dict[str, object], said: str
) -> None:
    answer = upload(signed_in(Role.CLERK), table(ROW), **given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_a_file_that_is_no_table_is_refused_on_the_form(signed_in: SignedIn) -> None:
    answer = upload(signed_in(Role.CLERK), b"%PDF-1.7 x" * 20)
    assert answer.status_code == 422
    assert "这是PDF文件，不是表格。请把其中的表格复制到Excel或WPS表格" in answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_a_request_too_large_is_refused_before_it_is_read(signed_in: SignedIn) -> None:
    class Unread(io.BytesIO):
        def read(self, *size: object) -> bytes:
            raise AssertionError("the body was read")

    answer = signed_in(Role.CLERK).generic(
        "POST", reverse("imports.new"), **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(2 * 1024**3)}
    )
    assert answer.status_code == 413
    assert "文件超过50 MB的上限，没有上传。" in answer.content.decode()


def test_a_pasted_text_too_large_is_told_so(signed_in: SignedIn) -> None:
    answer = upload(signed_in(Role.CLERK), b"", file=None, pasted="站" * 1_500_000)
    assert answer.status_code == 413
    assert "粘贴的内容超过4 MB的上限" in answer.content.decode()


def test_a_post_without_its_token_is_refused(signed_in: SignedIn) -> None:
    signed_in(Role.CLERK)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(
        User.objects.get(username="clerk"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert upload(strict, table(ROW)).status_code == 403
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.LEADER, Role.AUDITOR])
def test_readers_see_batches_but_do_not_import(signed_in: SignedIn, role: Role) -> None:
    clerk = signed_in(Role.CLERK)
    upload(clerk, table(ROW))
    batch = latest()
    reader = signed_in(role)
    assert f"第{batch.pk}批" in reader.get(reverse("imports")).content.decode()
    assert reader.get(reverse("imports.new")).status_code == 403
    assert upload(reader, table(ROW)).status_code == 403
    matched(clerk, batch)
    for name in ("imports.match", "imports.confirm", "imports.undo", "imports.sheet"):
        assert reader.post(reverse(name, args=[batch.pk])).status_code in (403, 422)
    assert latest().state == "mapped"
    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.EXPERT, Role.FINANCE]
)
def test_others_see_nothing_of_it(signed_in: SignedIn, role: Role) -> None:
    upload(signed_in(Role.CLERK), table(ROW))
    other = signed_in(role)
    assert other.get(reverse("imports")).status_code == 403
    for name in ("imports.batch", "imports.rejected", "imports.file", "imports.progress", "imports.match"):
        assert other.get(reverse(name, args=[latest().pk])).status_code == 404
    assert other.post(reverse("imports.confirm", args=[latest().pk])).status_code == 404


def test_a_reporter_imports_for_the_own_unit_only(signed_in: SignedIn) -> None:
    reporter = signed_in(Role.REPORTER)
    other = cast.units()[1]
    assert upload(reporter, table(ROW), office=None, unit=other.pk).status_code == 422
    assert ImportBatch.objects.count() == 0
    cast.site("S001", unit=other)
    upload(reporter, table((*ROW[:5], "2023-07-01"), ("S002", *ROW[1:])), office=None)
    matched(reporter, latest())
    reporter.post(reverse("imports.confirm", args=[latest().pk]))
    batch = work_off(latest())
    assert (batch.counts["created"], batch.counts["rejected"]) == (1, 1)
    reason = batch.rejected.get().reasons[0]
    assert (reason["column"], reason["message"]) == ("站址编码", "已由其他股室或单位登记，不归您修改")
    assert str(Site.objects.get(site_code="S001").opened_on) == "2023-06-15"


def test_a_reporter_does_not_see_the_batches_of_others(signed_in: SignedIn) -> None:
    upload(signed_in(Role.CLERK), table(ROW), unit=cast.units()[1].pk)
    reporter = signed_in(Role.REPORTER)
    assert reporter.get(reverse("imports.batch", args=[latest().pk])).status_code == 404
    assert f"第{latest().pk}批" not in reporter.get(reverse("imports")).content.decode()


def test_matching_nothing_comes_back_with_what_is_missing(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    upload(clerk, table(ROW))
    answer = clerk.post(reverse("imports.match", args=[latest().pk]), {})
    assert answer.status_code == 422
    assert "还没有匹配列：站址编码、站址名称" in answer.content.decode()
    assert latest().state == "received"


def test_rejected_rows_and_the_template_can_be_saved_and_imported_again(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    upload(clerk, table(*rows(1), ("=1+1", "", "没有的片区", "", "", "")))
    matched(clerk, latest())
    answer = clerk.get(reverse("imports.rejected", args=[latest().pk]))
    assert answer["Content-Disposition"].startswith("attachment;")
    upload(clerk, answer.content, name="改好.xlsx")
    again = latest()
    assert again.mapping["titles"][:3] == ["行号", "站址编码", "站址名称"]
    assert again.mapping["titles"][-2:] == ["未导入原因", "怎么改"]
    assert again.mapping["columns"]["site_code"] == 1
    answer = clerk.get(reverse("imports.template", args=["tower-stations"]))
    upload(clerk, answer.content, name="模板.xlsx")
    assert set(latest().mapping["columns"]) == {
        "site_code",
        "name",
        "area",
        "operator",
        "built_on",
        "opened_on",
    }
    assert clerk.get(reverse("imports.template", args=["nothing"])).status_code == 404


def test_the_original_file_comes_back_as_it_was_and_the_log_says_so(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    content = table(ROW)
    upload(clerk, content)
    answer = clerk.get(reverse("imports.file", args=[latest().pk]))
    assert answer.content == content
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    assert AuditEvent.objects.filter(verb="下载原始文件").count() == 1


def test_a_second_click_on_confirm_starts_nothing_twice(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    upload(clerk, table(*rows(2)))
    matched(clerk, latest())
    clerk.post(reverse("imports.confirm", args=[latest().pk]))
    work_off(latest())
    assert clerk.post(reverse("imports.confirm", args=[latest().pk])).status_code == 409
    assert Site.objects.count() == 2


def test_progress_alone_is_a_part_of_the_page_and_reloads_it_at_the_end(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    upload(clerk, table(ROW))
    matched(clerk, latest())
    clerk.post(reverse("imports.confirm", args=[latest().pk]))
    where = reverse("imports.progress", args=[latest().pk])
    part = clerk.get(where, headers={"HX-Request": "true"}).content.decode()
    assert "正在排队" in part
    assert part.strip() in clerk.get(reverse("imports.batch", args=[latest().pk])).content.decode()
    work_off(latest())
    answer = clerk.get(where, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_wrong_methods_are_refused(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    upload(clerk, table(ROW))
    pk = latest().pk
    for name in ("imports.confirm", "imports.undo", "imports.sheet"):
        assert clerk.get(reverse(name, args=[pk])).status_code == 405
    for name in ("imports.batch", "imports.rejected", "imports.file", "imports.progress"):
        assert clerk.post(reverse(name, args=[pk])).status_code == 405
    assert clerk.put(reverse("imports.new")).status_code == 405


def test_an_import_that_stopped_can_go_on(signed_in: SignedIn) -> None:
    """The kept file no longer opens: the batch says so, keeps its place, and goes on once it does."""
    clerk = signed_in(Role.CLERK)
    upload(clerk, table(*rows(2)))
    matched(clerk, latest())
    clerk.post(reverse("imports.confirm", args=[latest().pk]))
    file = latest().file
    whole = bytes(file.content)
    Attachment.objects.filter(pk=file.pk).update(content=whole[:200])
    batch = work_off(latest())
    assert (batch.state, Site.objects.count()) == ("failed", 0)
    page = clerk.get(reverse("imports.batch", args=[batch.pk])).content.decode()
    assert "文件已损坏" in page
    assert "继续导入" in page
    Attachment.objects.filter(pk=file.pk).update(content=whole)
    clerk.post(reverse("imports.confirm", args=[batch.pk]))
    assert (work_off(latest()).state, Site.objects.count()) == ("done", 2)
