"""From record to sentence: the half-year report of the demonstration, and one date corrected."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO

import pytest

from tests import cast
from wanqi.core.access import Actor, actor_of
from wanqi.core.models import User
from wanqi.indicators.evaluation import evaluate_indicators
from wanqi.projects.actions import correct_site, create_site, withdraw_site
from wanqi.projects.models import Site
from wanqi.reports.actions import rebase_draft
from wanqi.reports.compare import compare_report
from wanqi.reports.compile import Compiled, compile_report
from wanqi.reports.errors import OriginalMissing, PeriodMismatch, ReportMissing
from wanqi.reports.links import figure_address
from wanqi.reports.models import Draft
from wanqi.reports.outputs import json_of, render, tree

pytestmark = pytest.mark.usefixtures("demo_db")
SENTENCE = (
    "1—6月，完成5G基站建设120个，累计达571个，较上年末增长26.61%；全年目标800个，完成71.38%；"
    "按当前进度预计年末约691个（区间636—746个）。"
)
MADE = datetime(2023, 7, 3, tzinfo=UTC)


def clerk() -> Actor:
    return actor_of(User.objects.get(username="clerk"))


def compiled(**options) -> Compiled:
    return compile_report(cast.REGION, "2023H1", draft=Draft.objects.get(), **options)


def sentence(report: Compiled) -> str:
    """Return the paragraph on 5G stations."""
    return next(one.text for section in report.sections for one in section.paragraphs if one.id == "5g")


def june_station() -> Site:
    found = Site.objects.filter(opened_on__gte=date(2023, 6, 1), built_on__lte=date(2023, 6, 10)).first()
    assert found is not None
    return found


def test_the_sentence_before_and_after_one_correction():
    assert sentence(compiled()) == SENTENCE
    assert compiled().changes == ()
    station = june_station()
    old = station.opened_on
    correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="铁塔公司验收单为7月3日")
    after = compiled()
    assert sentence(after).startswith(
        "1—6月，完成5G基站建设119个，累计达570个，较上年末增长26.39%；全年目标800个，完成71.25%；"
    )
    moved = {change.figure: change for change in after.changes}
    why = f"{station.name}开通日期由{old}改为2023-07-03，更正人演示经办人，铁塔公司验收单为7月3日"
    assert moved["infra.5g.new"].sentence == f"120→119：{why}"
    assert moved["infra.5g.total"].sentence == f"571→570：{why}"
    assert moved["infra.5g.completion"].sentence == "71.38%→71.25%：随5G基站累计数变化"
    assert "infra.5g.total.year_end" not in moved
    assert after.figures["infra.5g.total.year_end"].display == "451个"


def test_the_change_stands_below_its_sentence_in_every_file():
    station = june_station()
    correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="核对验收单")
    notes = [block.runs[0].text for block in tree(compiled()).blocks if type(block).__name__ == "Note"]
    assert notes[0].startswith("数据修订说明：120→119：")
    assert notes[1].startswith("数据修订说明：571→570：")
    assert notes[2].startswith("数据修订说明：26.61%→26.39%、71.38%→71.25%、691→")
    assert notes[2].endswith("：随上述数字变化")


def test_moving_a_date_there_and_back_leaves_no_change():
    station = june_station()
    old = station.opened_on
    moved = correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="误改")
    correct_site(moved, {"opened_on": old}, actor=clerk(), reason="改回")
    assert sentence(compiled()) == SENTENCE
    assert compiled().changes == ()


def test_new_and_withdrawn_rows_are_told_too():
    me = clerk()
    withdraw_site(june_station(), actor=me, reason="重复登记")
    values = {"site_code": "新-1", "name": "新站", "technology": "5G", "operator": "移动",
              "opened_on": date(2023, 3, 1), "office": cast.offices()[1]}  # fmt: skip
    create_site(values, actor=me, region=cast.REGION)
    create_site({**values, "site_code": "新-2", "name": "新站二"}, actor=me, region=cast.REGION)
    change = next(one for one in compiled().changes if one.figure == "infra.5g.new")
    assert change.before == "120"
    assert change.after == "121"
    assert {cause.text.split("，")[0] for cause in change.causes} >= {"新站新登记", "新站二新登记"}
    assert any("已撤销，撤销人演示经办人，重复登记" in cause.text for cause in change.causes)


def test_a_change_past_the_system_is_called_one():
    station = june_station()
    Site.objects.filter(pk=station.pk).update(opened_on=date(2023, 7, 3))
    change = next(one for one in compiled().changes if one.figure == "infra.5g.new")
    assert change.sentence == f"120→119：{station.name}有未经系统操作的改动，没有操作人和原因"


def test_many_causes_are_counted():
    for station in Site.objects.filter(opened_on__gte=date(2023, 6, 1), built_on__lte=date(2023, 6, 10))[:5]:
        correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="核对")
    change = next(one for one in compiled().changes if one.figure == "infra.5g.new")
    assert change.why.endswith("；等共5处")
    assert change.why.count("更正人") == 3


def test_taking_the_changes_as_read_starts_again():
    correct_site(june_station(), {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="核对")
    rebase_draft(Draft.objects.get(), actor=clerk(), reason="已核对")
    assert compiled().changes == ()


def test_the_program_writes_no_exceeding_that_the_forecast_does_not_carry():
    assert "突破" not in sentence(compiled())
    assert [one.clause for one in compiled().dropped] == ["beyond-target", "tech-target"]
    assert compiled().dropped[0].reason == "5G基站年末预计数区间下限为636个，没有超过800个，不写这一句"


def test_what_the_old_report_said_stands_beside_and_is_never_altered():
    correct_site(june_station(), {"opened_on": date(2023, 7, 3)}, actor=clerk(), reason="核对")
    said = {id: [one.as_written for one in values] for id, values in compiled().originals.items()}
    assert {id: words for id, words in said.items() if id.startswith("infra.5g.")} == {
        "infra.5g.new": ["完成5G基站建设120个"],
        "infra.5g.total": ["累计达571个"],
        "infra.5g.forecast": ["预计年内可突破800个"],
        "infra.5g.total.vs_year_end": ["较去年增长127.92%"],
    }


def test_the_check_before_sending_has_its_sums_and_repairs():
    figure = compiled().figures["infra.5g.check"]
    assert "571−120=451" in figure.note
    assert "(800−451)÷451=77.38%" in figure.note
    assert "120个→220个、571个→471个、127.92%→77.38%" in figure.note
    assert figure.display == "2项"


def test_json_has_the_agreed_shape():
    data = json.loads(render(compiled(), "json", made=MADE, link=figure_address("2023H1")))
    assert (data["region"], data["period"], data["as_of"]) == (cast.REGION, "2023H1", "2023-06-30")
    figures = {one["id"]: one for one in data["figures"]}
    total, growth, target = (
        figures[id] for id in ("infra.5g.total", "infra.5g.total.vs_year_end", "infra.5g.target")
    )
    assert (total["value"], total["display"], total["unit"], total["record_count"]) == (
        571,
        "571个",
        "个",
        571,
    )
    assert (total["grade"], total["demonstration"], len(total["records"])) == ("有台账", True, 571)
    assert (growth["value"], growth["display"], growth["record_count"]) == ("0.26607539", "26.61%", 571)
    assert (target["value"], target["grade"], target["demonstration"]) == (800, "仅报数", False)
    assert figures["infra.5g.completion"]["value"] == "0.71375"
    assert figures["infra.5g.forecast"]["value"] == 691
    assert data["dropped"][0] == {
        "clause": "beyond-target", "reason": "5G基站年末预计数区间下限为636个，没有超过800个，不写这一句"
    }  # fmt: skip
    assert data["marks"] == ["演示数据"]


def test_files_carry_text_and_mark():
    report = compiled()
    link = figure_address("2023H1")
    page = render(report, "html", made=MADE, link=link).decode()
    assert 'href="/figures/infra.5g.total/?period=2023H1"' in page
    assert "演示数据" in page
    with zipfile.ZipFile(BytesIO(render(report, "docx", made=MADE, link=link))) as archive:
        body = archive.read("word/document.xml").decode()
        everything = "".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())
    assert "571个" in body
    assert "较上年末增长26.61%" in body
    assert "演示数据" in everything
    assert render(report, "pdf", made=MADE, link=link).startswith(b"%PDF-")


def test_equal_figures_and_dates_give_equal_files():
    link = figure_address("2023H1")
    for form in ("json", "html", "docx", "pdf"):
        first, second = (render(compiled(), form, made=MADE, link=link) for _ in range(2))
        assert first == second, form


def test_only_the_real_report_is_unmarked():
    figures = evaluate_indicators(cast.REGION, ["infra.5g.total", "infra.5g.target"], "2023H1")
    assert figures["infra.5g.total"].is_demonstration
    assert not figures["infra.5g.target"].is_demonstration
    assert not Site.objects.filter(is_demonstration=False).exists()


def test_another_period_or_report_is_refused():
    with pytest.raises(PeriodMismatch, match="按半年编写，不能用于2023年5月"):
        compile_report(cast.REGION, "2023-05")
    with pytest.raises(ReportMissing, match="没有“nothing”这份材料"):
        compile_report(cast.REGION, "2023H1", report="nothing")
    with pytest.raises(OriginalMissing, match="没有收录"):
        compare_report(cast.REGION, "2022H1")


def test_before_there_was_data_clauses_are_dropped_with_reasons():
    report = compile_report(cast.REGION, "2019H1")
    assert sentence(report) == "1—6月，完成5G基站建设0个，累计达0个。"
    reasons = {one.clause: one.reason for one in report.dropped}
    assert reasons["growth"] == "5G基站累计数较上年末：上年末无基数，不作比较"
    assert reasons["tech-growth"] == "科技型中小企业入库数同比：上年同期无基数，不作比较"
    assert reasons["three-rank"].endswith("没有通报排名，也没有同组各县市的数据，不列名次")
    assert reasons["city-major"] == "写的是2023年上半年的情况，其他时期不写这一句"
    assert "福尔程" not in report.text


def test_json_of_a_report_without_draft_has_no_changes():
    assert json_of(compile_report(cast.REGION, "2023H1"))["changes"] == []
