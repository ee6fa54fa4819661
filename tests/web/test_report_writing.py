"""Writing a report through its pages: saving with and without scripts, conflicts, steps, versions, templates, access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests import cast
from tests.reports.writing import begun, paragraph, part, somebody
from wanqi.core.models import AuditEvent, Role
from wanqi.reports import actions
from wanqi.reports.models import Draft, Edition, Remark, ReportTemplate, UnlinkedFigure

pytestmark = pytest.mark.django_db
Pages = Callable[[Role | None], Client]
JSON = {"HTTP_ACCEPT": "application/json"}


def client(role: Role, office: int = 0) -> Client:
    browser = Client()
    person = somebody(role, office).user
    assert person is not None
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def body(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def save(
    browser: Client, draft: Draft, code: str, text: str, *, seen: int | None = None, **headers: str
) -> Any:
    row = paragraph(draft, code)
    given = {"text": text, "seen": str(row.version if seen is None else seen)}
    return browser.post(f"/reports/{draft.pk}/write/{row.pk}/", given, **headers)


def step(browser: Client, draft: Draft, name: str, **given: Any) -> str:
    return body(browser.post(f"/reports/{draft.pk}/step/{name}/", given, follow=True))


def test_a_paragraph_is_kept_as_typed_and_says_what_is_linked_to_nothing() -> None:
    draft = begun()
    answer = save(client(Role.CLERK), draft, "built", "建成{5G基站建设数}，培训15家。", **JSON).json()
    assert (answer["version"], answer["text"]) == (2, "建成{infra.5g.new}，培训15家。")
    assert answer["loose"] == [{"words": "15家", "reason": ""}]
    page = body(client(Role.CLERK).get(f"/reports/{draft.pk}/"))
    assert '<mark class="loose" title="未关联数据">15家</mark>' in page
    assert 'data-figure="infra.5g.new"' in page


def test_without_scripts_a_refused_text_comes_back_as_typed() -> None:
    draft = begun()
    browser = client(Role.CLERK)
    page = body(save(browser, draft, "built", "建成{不存在的指标}<b>粗</b>"), 422)
    assert "没有指标“不存在的指标”" in page
    assert "建成{不存在的指标}&lt;b&gt;粗&lt;/b&gt;</textarea>" in page
    assert paragraph(draft, "built").version == 1
    done = save(browser, draft, "built", "<script>alert(1)</script>{infra.5g.new}")
    assert done["Location"] == f"/reports/{draft.pk}/write/#p-{paragraph(draft, 'built').pk}"
    page = body(browser.get(f"/reports/{draft.pk}/"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_somebody_was_quicker_and_both_texts_are_shown() -> None:
    draft = begun()
    save(client(Role.HEAD), draft, "built", "先写的。")
    answer = save(client(Role.CLERK), draft, "built", "后写的。", seen=1, **JSON)
    assert answer.status_code == 409
    assert (answer.json()["other"]["text"], answer.json()["other"]["version"]) == ("先写的。", 2)
    page = body(save(client(Role.CLERK), draft, "built", "后写的。", seen=1), 409)
    assert "后写的。</textarea>" in page
    assert "先写的。" in page
    assert paragraph(draft, "built").text == "先写的。"


@pytest.mark.parametrize("role", [Role.CLERK, Role.HEAD, Role.DEPUTY, Role.FINANCE, Role.AUDITOR])
def test_another_offices_words_are_refused(role: Role) -> None:
    draft = begun()
    browser = client(role, 0)
    assert save(browser, draft, "firms", "不是我的", **JSON).status_code == 403
    page = body(browser.get(f"/reports/{draft.pk}/write/"))
    assert f"/reports/{draft.pk}/write/{paragraph(draft, 'firms').pk}/" not in page
    assert paragraph(draft, "firms").version == 1


@pytest.mark.parametrize("role", [None, Role.REPORTER, Role.EXPERT, Role.SYSTEM_ADMIN])
def test_strangers_see_and_do_nothing(signed_in: Pages, role: Role | None) -> None:
    draft = begun()
    browser = signed_in(role)
    row, own = paragraph(draft, "built"), part(draft, 0)
    for path in ("", "write/", "write/figures/?q=5G", "versions/", f"versions/{row.pk}/"):
        assert browser.get(f"/reports/{draft.pk}/{path}").status_code == 403
    assert browser.get("/reports/templates/").status_code == 403
    for path in (f"write/{row.pk}/", f"write/{row.pk}/change/", "write/add/", "write/section/", "step/collect/",
                 f"parts/{own.pk}/finish/", f"remarks/{row.pk}/", f"unlinked/{row.pk}/"):  # fmt: skip
        assert browser.post(f"/reports/{draft.pk}/{path}", {"text": "x"}).status_code == 403
    assert AuditEvent.objects.filter(actor__isnull=False).count() == 0


def test_figures_are_found_by_title_with_their_values() -> None:
    draft = begun()
    found = client(Role.CLERK).get(f"/reports/{draft.pk}/write/figures/?q=5G基站建设数").json()["found"]
    first = next(one for one in found if one["id"] == "infra.5g.new")
    assert {"tag": "{infra.5g.new:number}", "form": "只要数", "display": "2"}.items() <= first["forms"][
        1
    ].items()
    assert client(Role.CLERK).get(f"/reports/{draft.pk}/write/figures/?q=%00").json() == {"found": []}
    plain = body(client(Role.CLERK).get(f"/reports/{draft.pk}/write/?q=5G基站建设数"))
    assert "<code>{infra.5g.new}</code>" in plain


def test_the_way_from_two_offices_to_the_signature() -> None:
    draft = begun()
    clerk, digital, head, deputy = (
        client(Role.CLERK), client(Role.CLERK, 1), client(Role.HEAD), client(Role.DEPUTY),
    )  # fmt: skip
    save(clerk, draft, "built", "建成{infra.5g.new}，培训15家。")
    assert "材料待我起草" in body(clerk.get("/"))
    for browser, office in ((clerk, 0), (digital, 1)):
        body(browser.post(f"/reports/{draft.pk}/parts/{part(draft, office).pk}/finish/", follow=True))
    assert "材料各股室已完成，待汇总" in body(head.get("/"))
    assert clerk.post(f"/reports/{draft.pk}/step/collect/").status_code == 403
    assert "各股室的段落已锁定" in step(head, draft, "collect")
    assert "未关联数据1处（15家）" in step(head, draft, "submit")
    row = paragraph(draft, "built")
    told = {"words": "15家", "reason": "培训签到表"}
    body(head.post(f"/reports/{draft.pk}/unlinked/{row.pk}/", told, follow=True))
    assert "已送审" in step(head, draft, "submit")
    assert "材料待签发" in body(deputy.get("/"))
    body(
        deputy.post(
            f"/reports/{draft.pk}/remarks/{row.pk}/", {"words": "口径？", "quote": "15家"}, follow=True
        )
    )
    reason = {"reason": "请核对", "offices": [str(cast.offices()[0].pk)]}
    assert "已退回" in step(deputy, draft, "send-back", **reason)
    page = body(clerk.get(f"/reports/{draft.pk}/"))
    assert "退回原因：</b>请核对" in page
    assert "口径？" in page
    assert "材料已退回，待修改" in body(clerk.get("/"))
    body(
        clerk.post(
            f"/reports/{draft.pk}/remarks/{Remark.objects.get().pk}/resolve/", {"answer": "已核"}, follow=True
        )
    )
    body(clerk.post(f"/reports/{draft.pk}/parts/{part(draft, 0).pk}/finish/", follow=True))
    step(head, draft, "submit")
    shown = body(deputy.get(f"/reports/{draft.pk}/"))
    digest = shown.split('name="text" value="')[1].split('"')[0]
    assert "数字2处，其中未关联1处" in shown
    assert "没有签发" in step(deputy, draft, "sign", text="sha256:other")
    assert "已签发并定稿锁定" in step(deputy, draft, "sign", text=digest)
    assert Draft.objects.get(pk=draft.pk).state == "signed"
    cast.site("late", opened_on=draft.created_at.date().replace(year=2023, month=6, day=1))
    page = body(head.get(f"/reports/{draft.pk}/"))
    assert "已签发" in page
    assert ">2个</a>" in page  # as it was signed, not three
    file = head.get(f"/reports/{draft.pk}/export/?format=docx")
    assert file.content.startswith(b"PK")
    assert save(deputy, draft, "built", "再改", **JSON).status_code == 409


def test_versions_tell_what_changed_and_who_wrote_it() -> None:
    draft = begun()
    save(client(Role.CLERK), draft, "built", "完成建设{infra.5g.new}。")
    save(client(Role.HEAD), draft, "built", "全市完成建设{infra.5g.total}。")
    row = paragraph(draft, "built")
    page = body(client(Role.AUDITOR).get(f"/reports/{draft.pk}/versions/{row.pk}/"))
    assert "<ins>全市</ins>" in page
    assert '<del><span class="figure-chip">5G基站建设数</span></del>' in page
    assert "经办人" in page
    assert client(Role.AUDITOR).get(f"/reports/{draft.pk}/versions/").status_code == 404  # no step yet
    for office in (0, 1):
        actions.finish_part(part(draft, office), actor=somebody(Role.HEAD, office))
    actions.collect_draft(draft, actor=somebody(Role.HEAD))
    save(client(Role.HEAD), draft, "firms", "改写了。")
    page = body(client(Role.AUDITOR).get(f"/reports/{draft.pk}/versions/?a=1&b=0"))
    assert "<ins>改写了</ins>" in page
    assert Edition.objects.count() == 1


def test_paragraphs_are_changed_as_a_whole() -> None:
    draft = begun()
    clerk, head = client(Role.CLERK), client(Role.HEAD)
    body(clerk.post(f"/reports/{draft.pk}/write/add/", {"section": "stations"}, follow=True))
    added = draft.paragraphs.get(code="added-1")
    change = f"/reports/{draft.pk}/write/{added.pk}/change/"
    assert "已上移" in body(clerk.post(change, {"act": "up"}, follow=True))
    assert "请填写原因" in body(clerk.post(change, {"act": "remove", "reason": ""}, follow=True))
    assert "可以在版本里恢复" in body(clerk.post(change, {"act": "remove", "reason": "多余"}, follow=True))
    assert "已恢复这一段" in body(clerk.post(change, {"act": "restore"}, follow=True))
    office = str(cast.offices()[1].pk)
    assert clerk.post(change, {"act": "assign", "office": office}).status_code == 403
    assert "已改由" in body(head.post(change, {"act": "assign", "office": office}, follow=True))
    title = {"section": "stations", "title": "打牢 基础"}
    assert "章节标题已改" in body(head.post(f"/reports/{draft.pk}/write/section/", title, follow=True))
    assert "一、打牢 基础" in body(head.get(f"/reports/{draft.pk}/"))


def test_sections_are_arranged_on_the_page_while_the_report_is_written() -> None:
    draft = begun()
    head, address = client(Role.HEAD), f"/reports/{draft.pk}/write/section/"

    def act(act: str, **given: Any) -> str:
        version = Draft.objects.get(pk=draft.pk).version
        return body(head.post(address, {"act": act, "seen": version, **given}, follow=True))

    page = body(head.get(f"/reports/{draft.pk}/write/"))
    assert page.count("这一章的其他操作") == 2
    assert 'value="基站建设" required' in page
    assert "这一章的其他操作" not in body(client(Role.CLERK).get(f"/reports/{draft.pk}/write/"))
    office = str(cast.offices()[1].pk)
    page = act("add", section="stations", title="存在问题", office=office)
    assert "已加一章" in page
    assert [f"<h2>{words}</h2>" in page for words in ("二、存在问题", "三、企业培育")] == [True, True]
    page = act("name", section="added-section-1", title="困难问题")
    assert "改回“存在问题”" in page
    assert "<h2>三、困难问题</h2>" in act("down", section="added-section-1")
    assert "已在最后" in act("down", section="added-section-1")
    assert "请填写原因" in act("remove", section="industry", reason="")
    page = act("remove", section="industry", reason="并入他处")
    assert "已删去的章节" in page
    assert "<h2>二、困难问题</h2>" in page
    assert "<h2>二、企业培育</h2>" in act("restore", section="industry")
    assert "请写章节标题" in act("add", title="")
    assert "变动" in body(head.post(address, {"act": "up", "section": "industry", "seen": "1"}, follow=True))
    assert head.post(address, {"act": "no-such", "section": "industry"}).status_code == 404
    for stranger in (client(Role.CLERK), client(Role.HEAD, 1), client(Role.AUDITOR)):
        given = {"act": "remove", "section": "industry", "reason": "不写"}
        assert stranger.post(address, given).status_code == 403
    assert client(Role.REPORTER).post(address, {"act": "up", "section": "industry"}).status_code == 403


def test_an_explanation_of_a_loose_number_is_taken_back() -> None:
    draft = begun()
    clerk = client(Role.CLERK)
    save(clerk, draft, "built", "培训15家。")
    row = paragraph(draft, "built")
    address = f"/reports/{draft.pk}/unlinked/{row.pk}/"
    body(clerk.post(address, {"words": "15家", "reason": "签到表"}, follow=True))
    kept = UnlinkedFigure.objects.get()
    body(clerk.post(address, {"kept": str(kept.pk)}, follow=True))
    assert UnlinkedFigure.objects.current().count() == 0


def test_a_template_is_copied_edited_and_used() -> None:
    clerk, other = client(Role.CLERK), client(Role.CLERK, 1)
    done = clerk.post("/reports/templates/new/", {"copied": "half-year", "title": "本局半年报"})
    row = ReportTemplate.objects.get()
    assert done["Location"] == f"/reports/templates/{row.pk}/"
    page = body(clerk.get(done["Location"]))
    assert "5G基站" in page
    assert "保存模板" not in body(other.get(done["Location"]))
    given = {"act": "save", "title": "半年情况", "signed": "市科工局", "periods": ["half-year"], "section": ["one"],
             "title-one": "基站", "office-one": "digital", "paragraphs-one": ["p1"], "office-p1": "",
             "clauses-p1": ["c1", "c2"], "text-c1": "建成{5G基站建设数}", "text-c2": " ", "seen": "1"}  # fmt: skip
    assert other.post(done["Location"], given).status_code == 403
    wrong = body(clerk.post(done["Location"], {**given, "text-c1": "{没有}"}), 422)
    assert "没有指标“没有”" in wrong
    assert "{没有}</textarea>" in wrong
    more = body(clerk.post(done["Location"], {**given, "act": "add-clause:p1"}))
    assert 'name="text-clause-1"' in more
    assert clerk.post(done["Location"], given).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.definition["version"]) == ("半年情况", "2026-2")
    assert row.definition["sections"][0]["paragraphs"][0]["clauses"][0]["text"] == "建成{infra.5g.new}"
    stale = body(clerk.post(done["Location"], {**given, "title": "又改"}), 409)
    assert "被他人修改" in stale
    draft = actions.create_draft(row.code, actor=somebody(Role.HEAD), region=cast.REGION, period="2023H1")
    assert [str(one.office.code) for one in draft.paragraphs.all()] == ["digital"]


def test_only_posts_write() -> None:
    draft = begun()
    row = paragraph(draft, "built")
    for path in (
        f"write/{row.pk}/",
        "write/add/",
        "step/collect/",
        f"remarks/{row.pk}/",
        f"unlinked/{row.pk}/",
    ):
        assert client(Role.HEAD).get(f"/reports/{draft.pk}/{path}").status_code == 405
