"""The public door: open to everybody, asks one question at a time, keeps nothing, and says what the engine says."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wanqi import packs
from wanqi.policies.checkup import checkup
from wanqi.registry.models import Fact, Organisation

pytestmark = pytest.mark.django_db
CHOSEN = ["cn.tech-sme", "cn.innovative-sme"]


def posted(client: Client, **values: Any) -> Any:
    return client.post("/portal/check/", {"programme": CHOSEN, **values})


def carried(page: Any) -> str:
    """The answers that a page carries to the next."""
    found = re.search(r'name="answers" value="([^"]*)"', page.content.decode())
    assert found is not None
    return html.unescape(found[1])


def asked(page: Any) -> str:
    found = re.search(r'name="question" value="([^"]*)"', page.content.decode())
    return html.unescape(found[1]) if found else ""


def test_what_is_on_offer_is_open(client: Client) -> None:
    home = client.get("/portal/")
    assert home.status_code == 200
    assert "专精特新中小企业" in home.content.decode()
    one = client.get("/portal/programmes/cn.srdi-sme/")
    assert (one.status_code, "申报信息" in one.content.decode()) == (200, True)
    missing = client.get("/portal/programmes/cn.nothing/")
    assert (missing.status_code, "没有这个事项。" in missing.content.decode()) == (404, True)


def test_at_least_one_programme_is_chosen(client: Client) -> None:
    page = client.post("/portal/check/", {})
    assert (page.status_code, "请至少选一个事项。" in page.content.decode()) == (422, True)


def test_every_answer_comes_back_and_decides_as_the_engine_does(client: Client) -> None:
    before = (Organisation.objects.count(), Fact.objects.count())
    pack = packs.resolve(packs.read_directory(Path("regions")), "cn-430682", checked=False)
    page, seen = posted(client), []
    replies = {
        "bool": "是",
        "money": "5000",
        "count": "80",
        "number": "70",
        "ratio": "8",
        "date": "2016-05-01",
    }
    for _ in range(6):
        key = asked(page)
        seen.append(key)
        section, _, name = key.partition("/")
        if section == "records":
            reply = {"step": "none"}
        else:
            spec = pack.facts[name.partition("@")[0]]
            reply = {"step": "answer", "value": replies.get(spec.type) or (spec.values or ["2614"])[0]}
        page = posted(client, answers=carried(page), question=key, **reply)
        assert page.status_code == 200, page.content.decode()[-3000:]
    assert len(set(seen)) == 6
    facts, records, skipped = json.loads(carried(page))
    assert {*(f"facts/{key}" for key in facts), *(f"records/{kind}" for kind in records)} == set(seen)
    assert skipped == []
    # The page of results says what a check of the same values says.
    result = posted(client, answers=carried(page), step="result").content.decode()
    from wanqi.web.portal.answers import read

    found = checkup(pack, timezone.localdate(), read(carried(page)).organisation(pack), only=CHOSEN)
    for one in found.programmes:
        shown = re.search(rf"<h2>{one.title}</h2><p>(.*?)</p>", result, re.DOTALL)
        assert shown is not None
        assert one.word in shown[1]
    assert (Organisation.objects.count(), Fact.objects.count()) == before
    assert "sessionid" not in client.cookies


def test_a_wrong_answer_is_told_and_nothing_is_lost(client: Client) -> None:
    page = posted(client)
    while not asked(page).startswith("facts/revenue"):
        page = posted(client, answers=carried(page), question=asked(page), step="skip")
        assert asked(page)
    before = carried(page)
    refused = posted(client, answers=before, question=asked(page), step="answer", value="很多")
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "“很多”不是数字。" in text
    assert 'value="很多"' in text
    assert carried(refused) == before
    assert asked(refused) == asked(page)


def test_records_are_typed_as_lines(client: Client) -> None:
    page = posted(client)
    while asked(page) != "records/ip":
        page = posted(client, answers=carried(page), question=asked(page), step="skip")
        assert asked(page)
    line = {"0.kind": "发明专利", "0.count": "3"}
    taken = posted(client, answers=carried(page), question="records/ip", step="answer", **line)
    assert json.loads(carried(taken))[1] == {"ip": [{"kind": "发明专利", "count": "3"}]}
    assert "3条" in taken.content.decode()
    back = posted(client, answers=carried(taken), change="records/ip")
    assert json.loads(carried(back))[1] == {}
    wrong = posted(
        client, answers=carried(page), question="records/ip", step="answer", **{**line, "0.count": "千"}
    )
    assert (wrong.status_code, "件数：请填1至99的整数。" in wrong.content.decode()) == (422, True)


def test_what_is_typed_is_taken_whatever_is_pressed_and_comes_back_to_be_changed(client: Client) -> None:
    begun = posted(client)
    while asked(begun) != "records/ip":
        begun = posted(client, answers=carried(begun), question=asked(begun), step="skip")
    lines = {"0.kind": "发明专利", "1.kind": "实用新型", "1.count": "2", "2.kind": "", "3.kind": ""}
    result = posted(client, answers=carried(begun), question="records/ip", step="result", **lines)
    kept = [{"kind": "发明专利"}, {"kind": "实用新型", "count": "2"}]
    assert json.loads(carried(result))[1] == {"ip": kept}
    more = posted(client, answers=carried(begun), question="records/ip", step="more", **lines)
    assert 'name="6.kind"' in more.content.decode()
    assert re.search(r'<option value="实用新型" selected>', more.content.decode())
    # Another answer is opened: what stands in the fields is kept, and the one that was opened comes back filled in.
    changed = posted(
        client,
        answers='[{"revenue@2025":"300"},{},[]]',
        question="records/ip",
        change="facts/revenue@2025",
        **lines,
    )
    assert (asked(changed), 'value="300"' in changed.content.decode()) == ("facts/revenue@2025", True)
    assert json.loads(carried(changed))[:2] == [{}, {"ip": kept}]
    wrong = posted(client, question="facts/revenue@2025", step="result", value="很多")
    assert (wrong.status_code, asked(wrong)) == (422, "facts/revenue@2025")
    nothing = posted(client, question="facts/revenue@2025", step="answer", value="无")
    assert (nothing.status_code, "是零的填0" in nothing.content.decode()) == (422, True)
    assert "no-store" not in changed["Cache-Control"]  # or going back would find nothing


def test_an_industry_is_chosen_by_its_name(client: Client) -> None:
    key = "facts/gbt4754_code@"
    page = posted(client, change=key).content.decode()
    assert '<option value="2614 有机化学原料制造">' in page
    taken = posted(client, question=key, step="answer", value="2614 有机化学原料制造")
    assert json.loads(carried(taken))[0] == {"gbt4754_code@": "2614"}
    assert "2614 有机化学原料制造" in taken.content.decode()
    wrong = posted(client, question=key, step="answer", value="化工")
    assert (wrong.status_code, "没有“化工”" in wrong.content.decode()) == (422, True)


def test_the_result_is_a_report_with_what_was_typed(client: Client) -> None:
    answers = '[{"employees_total@2025":"120","revenue@2025":"300"},{"ip":[]},[]]'
    made = posted(client, answers=answers, step="docx")
    assert made["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(made.content)) as book:
        text = re.sub(r"<[^>]+>", "", book.read("word/document.xml").decode())
    for one in ("企业政策自测", "按企业自行填写的数据比对", "以主管部门最终审核结果为准", "120人", "300万元"):
        assert one in text


@pytest.mark.parametrize(
    "answers", ["{", '[{"revenue@2025": 3}, {}, []]', "[[], [], []]", "[" * 5000, "x" * 70_000]
)
def test_a_form_of_somebody_else_is_refused(client: Client, answers: str) -> None:
    page = posted(client, answers=answers)
    assert (page.status_code, "此前填写的内容已读不出。" in page.content.decode()) == (409, True)
