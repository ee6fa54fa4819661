"""From a printed list to the registers: decided, taken back, registered once, renewed, undone as a whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests import cast
from tests.web import rows
from wanqi.core.access import Actor
from wanqi.core.errors import AccessRefused, RowInvalid, RowMissing, StepRefused
from wanqi.core.models import AuditEvent, Region, Role
from wanqi.registry.actions import correct_organisation, withdraw_organisation
from wanqi.registry.actions.name_list_matching import match_again
from wanqi.registry.actions.name_list_runs import finish_list, undo_list
from wanqi.registry.actions.name_lists import (
    decide,
    decide_many,
    describe,
    drop_list,
    receive_list,
    take_back,
)
from wanqi.registry.errors import ListKnown, TableRefused
from wanqi.registry.models import NameList, NameListRow, Nomination, NominationStep, Organisation, Recognition
from wanqi.registry.name_lists.loading import get_name_list, programme_in, programmes_of

pytestmark = pytest.mark.django_db
TODAY = date(2023, 7, 1)
HEAD = "关于公布2023年专精特新中小企业名单的通知\n"
TEXT = HEAD + "1.第01化工有限公司\n2.第02化工有限责任公司\n3.无此单位矿业有限公司\n"
DOCUMENT = {
    "programme": "cn.srdi-sme",
    "document_number": "演工信〔2023〕7号",
    "issued_on": date(2023, 6, 15),
    "batch": "2023年",
}


@pytest.fixture
def clerk(db: None) -> Actor:
    rows.organisation(1)
    rows.organisation(2)
    return cast.actor(Role.CLERK)


def given(clerk: Actor, text: str = TEXT, **more: Any) -> NameList:
    return receive_list(text, region=cast.REGION, office=cast.offices()[0].pk, actor=clerk, **more)


def row(made: NameList, position: int) -> NameListRow:
    return NameListRow.objects.get(name_list=made, position=position)


def decided(clerk: Actor, text: str = TEXT, **document: Any) -> NameList:
    """Return a list with all rows decided: two matched, one set aside."""
    made = given(clerk, text)
    for one in made.rows.filter(decision="pending"):
        choice = one.candidates[0]["pk"] if one.candidates else None
        decide(made, one.pk, "matched" if choice else "aside", actor=clerk, organisation=choice)
    return describe(made, {**DOCUMENT, **document}, actor=clerk)


def finished(clerk: Actor, text: str = TEXT, **document: Any) -> NameList:
    return finish_list(decided(clerk, text, **document), actor=clerk, today=TODAY)


# --- received ---------------------------------------------------------------------------------------------------


def test_what_is_received_is_matched_and_described_by_its_heading(clerk: Actor) -> None:
    made = given(clerk)
    assert [(one.decision, one.match) for one in made.rows.order_by("position")] == [
        ("matched", "certain"),
        ("pending", "similar"),
        ("pending", "none"),
    ]
    assert (made.programme, made.target, made.level, made.act) == (
        "cn.srdi-sme",
        "recognition",
        "省级",
        "认定",
    )
    assert [(one["where"], one["why"]) for one in made.others] == [("第1行", "标题")]
    assert bytes(made.file.content) == TEXT.encode()
    assert Recognition.objects.count() == 0


def test_a_list_that_is_only_shown_becomes_nominations(clerk: Actor) -> None:
    made = given(clerk, "关于2023年拟认定专精特新中小企业名单的公示\n1.第01化工有限公司")
    assert (made.target, made.stage) == ("nomination", "公示")


def test_the_same_names_are_known_again(clerk: Actor) -> None:
    first = given(clerk)
    with pytest.raises(ListKnown) as known:
        given(clerk, "序号\t企业名称\n1\t第01化工有限公司\n2\t第02化工有限责任公司\n3\t无此单位矿业有限公司")
    assert known.value.pk == first.pk
    assert NameList.objects.count() == 1
    assert given(clerk, again=True).pk != first.pk


def test_a_list_given_up_may_be_handed_in_again(clerk: Actor) -> None:
    drop_list(given(clerk), actor=clerk)
    assert given(clerk).state == "open"


def test_nothing_is_kept_of_what_is_refused(clerk: Actor) -> None:
    with pytest.raises(TableRefused):
        given(clerk, "今天开会。")
    with pytest.raises(AccessRefused):
        receive_list(TEXT, region=cast.REGION, office=cast.offices()[1].pk, actor=clerk)
    assert NameList.objects.count() == 0


def test_rows_of_other_places_are_put_aside_but_a_known_name_is_asked_about(clerk: Actor) -> None:
    made = given(clerk, "序号\t企业名称\t市州\n1\t某某矿业有限公司\t长沙市\n2\t第01化工有限公司\t长沙市")
    assert row(made, 1).decision == "elsewhere"
    assert (row(made, 2).decision, row(made, 2).doubt) == (
        "pending",
        "企业库有这个名称，但名单所列地区是长沙市",
    )


@pytest.mark.parametrize(
    ("title", "programme"),
    [
        ("关于公布2023年湖南省专精特新中小企业名单的通知", "cn.srdi-sme"),
        ("关于公布第五批专精特新“小巨人”企业名单的通知", "cn.little-giant"),
        ("湖南省2023年第一批高新技术企业备案名单", "cn.high-tech"),
        ("2023年湖南省工程技术研究中心认定名单", "cn-43.engineering-center"),
        ("2023年岳阳市工程技术研究中心名单", "cn-4306.engineering-center"),
        ("湖南省“五个一百”重点项目名单", "cn-43.five-hundreds"),
        ("关于开会的通知", ""),
    ],
)
def test_the_programme_is_read_from_the_title(db: None, title: str, programme: str) -> None:
    assert programme_in(title, programmes_of(cast.REGION)) == programme


# --- decided ----------------------------------------------------------------------------------------------------


def test_a_decision_is_kept_and_taken_back(clerk: Actor) -> None:
    made = given(clerk)
    second = row(made, 2)
    pk = second.candidates[0]["pk"]
    decide(made, second.pk, "matched", actor=clerk, organisation=pk)
    assert (row(made, 2).decision, row(made, 2).organisation_id) == ("matched", pk)
    assert row(made, 2).decided_by == clerk.user
    assert [one.position for one in take_back(made, actor=clerk)] == [2]
    assert (row(made, 2).decision, row(made, 2).organisation_id) == ("pending", None)
    with pytest.raises(StepRefused):
        take_back(made, actor=clerk)


def test_what_the_system_matched_can_be_put_in_question_again(clerk: Actor) -> None:
    made = given(clerk)
    decide(made, row(made, 1).pk, "pending", actor=clerk)
    assert (row(made, 1).decision, row(made, 1).organisation_id) == ("pending", None)
    take_back(made, actor=clerk)
    assert row(made, 1).decision == "matched"
    assert row(made, 1).organisation is not None
    assert row(made, 1).decided_by is None


def test_many_at_once_and_all_of_them_back(clerk: Actor) -> None:
    made = given(clerk)
    assert decide_many(made, "certain", actor=clerk) == 1
    assert row(made, 1).decided_by == clerk.user
    assert row(made, 1).organisation is not None
    assert decide_many(made, "elsewhere", actor=clerk) == 1
    assert row(made, 3).decision == "elsewhere"
    assert decide_many(made, "aside", actor=clerk) == 1
    assert row(made, 2).decision == "aside"
    assert [len(take_back(made, actor=clerk)) for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("organisation", [None, 10**9])
def test_a_match_needs_an_organisation_of_the_region(clerk: Actor, organisation: int | None) -> None:
    made = given(clerk)
    with pytest.raises(RowInvalid):
        decide(made, row(made, 2).pk, "matched", actor=clerk, organisation=organisation)
    assert row(made, 2).decision == "pending"


def test_a_withdrawn_organisation_cannot_be_chosen(clerk: Actor) -> None:
    made = given(clerk)
    gone = withdraw_organisation(
        Organisation.objects.get(name="第02化工有限公司"), actor=clerk, reason="注销"
    )
    with pytest.raises(RowInvalid, match="已撤销"):
        decide(made, row(made, 2).pk, "matched", actor=clerk, organisation=gone.pk)
    assert row(made, 2).decision == "pending"


def test_a_row_of_another_list_is_not_found(clerk: Actor) -> None:
    made, other = given(clerk), given(clerk, "1.第02化工有限公司")
    with pytest.raises(RowMissing):
        decide(made, row(other, 1).pk, "aside", actor=clerk)
    with pytest.raises(RowInvalid):
        decide(made, row(made, 1).pk, "eaten", actor=clerk)


def test_rows_still_open_are_matched_again_once_the_register_knows_them(clerk: Actor) -> None:
    made = given(clerk)
    rows.organisation(3, name="无此单位矿业有限公司")
    assert match_again(made, actor=clerk) == 1
    assert row(made, 3).decision == "matched"


# --- registered -------------------------------------------------------------------------------------------------


def test_matched_rows_become_recognitions_with_document_and_evidence(clerk: Actor) -> None:
    made = finished(clerk)
    assert (made.state, made.counts) == (
        "done",
        {"created": 2, "renewed": 0, "existing": 0, "organisations": 0, "codes": 0, "rest": 1},
    )
    one = Recognition.objects.get(organisation__name="第02化工有限公司")
    assert (one.holder_name, one.programme, one.document_number) == (
        "第02化工有限责任公司",
        "cn.srdi-sme",
        "演工信〔2023〕7号",
    )
    assert (one.level, one.batch, one.kind, one.granted_on) == ("省级", "2023年", "首次", date(2023, 6, 15))
    assert one.valid_until == date(2026, 6, 14)  # three years, as its rule says
    assert (one.evidence, one.office, one.created_by) == (made.file, cast.offices()[0], clerk.user)
    assert row(made, 2).recognition == one
    trail = AuditEvent.objects.filter(target_kind="registry.recognition", target_id=str(one.pk))
    assert [(event.verb, event.reason) for event in trail] == [("按名单登记", f"名单第{made.pk}份")]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"programme": ""}, "programme"),
        ({"document_number": "", "document_title": ""}, "document_number"),
        ({"issued_on": None}, "issued_on"),
        ({"target": "nomination", "batch": "", "stage": "公示"}, "batch"),
        ({"target": "nomination", "stage": ""}, "stage"),
    ],
)
def test_nothing_is_registered_before_the_document_is_told(
    clerk: Actor, document: dict[str, Any], field: str
) -> None:
    made = decided(clerk, **document)
    with pytest.raises(RowInvalid) as refused:
        finish_list(made, actor=clerk, today=TODAY)
    assert list(refused.value.fields) == [field]
    assert (Recognition.objects.count(), Nomination.objects.count()) == (0, 0)


def test_nothing_is_registered_while_a_row_is_undecided(clerk: Actor) -> None:
    made = describe(given(clerk), DOCUMENT, actor=clerk)
    with pytest.raises(RowInvalid, match="还有2行待确认"):
        finish_list(made, actor=clerk, today=TODAY)
    assert Recognition.objects.count() == 0


@pytest.mark.parametrize(
    "document", [{"programme": "nothing"}, {"url": "javascript:1"}, {"valid_until": date(2020, 1, 1)}]
)
def test_a_document_that_cannot_be_is_refused(clerk: Actor, document: dict[str, Any]) -> None:
    made = given(clerk)
    with pytest.raises(RowInvalid):
        describe(made, {**DOCUMENT, **document}, actor=clerk)
    assert NameList.objects.get(pk=made.pk).document_number == ""


def test_the_same_list_again_registers_nothing_twice(clerk: Actor) -> None:
    first = finished(clerk)
    again = given(clerk, again=True)
    decide(again, row(again, 2).pk, "matched", actor=clerk, organisation=row(first, 2).organisation_id)
    decide(again, row(again, 3).pk, "aside", actor=clerk)
    describe(again, {**DOCUMENT, "issued_on": date(2023, 6, 16)}, actor=clerk)  # the same 文号 all the same
    again = finish_list(again, actor=clerk, today=TODAY)
    assert (again.counts["created"], again.counts["existing"]) == (0, 2)
    assert row(again, 1).recognition == row(first, 1).recognition
    assert Recognition.objects.count() == 2


def test_a_later_list_of_the_same_programme_renews(clerk: Actor) -> None:
    finished(clerk)
    later = finished(
        clerk, "1.第01化工有限公司", document_number="演工信〔2026〕9号", issued_on=date(2026, 6, 1)
    )
    assert (later.counts["created"], later.counts["renewed"], later.counts["existing"]) == (0, 1, 0)
    kinds = Recognition.objects.filter(organisation__name="第01化工有限公司").order_by("granted_on")
    assert [one.kind for one in kinds] == ["首次", "复核"]


def test_two_products_of_one_firm_are_two_recognitions(clerk: Actor) -> None:
    text = "序号\t企业名称\t产品名称\n1\t第01化工有限公司\t助剂\n2\t第01化工有限公司\t溶剂\n3\t第01化工有限公司\t助剂"
    made = finished(clerk, text, programme="cn-43.champion-product")
    assert (made.counts["created"], made.counts["existing"]) == (2, 1)
    assert sorted(Recognition.objects.values_list("holder_name", flat=True)) == ["助剂", "溶剂"]


def test_one_firm_printed_twice_is_registered_once(clerk: Actor) -> None:
    made = finished(clerk, "1.第01化工有限公司\n2.第01化工有限公司")
    assert (made.counts["created"], made.counts["existing"]) == (1, 1)


def test_an_organisation_is_made_of_a_row_that_says_so(clerk: Actor) -> None:
    made = given(clerk)
    decide(made, row(made, 2).pk, "aside", actor=clerk)
    decide(made, row(made, 3).pk, "new", actor=clerk)
    describe(made, DOCUMENT, actor=clerk)
    made = finish_list(made, actor=clerk, today=TODAY)
    assert made.counts["organisations"] == 1
    new = Organisation.objects.get(name="无此单位矿业有限公司")
    assert (new.credit_code, new.office) == (None, cast.offices()[0])
    undo_list(made, actor=clerk)
    new.refresh_from_db()
    assert new.withdrawn_at is not None


def test_nominations_get_their_stage_and_its_day(clerk: Actor) -> None:
    made = finished(clerk, target="nomination", stage="公示", issued_on=None)
    one = Nomination.objects.get(organisation__name="第01化工有限公司")
    assert (one.stage, one.stage_on, one.batch, one.letter) == (
        "公示",
        TODAY,
        "2023年",
        "演工信〔2023〕7号",
    )
    assert [(step.stage, step.on) for step in NominationStep.objects.filter(nomination=one)] == [
        ("公示", TODAY)
    ]
    again = finished(clerk, "1.第01化工有限公司", target="nomination", stage="公示")
    assert (again.counts["created"], again.counts["existing"]) == (0, 1)
    assert undo_list(made, actor=clerk).counts["withdrawn"] == 2


def test_the_certificate_number_of_the_row_is_kept(clerk: Actor) -> None:
    finished(clerk, "序号\t企业名称\t证书编号\n1\t第01化工有限公司\tGR202343000001")
    assert Recognition.objects.get().certificate_number == "GR202343000001"


def test_an_organisation_without_a_code_gets_the_one_its_confirmed_row_prints(clerk: Actor) -> None:
    code = "91350100M000100Y43"
    Organisation.objects.all().update(credit_code=None)
    text = f"序号\t企业名称\t统一社会信用代码\n1\t第01化工有限公司\t{code}\n2\t第02化工有限公司\t{code}"
    made = decided(clerk, text)
    assert decide_many(made, "certain", actor=clerk) == 2
    finish_list(made, actor=clerk, today=TODAY)
    first, second = Organisation.objects.filter(name__contains="化工有限公司").order_by("name")[:2]
    assert (first.credit_code, second.credit_code) == (code, None)
    event = AuditEvent.objects.filter(target_kind="registry.organisation", verb="更正").latest("id")
    assert event.reason == "按名单补登统一社会信用代码：演工信〔2023〕7号"
    assert row(made, 1).note == ""
    assert row(made, 2).note == f"代码{code}没有补登：该统一社会信用代码已登记在另一单位名下。"


# --- taken back ---------------------------------------------------------------------------------------------------


def test_a_list_is_undone_but_for_what_was_changed_since(clerk: Actor) -> None:
    made = finished(clerk)
    touched = row(made, 1).recognition
    assert touched is not None
    Recognition.objects.filter(pk=touched.pk).update(version=2)
    undone = undo_list(made, actor=clerk)
    assert (undone.state, undone.counts["withdrawn"], undone.counts["kept"]) == ("undone", 1, 1)
    assert Recognition.objects.current().get() == touched
    assert [one.outcome for one in made.rows.order_by("position")] == ["kept", "withdrawn", ""]
    with pytest.raises(StepRefused):
        undo_list(made, actor=clerk)
    assert given(clerk).state == "open"


def test_an_organisation_others_stand_on_is_not_withdrawn_with_its_list(clerk: Actor) -> None:
    made = given(clerk, "1.无此单位矿业有限公司")
    decide(made, row(made, 1).pk, "new", actor=clerk)
    describe(made, DOCUMENT, actor=clerk)
    made = finish_list(made, actor=clerk, today=TODAY)
    new = Organisation.objects.get(name="无此单位矿业有限公司")
    correct_organisation(new, {"address": "某路1号"}, actor=clerk, reason="补充")
    undo_list(made, actor=clerk)
    new.refresh_from_db()
    assert new.withdrawn_at is None


def test_a_done_list_takes_no_further_step(clerk: Actor) -> None:
    made = finished(clerk)
    for step in (
        lambda: decide(made, row(made, 3).pk, "aside", actor=clerk),
        lambda: decide_many(made, "aside", actor=clerk),
        lambda: describe(made, DOCUMENT, actor=clerk),
        lambda: finish_list(made, actor=clerk, today=TODAY),
        lambda: drop_list(made, actor=clerk),
        lambda: match_again(made, actor=clerk),
    ):
        with pytest.raises(StepRefused):
            step()
    assert Recognition.objects.count() == 2


# --- rights -------------------------------------------------------------------------------------------------------


def test_another_office_reads_but_does_not_touch(clerk: Actor) -> None:
    made = decided(clerk)
    other = cast.actor(Role.HEAD, office=cast.offices()[1])
    assert get_name_list(other, made.pk) == made
    for step in (
        lambda: decide(made, row(made, 1).pk, "aside", actor=other),
        lambda: decide_many(made, "aside", actor=other),
        lambda: describe(made, DOCUMENT, actor=other),
        lambda: finish_list(made, actor=other, today=TODAY),
        lambda: take_back(made, actor=other),
        lambda: drop_list(made, actor=other),
        lambda: match_again(made, actor=other),
        lambda: undo_list(made, actor=other),
    ):
        with pytest.raises(AccessRefused):
            step()
    assert row(made, 1).decision == "matched"
    assert Recognition.objects.count() == 0


@pytest.mark.parametrize("role", [Role.REPORTER, Role.FINANCE, Role.EXPERT, Role.SYSTEM_ADMIN])
def test_who_does_not_see_recognitions_sees_no_list(clerk: Actor, role: Role) -> None:
    made = given(clerk)
    with pytest.raises(RowMissing):
        get_name_list(cast.actor(role), made.pk)


def test_the_lists_of_another_region_are_not_there(clerk: Actor) -> None:
    made = given(clerk)
    NameList.objects.filter(pk=made.pk).update(region=Region.objects.get(pk="cn-4306"))
    with pytest.raises(RowMissing):
        get_name_list(clerk, made.pk)
    assert given(clerk).state == "open"
