"""报送前核对: what the page shows, what it keeps and what not, who gets in; the kept checks of one's own office."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import cast
from wanqi.core.access import actor_of
from wanqi.core.models import Attachment, AuditEvent, Job, Role, User
from wanqi.reports.actions import save_check, withdraw_check
from wanqi.reports.checking import MOST_CHARACTERS, check_text, key_of
from wanqi.reports.models import Explanation, SavedCheck

pytestmark = pytest.mark.django_db
Pages = Callable[[Role | None], Client]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "今年入选15家，占岳阳市总数(40家)的38.5%。\n认定科技型中小企业162家，同比增长360%。"
READERS = {Role.CLERK, Role.HEAD, Role.DEPUTY, Role.LEADER, Role.FINANCE, Role.AUDITOR}
LISTERS = READERS - {Role.FINANCE}
WRITERS = {Role.CLERK, Role.HEAD}
HTMX = {"HX-Request": "true"}


def body(answer: object, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]  # type: ignore[attr-defined]
    return str(answer.content.decode())  # type: ignore[attr-defined]


def key_with(figure: str) -> str:
    found = check_text(TEXT, region=cast.REGION).findings
    return next(key_of(one) for one in found if figure in one.figures)


def kept_nothing() -> bool:
    return not any(model.objects.exists() for model in (SavedCheck, Explanation, Attachment, Job))


def word_file(text: str = TEXT, *, name: str = "总结.docx") -> SimpleUploadedFile:
    document, out = docx.Document(), BytesIO()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(out)
    return SimpleUploadedFile(name, out.getvalue(), content_type=WORD)


def kept(username: str = "writer", *, office: object = None, title: str = "上半年总结") -> SavedCheck:
    person = cast.user(Role.CLERK, username=username, office=office)  # type: ignore[arg-type]
    return save_check(
        check_text(TEXT, region=cast.REGION), actor=actor_of(person), region=cast.REGION, title=title
    )


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_the_page_opens_for_readers_of_reports_only(signed_in: Pages, role: Role | None) -> None:
    client = signed_in(role)
    assert client.get("/checking/").status_code == (200 if role in READERS else 403)
    assert client.post("/checking/", {"text": TEXT}).status_code == (200 if role in READERS else 403)
    assert client.get("/checking/records/").status_code == (200 if role in LISTERS else 403)
    menu = client.get("/").content.decode()
    assert ("报送前核对</a>" in menu) is (role in READERS)


def test_the_empty_page_says_what_is_kept_and_what_is_found(signed_in: Pages) -> None:
    page = body(signed_in(Role.CLERK).get("/checking/"))
    for shown in (
        "本系统为非涉密系统",
        "文字和文件都不留存",
        "原文件在任何情况下都不留存",
        "能核出什么",
        "用一句话试试",
    ):
        assert shown in page, shown


def test_the_example_is_a_sentence_of_the_region_and_is_checked(signed_in: Pages) -> None:
    page = body(signed_in(Role.CLERK).get("/checking/?example=1"))
    assert "127.92%" in page
    assert 'id="finding-1"' in page


def test_a_check_shows_marks_sums_and_repairs_and_keeps_nothing(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    events = AuditEvent.objects.count()
    page = body(clerk.post("/checking/", {"text": TEXT}))
    assert "共识别数据5处，已核5处，未核0处。" in page
    for shown in ("数据差错 2", "15÷40=37.5%", "38.5%→37.5%", "360%→260%"):
        assert shown in page, shown
    assert 'class="mark is-error" href="#finding-1" data-jump>38.5%' in page
    marks = set(re.findall(r'<a id="(mark-\d+-\d+)"', page))
    assert marks == {"mark-1-0", "mark-1-1", "mark-1-2", "mark-2-0", "mark-2-1"}
    assert set(re.findall(r'href="#(mark-[^"]+)"', page)) == marks
    assert kept_nothing()
    assert AuditEvent.objects.count() == events


def test_htmx_gets_only_the_result(signed_in: Pages) -> None:
    page = body(signed_in(Role.CLERK).post("/checking/", {"text": TEXT}, headers=HTMX))
    assert page.startswith('<div id="checked">')
    assert "check-form" in page
    assert "<html" not in page
    refused = body(signed_in(Role.CLERK).post("/checking/", {"text": " "}, headers=HTMX), 422)
    assert "请粘贴材料，或选择一个文件。" in refused


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": ""}, "请粘贴材料，或选择一个文件。"),
        ({"text": "字" * (MOST_CHARACTERS + 1)}, "文字有100,001字，超过100,000字的上限"),
    ],
)
def test_what_cannot_be_checked_comes_back_with_a_sentence(
    signed_in: Pages, given: dict[str, str], sentence: str
) -> None:
    for path in ("/checking/", "/checking/explain/", "/checking/save/", "/checking/export/"):
        assert sentence in body(signed_in(Role.CLERK).post(path, {**given, "title": "题", "key": "x"}), 422)
    assert kept_nothing()


def test_a_file_is_read_and_not_kept(signed_in: Pages) -> None:
    page = body(signed_in(Role.CLERK).post("/checking/", {"text": "", "file": word_file()}))
    assert "数据差错 2" in page
    assert 'value="总结"' in page
    assert "认定科技型中小企业162家，同比增长360%。</textarea>" in page
    assert kept_nothing()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("总结.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("总结.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("总结.docx", b"PK\x03\x04 not a word file"),
        ("总结.pdf", b"%PDF-1.4 nothing"),
        ("总结.zip", b"PK\x03\x04"),
        ("空.txt", b""),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(signed_in: Pages, name: str, content: bytes) -> None:
    answer = signed_in(Role.CLERK).post("/checking/", {"text": "", "file": SimpleUploadedFile(name, content)})
    page = body(answer, 422)
    assert 'class="error" id="id_file_error"' in page
    if name.endswith((".doc", ".wps")):
        assert "另存为" in page
        assert ".docx" in page
    assert kept_nothing()


def test_words_and_a_file_at_once_are_refused(signed_in: Pages) -> None:
    answer = signed_in(Role.CLERK).post("/checking/", {"text": TEXT, "file": word_file()})
    assert "文字和文件只能核对一样" in body(answer, 422)


def test_what_was_pasted_is_shown_and_not_run(signed_in: Pages) -> None:
    said = "<script>alert(1)</script>今年入选15家，占总数(40家)的38.5%<img src=x onerror=alert(1)>"
    page = body(signed_in(Role.CLERK).post("/checking/", {"text": said}))
    assert "<script>alert" not in page
    assert "<img" not in page.split("<main")[1]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def explain(client: Client, figure: str = "360%", *, reason: str = "上年为45家", text: str = TEXT) -> object:
    key = key_with(figure)
    return client.post("/checking/explain/", {"text": text, "key": key, f"reason-{key[-12:]}": reason})


def test_an_explained_sum_is_folded_and_silent_from_then_on(signed_in: Pages) -> None:
    page = body(explain(signed_in(Role.CLERK)))
    assert "已记下：162家、360%，上年为45家。" in page
    assert "数据差错 1" in page
    assert "已说明 1 处" in page
    assert "经核无误，理由：上年为45家" in page
    assert Explanation.objects.get().created_by == User.objects.get(username="clerk")
    later = body(signed_in(Role.HEAD).post("/checking/", {"text": TEXT}))
    assert "数据差错 1" in later
    assert "已说明 1 处" in later


def test_without_a_reason_the_page_comes_back_and_nothing_is_kept(signed_in: Pages) -> None:
    page = body(explain(signed_in(Role.CLERK), reason=" "), 422)
    assert "请填写原因" in page
    assert '<details class="explain no-print" open>' in page
    assert "数据差错 2" in page
    assert kept_nothing()


def test_a_sum_that_is_gone_is_said_so(signed_in: Pages) -> None:
    page = body(explain(signed_in(Role.CLERK), text="没有数据。"), 409)
    assert "这一处疑点已不在文中" in page
    assert kept_nothing()


@pytest.mark.parametrize("role", sorted(READERS - WRITERS))
def test_who_only_reads_neither_explains_nor_saves(signed_in: Pages, role: Role) -> None:
    page = body(signed_in(role).post("/checking/", {"text": TEXT}))
    for missing in ("写明理由</summary>", "保存这次核对"):
        assert missing not in page
    assert explain(signed_in(role)).status_code == 403  # type: ignore[attr-defined]
    assert signed_in(role).post("/checking/save/", {"text": TEXT, "title": "题"}).status_code == 403
    assert kept_nothing()


def test_an_explanation_is_taken_back_with_a_reason(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    explain(clerk)
    row = Explanation.objects.get()
    given = {"text": TEXT, "row": str(row.pk)}
    assert "请填写原因" in body(clerk.post("/checking/take-back/", given), 422)
    page = body(clerk.post("/checking/take-back/", {**given, f"reason-{row.pk}": "上年应为35家"}))
    assert "已撤回对“162家、360%”的说明。" in page
    assert "数据差错 2" in page
    row.refresh_from_db()
    assert row.withdrawn_reason == "上年应为35家"


@pytest.mark.parametrize("row", ["", "x", "0", "999999999999999999", "²"])
def test_taking_back_what_is_not_there_is_a_missing_row(signed_in: Pages, row: str) -> None:
    answer = signed_in(Role.CLERK).post("/checking/take-back/", {"text": TEXT, "row": row})
    assert answer.status_code == 404


def test_another_office_cannot_take_an_explanation_back(signed_in: Pages) -> None:
    explain(signed_in(Role.CLERK))
    row = Explanation.objects.get()
    other = Client()
    other.force_login(
        cast.user(Role.CLERK, username="other", office=cast.offices()[1]),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    given = {"text": TEXT, "row": str(row.pk), f"reason-{row.pk}": "不同意"}
    assert other.post("/checking/take-back/", given).status_code == 403
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_a_check_is_saved_listed_found_opened_and_withdrawn(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    answer = clerk.post("/checking/save/", {"text": TEXT, "title": "上半年总结"})
    row = SavedCheck.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/checking/records/{row.pk}/")
    opened = body(clerk.get(answer["Location"]))
    for shown in (
        "上半年总结",
        "经办人于",
        "粘贴的文字",
        "数据差错 2",
        "15÷40=37.5%",
        "现在再核一次",
        "保存核对",
    ):
        assert shown in opened, shown
    assert "上半年总结" in body(clerk.get("/checking/records/?q=科技型"))
    assert "没有符合的核对记录" in body(clerk.get("/checking/records/?q=没有这样的"))
    leave = f"/checking/records/{row.pk}/withdraw/"
    assert "请填写原因" in body(clerk.post(leave, {"reason": " "}), 422)
    assert clerk.post(leave, {"reason": "存错了"})["Location"] == "/checking/records/"
    assert "还没有核对记录" in body(clerk.get("/checking/records/"))
    assert "已撤回" in body(clerk.get(f"/checking/records/{row.pk}/"))
    assert body(clerk.post(leave, {"reason": "再撤"}), 409)


def test_a_title_is_asked_for(signed_in: Pages) -> None:
    page = body(signed_in(Role.CLERK).post("/checking/save/", {"text": TEXT, "title": " "}), 422)
    assert 'id="form-errors"' in page
    assert kept_nothing()


def test_a_kept_check_of_another_office_is_as_if_it_were_not(signed_in: Pages) -> None:
    row = kept(office=cast.offices()[1])
    for role in (Role.CLERK, Role.HEAD):
        client = signed_in(role)
        for step in ("", "export/", "withdraw/"):
            assert client.get(f"/checking/records/{row.pk}/{step}").status_code == 404
        assert client.post(f"/checking/records/{row.pk}/withdraw/", {"reason": "撤"}).status_code == 404
        for path in ("/checking/records/", "/checking/records/?q=总结"):
            assert "上半年总结" not in body(client.get(path))
    assert "上半年总结" in body(signed_in(Role.LEADER).get("/checking/records/"))
    assert signed_in(Role.FINANCE).get(f"/checking/records/{row.pk}/").status_code == 403
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_leaders_open_but_do_not_withdraw(signed_in: Pages) -> None:
    row = kept()
    leader = signed_in(Role.LEADER)
    assert "撤回</a>" not in body(leader.get(f"/checking/records/{row.pk}/"))
    assert leader.post(f"/checking/records/{row.pk}/withdraw/", {"reason": "撤"}).status_code == 403


def test_many_kept_checks_come_in_pages(signed_in: Pages) -> None:
    person = actor_of(cast.user(Role.CLERK, username="writer"))
    checked = check_text("没有数据。", region=cast.REGION)
    for number in range(52):
        save_check(checked, actor=person, region=cast.REGION, title=f"第{number:02d}份")
    withdraw_check(SavedCheck.objects.get(title="第51份"), actor=person, reason="多余")
    first = body(signed_in(Role.CLERK).get("/checking/records/"))
    assert "共 <b>51</b> 份" in first
    assert "第50份" in first
    assert "第00份" not in first
    (further,) = re.findall(r'rel="next" href="([^"]+)"', first)
    last = body(signed_in(Role.CLERK).get("/checking/records/" + further))
    assert "第00份" in last
    assert "第01份" not in last


def comments(content: bytes) -> list[str]:
    return [one.text for one in docx.Document(BytesIO(content)).comments]


def test_words_are_exported_as_a_word_file_with_comments(signed_in: Pages) -> None:
    answer = signed_in(Role.CLERK).post("/checking/export/", {"text": TEXT})
    assert (answer.status_code, answer["Content-Type"]) == (200, WORD)
    found = comments(answer.content)
    assert len(found) == 2
    assert found[0].startswith("数据差错\n15÷40=37.5%")
    assert "改任意一处即可相符：" in found[0]
    text = "\n".join(one.text for one in docx.Document(BytesIO(answer.content)).paragraphs)
    assert "认定科技型中小企业162家，同比增长360%。" in text
    event = AuditEvent.objects.get(verb="导出核对批注")
    assert event.changes[0]["new"] == "2处"
    assert "162" not in str(event.changes)
    assert kept_nothing()


def test_the_original_word_file_comes_back_with_comments(signed_in: Pages) -> None:
    answer = signed_in(Role.CLERK).post("/checking/export/", {"text": "", "file": word_file()})
    assert answer.status_code == 200
    assert "%E6%80%BB%E7%BB%93" in answer["Content-Disposition"]
    assert len(comments(answer.content)) == 2
    assert kept_nothing()


def test_a_kept_check_is_exported_and_logged(signed_in: Pages) -> None:
    row = kept()
    answer = signed_in(Role.AUDITOR).get(f"/checking/records/{row.pk}/export/")
    assert len(comments(answer.content)) == 2
    assert AuditEvent.objects.get(verb="导出").target_id == str(row.pk)


@pytest.mark.parametrize("name", ["explain", "take-back", "save", "export"])
def test_only_posts_write(signed_in: Pages, name: str) -> None:
    assert signed_in(Role.CLERK).get(reverse(f"checking.{name}")).status_code == 405


@pytest.mark.parametrize("title", ["\x00", "题\x00目", "🎉" * 10])
def test_odd_titles_and_texts_are_no_failure(signed_in: Pages, title: str) -> None:
    answer = signed_in(Role.CLERK).post("/checking/save/", {"text": "共\x0020家🎉\r\n一", "title": title})
    assert answer.status_code in (302, 422)
    assert all("\x00" not in row.text + row.title for row in SavedCheck.objects.all())
