"""条件筛选 through its pages on the demonstration: who sees what, lists that leave the house, into the nominations."""

from __future__ import annotations

import html
import io
import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests import cast
from wanqi.core.access import actor_of
from wanqi.core.models import Area, AuditEvent, Office, Role, RoleGrant, User
from wanqi.policies.models import Bucket, Determination, SavedScreen, ScreenLook, Standing, StandingChange
from wanqi.policies.standings import keeping
from wanqi.registry.actions import record_fact
from wanqi.registry.models import Nomination, Organisation

SRDI = "cn.srdi-sme"
pytestmark = pytest.mark.usefixtures("demo")


def client(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def clerk() -> Client:
    return client(User.objects.get(username="clerk"))


def somebody(name: str, role: Role, *, office: Office | None = None, area: Area | None = None) -> User:
    """Return a demonstration account, so that it looks from the demonstration's day."""
    user = User.objects.create(username=name, display_name=name, is_demonstration=True)
    RoleGrant.objects.create(user=user, role=role, region_id=cast.REGION, office=office, area=area)
    return user


def company(number: int) -> Organisation:
    return Organisation.objects.get(name=f"演示企业{number:02d}（临湘）")


def text_of(answer: Any) -> str:
    body = html.unescape(answer.content.decode())
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", body[body.index("<main") :] if "<main" in body else body)
    )


def numbers(page: str) -> dict[str, int]:
    """Return what the bar says: words of a group → how many."""
    return {
        words: int(many.replace(",", ""))
        for words, many in re.findall(r"<span>([^<]+)</span><b>([\d,]+)</b></a></li>", page)
    }


def test_the_screen_counts_filters_and_says_of_when_it_is() -> None:
    page = clerk().get("/screening/", {"programme": SRDI}).content.decode()
    counted = numbers(page)
    assert list(counted) == [one.label for one in Bucket]
    assert (
        counted["差1项"]
        == Standing.objects.filter(track__programme=SRDI, track__kind="new", bucket=Bucket.ONE).count()
    )
    assert "截至2023年6月30日的最新比对结果" in page
    assert "工信部企业〔2022〕63号" in page
    one = (
        clerk()
        .get("/screening/", {"programme": SRDI, "bucket": "short1", "held": "without"})
        .content.decode()
    )
    assert company(19).name in one
    assert company(1).name not in one
    assert numbers(one)["符合条件"] == counted["符合条件"] - 12  # 12 of them hold the title already
    held = clerk().get("/screening/", {"programme": SRDI, "held": "with", "area": ""}).content.decode()
    assert "已获得，有效期至2026-06-06" in held
    odd = text_of(clerk().get("/screening/", {"programme": SRDI, "size": "巨型", "on": "x"}))
    assert "“企业规模”的取值无法识别" in odd
    assert clerk().get("/screening/", {"programme": "cn.nothing"}).status_code == 404
    record_fact(
        company(19), "rd_expense", "9000000.00", period="2022", source_class="审计报告", source="审计",
        actor=cast.machine(),
    )  # fmt: skip
    assert "还有1家待比对" in text_of(clerk().get("/screening/", {"programme": SRDI}))


def test_reasons_beside_the_rows_and_in_the_drawer() -> None:
    pk = company(19).pk
    row = clerk().get("/screening/reasons/", {"programme": SRDI, "id": [pk, company(1).pk]}).content.decode()
    assert f'id="why-{pk}">' in row
    assert "上年度研发费用占营业收入不低于3% <b>差 0.32 个百分点</b>" in row
    assert "符合全部条件" in row
    page = text_of(clerk().get(f"/screening/why/{pk}/", {"programme": SRDI}))
    for said in (
        "差 0.32 个百分点",
        "要求 ≥3%",
        "附件2一（二）",
        "研发费用总额",
        "税务",
        "申报材料",
        "仅供参考",
    ):
        assert said in page
    drawer = clerk().get(f"/screening/why/{pk}/", {"programme": SRDI}, headers={"HX-Request": "true"})
    assert b'id="drawer-title"' in drawer.content
    unknown = text_of(clerk().get(f"/screening/why/{company(150).pk}/", {"programme": SRDI}))
    assert "待补充数据" in unknown
    assert clerk().get("/screening/why/999999/", {"programme": SRDI}).status_code == 404


def sheet(answer: Any) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def test_phones_are_clear_for_the_own_office_alone_and_never_in_the_text() -> None:
    pks = [company(19).pk, company(1).pk]
    asked = {"programme": SRDI, "pick": pks}
    answer = clerk().get("/screening/contacts/", asked)
    assert unquote(answer["Content-Disposition"]).endswith("专精特新中小企业联系清单（演示数据）.xlsx")
    lines = sheet(answer)
    assert lines[2][1:] == [
        *("企业", "统一社会信用代码", "片区", "联系人", "电话", "比对结论", "尚缺条件", "材料", "截止日期")
    ]
    assert lines[3][5] == "13900000019"
    assert lines[3][7] == "上年度研发费用占营业收入不低于3%（差 0.32 个百分点）"
    assert lines[4][6:8] == ["符合条件", "无"]
    assert "演示经办人" in lines[1][0]
    other = Office.objects.exclude(pk=company(19).office_id).order_by("pk").first()
    stranger = client(somebody("elsewhere", Role.CLERK, office=other))
    owner = company(19).office
    assert owner is not None
    assert [line[5] for line in sheet(stranger.get("/screening/contacts/", asked))[3:]] == [
        f"139****0019\n（全号在{owner.name}）",
        f"139****0001\n（全号在{owner.name}）",
    ]
    said = clerk().get("/screening/text/", asked).content.decode()
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", said, re.DOTALL)
    assert text is not None
    assert re.search(r"\d{7}", text.group(1)) is None
    assert "差" not in text.group(1).replace("差多少", "")
    assert text.group(1).index(company(1).name) < text.group(1).index(company(19).name)
    noted = AuditEvent.objects.filter(verb__in=("导出联系清单", "生成微信群通知")).order_by("id")
    assert [one.verb for one in noted] == ["导出联系清单", "导出联系清单", "生成微信群通知"]
    assert {"field": "电话未隐去", "label": "电话未隐去", "old": "—", "new": "2家"} in noted[0].changes
    assert clerk().get("/screening/contacts/", {"programme": SRDI}).status_code == 409
    whole = clerk().get("/screening/contacts/", {"programme": SRDI, "bucket": "short1", "all": "1"})
    assert (
        len(sheet(whole)) - 3
        == numbers(clerk().get("/screening/", {"programme": SRDI}).content.decode())["差1项"]
    )


def test_a_clerk_of_one_area_reaches_no_other() -> None:
    office = Office.objects.filter(region_id=cast.REGION).order_by("pk").first()
    area = company(19).area
    here, away = company(19), Organisation.objects.current().exclude(area=area).filter(area__isnull=False)[0]
    bound = client(somebody("bound", Role.CLERK, office=office, area=area))
    page = bound.get("/screening/", {"programme": SRDI}).content.decode()
    own = Organisation.objects.current().filter(area=area)
    assert sum(numbers(page).values()) == own.count()
    assert re.findall(
        r'<option value="(\d+)"', page[page.index('id="filter-area"') :].split("</select>")[0]
    ) == [str(area.pk if area else "")]
    for path in (
        f"/screening/why/{away.pk}/?programme={SRDI}",
        f"/screening/contacts/?programme={SRDI}&pick={away.pk}",
    ):
        assert bound.get(path).status_code == 404
    assert bound.get(f"/screening/why/{here.pk}/", {"programme": SRDI}).status_code == 200
    mixed = bound.get("/screening/contacts/", {"programme": SRDI, "pick": [here.pk, away.pk]})
    assert [line[1] for line in sheet(mixed)[3:]] == [here.name]
    assert (
        str(away.pk)
        not in bound.get("/screening/reasons/", {"programme": SRDI, "id": away.pk}).content.decode()
    )
    given = {"programme": SRDI, "pick": away.pk, "batch": "b", "stage": "入培育库", "on": "2023-06-30"}
    assert bound.post("/screening/enter/", given).status_code == 404
    found = bound.get("/screening/", {"programme": SRDI, "q": away.name}).content.decode()
    assert sum(numbers(found).values()) == 0


def enter(**values: Any) -> dict[str, Any]:
    return {
        "programme": SRDI,
        "batch": "2023年第二批",
        "stage": "入培育库",
        "on": "2023-06-30",
        "office": User.objects.get(username="clerk").grants.get().office_id,
        **values,
    }


def test_the_chosen_are_entered_once_with_their_verdict_kept() -> None:
    pks = [company(number).pk for number in (19, 15, 3)]
    known = Nomination.objects.count()
    wrong = clerk().post("/screening/enter/", enter(pick=pks, batch=" "))
    assert wrong.status_code == 422
    assert (Nomination.objects.count(), Determination.objects.count()) == (known, 0)
    done = clerk().post("/screening/enter/", enter(pick=pks), follow=True)
    assert "已列入3家，阶段“入培育库”" in text_of(done)
    made = Nomination.objects.order_by("-pk")[:3]
    assert {(row.stage, row.purpose, row.contact, row.is_demonstration) for row in made} == {
        ("入培育库", "new", f"演示联系人{number:02d}", True) for number in (19, 15, 3)
    }
    kept = {one.organisation_id: one for one in Determination.objects.all()}
    assert {pk: kept[pk].get_verdict_display() for pk in pks} == dict(
        zip(pks, ["不符合", "符合条件", "符合条件"], strict=True)
    )
    assert {one.relied_id for one in kept.values()} == {str(row.pk) for row in made}
    again = clerk().post(
        "/screening/enter/", enter(pick=[*pks, company(16).pk], batch="2023年第三批"), follow=True
    )
    assert "已列入1家" in text_of(again)
    assert f"没有重复登记的3家：{company(19).name}（2023年第二批，入培育库）" in text_of(again)
    assert Nomination.objects.count() == known + 4
    listed = clerk().get("/screening/", {"programme": SRDI, "nominated": "with"}).content.decode()
    assert sum(numbers(listed).values()) == 4
    one = Nomination.objects.get(organisation=company(19), batch="2023年第二批")
    opened = text_of(clerk().get(f"/nominations/{one.pk}/"))
    assert "差1项 比对日期2023-06-30 用于专精特新中小企业 2023年第二批 入培育库" in opened
    assert "按留存的数据和版本重算，结果一致" in opened
    assert "上年度研发费用占营业收入不低于3% 现值 2.68% 要求 ≥3% 差 0.32 个百分点" in opened
    record_fact(
        company(19), "rd_expense", "9000000.00", period="2022", source_class="审计报告", source="审计",
        actor=cast.machine(),
    )  # fmt: skip
    clerk().post("/nominations/move/", {"pick": [one.pk], "to": "县级推荐", "on": "2023-06-30"})
    later = text_of(clerk().get(f"/nominations/{one.pk}/"))
    assert "符合条件 比对日期2023-06-30 用于专精特新中小企业 2023年第二批 县级推荐" in later
    assert "差1项 比对日期2023-06-30 用于专精特新中小企业 2023年第二批 入培育库" in later  # as it was then


def test_who_only_reads_enters_and_keeps_nothing() -> None:
    leader = client(User.objects.get(username="leader"))
    page = leader.get("/screening/", {"programme": SRDI}).content.decode()
    assert "列入申报推荐台账" not in page
    assert "保存筛选" not in page
    assert leader.post("/screening/enter/", enter(pick=company(19).pk)).status_code == 403
    assert leader.post("/screening/keep/", {"programme": SRDI, "name": "x"}).status_code == 403
    assert leader.get("/screens/").status_code == 403
    for name in ("reporter", "expert", "finance"):
        other = client(User.objects.get(username=name))
        assert other.get("/screening/", {"programme": SRDI}).status_code == 403
        assert other.get(f"/screening/why/{company(19).pk}/", {"programme": SRDI}).status_code == 403


def test_a_kept_screen_tells_who_changed_and_why_until_it_is_seen() -> None:
    browser = clerk()
    done = browser.post(
        "/screening/keep/", {"programme": SRDI, "name": "专精特新", "shared": "1"}, follow=True
    )
    assert "已保存为“专精特新”" in text_of(done)
    kept = SavedScreen.objects.get()
    # The look is dated back: within one transaction of the test every moment is the same.
    ScreenLook.objects.filter(screen=kept).update(looked_at="2023-06-30T00:00:00+08:00")
    assert "变动提醒" not in text_of(browser.get("/"))
    record_fact(
        company(19), "rd_expense", "9000000.00", period="2022", source_class="审计报告", source="2022年度审计报告",
        actor=cast.machine(),
    )  # fmt: skip
    keeping.work(cast.REGION)
    assert "变动提醒“专精特新”：新符合1家 1 家" in text_of(browser.get("/"))
    assert "新符合 1 家" in text_of(browser.get("/screens/"))
    page = text_of(browser.get(f"/screens/{kept.pk}/"))
    assert f"{company(19).name} 新符合 差1项 符合条件" in page
    assert "研发费用总额（2022年）登记为900万元（审计报告" in page
    office = kept.office
    colleague = client(somebody("colleague", Role.CLERK, office=office))
    ScreenLook.objects.create(
        screen=kept, user=User.objects.get(username="colleague"), looked_at="2023-06-30T00:00:00+08:00"
    )
    assert "新符合 1 家" in text_of(colleague.get("/screens/"))
    other = Office.objects.exclude(pk=office.pk if office else 0).order_by("pk").first()
    stranger = client(somebody("elsewhere", Role.CLERK, office=other))
    assert "专精特新" not in text_of(stranger.get("/screens/"))
    assert stranger.get(f"/screens/{kept.pk}/").status_code == 404
    assert colleague.post(f"/screens/{kept.pk}/drop/").status_code == 404  # shared, not given away
    assert colleague.post(f"/screens/{kept.pk}/share/", {"shared": "0"}).status_code == 404
    browser.post(f"/screens/{kept.pk}/seen/")
    assert "变动提醒" not in text_of(browser.get("/"))
    assert "新符合 1 家" in text_of(colleague.get("/screens/"))  # hers is still to be looked at
    browser.post(f"/screens/{kept.pk}/share/", {"shared": "0"})
    assert colleague.get(f"/screens/{kept.pk}/").status_code == 404
    browser.post(f"/screens/{kept.pk}/drop/")
    assert "还没有保存筛选" in text_of(browser.get("/screens/"))


def test_what_came_after_the_page_was_opened_is_told_next_time() -> None:
    """Seen is what the page showed; an enterprise that is no longer compared has moved; every kept screen is told of."""
    browser = clerk()
    for number in range(7):
        browser.post("/screening/keep/", {"programme": SRDI, "name": f"第{number}个"})
    browser.post("/screening/keep/", {"programme": SRDI, "name": "只看18", "q": company(18).name})
    early = "2023-06-30T00:00:00+08:00"
    ScreenLook.objects.update(looked_at=early)
    track = Standing.objects.filter(track__programme=SRDI, track__kind="new").first().track

    def moves(number: int, old: int | None, new: int | None, at: str) -> None:
        StandingChange.objects.create(track=track, organisation=company(number), old=old, new=new, at=at)

    moves(19, Bucket.ONE, Bucket.MET, "2023-07-01T08:00:00.000001+08:00")
    moves(18, Bucket.MET, None, "2023-07-01T08:00:00.000002+08:00")
    assert text_of(browser.get("/")).count("新符合1家、不再符合1家 2 家") == 7
    assert "变动提醒“只看18”：不再符合1家 1 家" in text_of(browser.get("/"))
    first = SavedScreen.objects.get(name="第0个")
    page = browser.get(f"/screens/{first.pk}/").content.decode()
    assert f"{company(18).name} 不再符合 符合条件 —" in text_of(browser.get(f"/screens/{first.pk}/"))
    upto = re.search(r'name="upto" value="([^"]+)"', page)
    assert upto is not None
    moves(20, Bucket.ONE, Bucket.MET, "2023-07-01T08:00:01+08:00")  # while the page stands open
    browser.post(f"/screens/{first.pk}/seen/", {"upto": upto.group(1)})
    left = text_of(browser.get(f"/screens/{first.pk}/"))
    assert company(20).name in left
    assert company(19).name not in left
    browser.post(f"/screens/{first.pk}/seen/", {"upto": "nonsense"})
    assert "没有新的变动" in text_of(browser.get(f"/screens/{first.pk}/"))


def test_enterprises_that_cannot_be_compared_are_named_and_not_dropped() -> None:
    odd, browser = company(19), clerk()
    assert "不能比对" not in text_of(browser.get("/screening/", {"programme": SRDI}))
    Organisation.objects.filter(pk=odd.pk).update(gbt4754_code="9Z99")
    keeping.work(cast.REGION)
    for asked in ({"programme": SRDI}, {"programme": SRDI, "on": "2023-01-15"}):
        told = text_of(browser.get("/screening/", asked))
        assert "1家企业登记的数据有误，不能比对，不在下面的结果里" in told
        assert f"{odd.name} gbt4754_code：“9Z99” 不是代码" in told
    away = Area.objects.filter(region_id=cast.REGION).exclude(pk=odd.area_id).first()
    assert "不能比对" not in text_of(browser.get("/screening/", {"programme": SRDI, "area": away.pk}))
    lines = sheet(browser.get("/screening/contacts/", {"programme": SRDI, "pick": odd.pk}))
    assert lines[3][6] == "不能比对"
    why = text_of(browser.get(f"/screening/why/{odd.pk}/", {"programme": SRDI}))
    assert "登记的数据有误，不能比对：gbt4754_code：“9Z99” 不是代码" in why
    browser.post("/screening/run/", {"programme": SRDI, "on": "2023-01-15"})
    page = browser.get("/screening/", {"programme": SRDI, "on": "2023-01-15"}).content.decode()
    assert sum(numbers(page).values()) == Organisation.objects.current().count() - 1


def test_another_day_is_worked_out_again_when_asked() -> None:
    browser, asked = clerk(), {"programme": SRDI, "on": "2023-01-15"}
    browser.post("/screening/run/", asked)
    before = numbers(browser.get("/screening/", asked).content.decode())
    firm = Organisation.objects.get(name=company(19).name)
    Organisation.objects.filter(pk=firm.pk).update(withdrawn_at="2023-06-30T00:00Z", withdrawn_reason="x")
    page = browser.get("/screening/", asked).content.decode()
    assert "重新比对" in page
    browser.post("/screening/run/", asked)
    after = numbers(browser.get("/screening/", asked).content.decode())
    assert sum(after.values()) == sum(before.values()) - 1


def test_another_day_is_asked_for_and_then_shown() -> None:
    browser = clerk()
    asked = {"programme": SRDI, "on": "2023-01-15"}
    assert "2023年1月15日还没有比对过" in text_of(browser.get("/screening/", asked))
    assert browser.post("/screening/run/", asked).status_code == 302
    page = browser.get("/screening/", asked).content.decode()
    assert "按2023年1月15日比对" in page
    assert sum(numbers(page).values()) == Organisation.objects.current().count()
    row = browser.get("/screening/reasons/", {**asked, "id": company(19).pk}).content.decode()
    assert "近两年" in row or "上年度" in row
    early = browser.post("/screening/run/", {"programme": SRDI, "on": "2015-01-01"})
    assert early.status_code == 409
    assert "没有施行中的政策版本" in text_of(early)


def test_the_calendar_opens_its_rows_and_leaves_the_house() -> None:
    browser = clerk()
    page = browser.get("/calendar/").content.decode()
    assert "科技型中小企业" in page
    listed = browser.get("/calendar/", {"view": "list", "kind": "expires"}).content.decode()
    found = re.search(r'<a class="figure" href="(/recognitions/[^"]+)">(\d+)</a>', listed)
    assert found is not None
    rows = text_of(browser.get(html.unescape(found.group(1))))
    assert f"共 {found.group(2)} 条" in rows
    day = browser.get("/calendar/ics/", {"kind": "expires"})
    assert day["Content-Type"] == "text/calendar; charset=utf-8"
    assert day.content.count(b"BEGIN:VEVENT") == listed.count('class="day" data-label="日期"')
    assert CalamineWorkbook.from_filelike(io.BytesIO(browser.get("/calendar/xlsx/").content)).sheet_names == [
        "日历"
    ]
    assert AuditEvent.objects.filter(verb="导出").count() == 2
    assert client(User.objects.get(username="reporter")).get("/calendar/").status_code == 403


def test_scopes_of_an_actor_without_area_are_the_whole_region() -> None:
    from wanqi.policies.screening.access import areas_of, sees_region

    actor = actor_of(User.objects.get(username="clerk"))
    assert areas_of(actor, cast.REGION) is None
    assert sees_region(actor, cast.REGION)
    assert not sees_region(actor_of(User.objects.get(username="expert")), cast.REGION)
