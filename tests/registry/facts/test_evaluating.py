"""What programmes are given: the same for one organisation and for all, without statistical micro-data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests import cast
from tests.registry.facts.rows import AUDITED, STATISTICS, enterprise, fact
from wanqi.core.packs import current_pack
from wanqi.registry.actions import COVERAGES, RECORDS, correct_fact, create_recognition, withdraw_fact
from wanqi.registry.facts.evaluating import organisation_json
from wanqi.registry.facts.population import population_parquet
from wanqi.registry.facts.reading import history, profile
from wanqi.registry.models import Organisation, Patent, PledgeLoan, Recognition, Trademark
from wanqi.rules.population import Run, match
from wanqi.rules.programmes import Evaluator, check_organisation, compile_plan

ON = date(2026, 5, 1)


def record(organisation: Organisation, of: str, /, **values: Any) -> None:
    RECORDS.create(
        {"organisation": organisation, "kind": of, "values": values},
        actor=cast.machine(),
        region=cast.REGION,
    )


def covered(organisation: Organisation, kind: str, until: date) -> None:
    COVERAGES.create(
        {"organisation": organisation, "kind": kind, "complete_until": until},
        actor=cast.machine(),
        region=cast.REGION,
    )


def held(model: type, organisation: Organisation, **values: Any) -> None:
    model.objects.create(region_id=cast.REGION, organisation=organisation, **values)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_vocabularys_order_decides_and_disagreement_is_shown() -> None:
    organisation = enterprise()
    fact(organisation, "revenue", "100.00", period="2022")
    fact(organisation, "revenue", "120.00", period="2022", **AUDITED)
    fact(organisation, "revenue", "130.00", period="2022", **STATISTICS)
    found = profile(organisation, on=ON, purpose="bureau")
    cell = found.cells["revenue"]["2022"]
    assert [row.source_class for row in cell.rows] == ["审计报告", "统计", "企业自报"]
    assert (cell.value, cell.disagrees, found.disagreements) == (Decimal(120), True, [cell])


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["matching", "export", "portal"])
def test_statistical_micro_data_leave_for_nothing(purpose: Any, tmp_path: Path) -> None:
    organisation = enterprise()
    fact(organisation, "revenue", "130.00", period="2022", **STATISTICS)
    fact(organisation, "energy_total_tce", "5", period="2022", **STATISTICS)
    assert profile(organisation, on=ON, purpose=purpose).cells == {}
    assert history(organisation, "revenue", "2022", purpose=purpose) == []
    assert len(history(organisation, "revenue", "2022", purpose="bureau")) == 1
    assert set(organisation_json(organisation, ON)["facts"]) == {
        "uscc",
        "name",
        "established_date",
        "gbt4754_code",
    }
    population_parquet(cast.REGION, tmp_path, on=ON)
    assert not [one for one in pl.read_parquet(tmp_path / "organisations.parquet").columns if "@" in one]


@pytest.mark.django_db
def test_a_purpose_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="undeclared purpose"):
        profile(enterprise(), on=ON, purpose="press")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_the_past_is_as_it_was_known() -> None:
    organisation = enterprise()
    first = fact(organisation, "revenue", "100.00", period="2022")
    second = correct_fact(first, "120.00", actor=cast.machine(), reason="审计")
    third = withdraw_fact(second, actor=cast.machine(), reason="填错")

    def known(moment: Any) -> Any:
        found = profile(organisation, on=ON, purpose="bureau", recorded=moment)
        return found.value("revenue", "2022")

    assert [known(row.recorded_at) for row in (first, second, third)] == [Decimal(100), Decimal(120), None]
    assert known(None) is None


@pytest.mark.django_db
def test_a_scalar_counts_from_its_day() -> None:
    organisation = enterprise()
    fact(organisation, "park", "滨江园区", as_of=date(2023, 1, 1))
    fact(organisation, "park", "儒溪园区", as_of=date(2024, 1, 1))
    values = [
        profile(organisation, on=on, purpose="bureau").value("park")
        for on in (date(2022, 12, 31), date(2023, 12, 31), date(2024, 1, 1))
    ]
    assert values == [None, "滨江园区", "儒溪园区"]


@pytest.mark.django_db
def test_one_organisation_is_what_wanqi_evaluate_reads() -> None:
    organisation = enterprise(former_names=["临湘旧厂"])
    fact(organisation, "revenue", "12345000.00", period="2025", **AUDITED)
    fact(organisation, "employees_total", 320, period="2025")
    fact(organisation, "market_share_domestic", "0.125", period="2025")
    fact(organisation, "is_six_base", True)
    fact(organisation, "main_product_field_flags", ["六基", "填空白"])
    held(
        Recognition,
        organisation,
        holder_name=organisation.name,
        programme="cn.high-tech",
        granted_on=date(2024, 11, 1),
        valid_until=date(2027, 10, 31),
        authority="省认定机构",
    )
    held(
        Patent,
        organisation,
        number="1",
        title="甲",
        kind="发明专利",
        granted_on=date(2022, 5, 1),
        owner_name="甲",
    )
    held(
        Patent,
        organisation,
        number="2",
        title="乙",
        kind="发明专利",
        applied_on=date(2025, 5, 1),
        owner_name="甲",
    )
    held(Trademark, organisation, number="3", name="丙", registered_on=date(2020, 1, 1), owner_name="甲")
    held(
        PledgeLoan, organisation, borrower_name="甲", amount=Decimal("1000000"), paid_out_on=date(2025, 1, 2)
    )
    record(organisation, "ip", title="软件", kind="软件著作权", grant_date="2023-02-03")
    record(organisation, "standards", number="GB/T 1", level="国家", role="主导")
    covered(organisation, "standards", date(2026, 4, 30))
    covered(organisation, "incidents", date(2026, 4, 30))
    found = organisation_json(organisation, ON)
    check_organisation(found, current_pack(cast.REGION).rule_scope)
    assert found == {
        "id": str(organisation.pk),
        "facts": {
            "uscc": organisation.credit_code,
            "name": organisation.name,
            "established_date": "2010-03-01",
            "gbt4754_code": "2614",
            "revenue": {"2025": "12345000.00"},
            "employees_total": {"2025": 320},
            "market_share_domestic": {"2025": "0.125"},
            "is_six_base": True,
            "main_product_field_flags": ["六基", "填空白"],
        },
        "records": {
            "titles": [
                {
                    "programme": "cn.high-tech",
                    "issuer": "省认定机构",
                    "grant_date": "2024-11-01",
                    "valid_to": "2027-10-31",
                    "kind": "首次",
                },
                {"complete_until": "1900-01-01"},
            ],
            "ip": [
                {"title": "甲", "number": "1", "kind": "发明专利", "grant_date": "2022-05-01"},
                {"title": "丙", "number": "3", "kind": "商标", "grant_date": "2020-01-01"},
                {"title": "软件", "kind": "软件著作权", "grant_date": "2023-02-03"},
                {"complete_until": "1900-01-01"},
            ],
            "loan": [
                {"principal": "1000000.00", "start": "2025-01-02", "purpose": "知识产权质押"},
                {"complete_until": "1900-01-01"},
            ],
            "standards": [
                {"number": "GB/T 1", "level": "国家", "role": "主导"},
                {"complete_until": "2026-04-30"},
            ],
            "incidents": [{"complete_until": "2026-04-30"}],
            "former_names": [{"name": "临湘旧厂"}, {"complete_until": "1900-01-01"}],
        },
    }


SUPPORT, AWARD = "cn.key-little-giant", "cn-43.key-little-giant-award"


def _conditions(organisation: Organisation, on: date) -> dict[str, str]:
    """Return id → verdict of the conditions of the support and of the award that rests on it, from the registers."""
    pack = current_pack(cast.REGION)
    asked = [pack.programmes[SUPPORT], pack.programmes[AWARD]]
    plan = compile_plan(asked, region=cast.REGION, on=on, kind="new", scope=pack.rule_scope)
    outcomes = Evaluator(plan).evaluate(organisation_json(organisation, on))
    trees = [outcome.conditions for outcome in outcomes]
    return {one["id"]: one["verdict"] for tree in trees if tree is not None for one in tree["children"]}


@pytest.mark.django_db
def test_support_of_an_earlier_batch_is_read_from_the_register() -> None:
    organisation, on = enterprise(), date(2024, 7, 1)
    assert _conditions(organisation, on)["not-supported"] == "unknown"
    covered(organisation, "titles", on)
    before = _conditions(organisation, on)
    assert (before["not-supported"], before["obtained"]) == ("met", "unmet")
    given = {"programme": SUPPORT, "organisation": organisation, "granted_on": date(2023, 7, 14)}
    made = create_recognition(
        {**given, "office": cast.offices()[0]}, actor=cast.machine(), region=cast.REGION
    )
    assert (made.act, made.level, made.kind, made.valid_until) == ("列入", "国家级", "首次", None)
    after = _conditions(organisation, on)
    assert (after["not-supported"], after["obtained"]) == ("unmet", "met")


@pytest.mark.django_db
def test_a_list_of_projects_counts_for_whoever_carries_them_out() -> None:
    organisation, on = enterprise(), date(2023, 7, 1)
    covered(organisation, "titles", on)
    given = {"holder_name": "某项目", "granted_on": date(2022, 12, 1)}
    held(Recognition, organisation, holder_kind="product", programme="cn-43.product", **given)
    assert [
        one for one in organisation_json(organisation, on)["records"]["titles"] if "programme" in one
    ] == []
    held(Recognition, organisation, holder_kind="project", programme="cn-43.new-infrastructure", **given)
    titles = [one for one in organisation_json(organisation, on)["records"]["titles"] if "programme" in one]
    assert [(one["programme"], one["grant_date"]) for one in titles] == [
        ("cn-43.new-infrastructure", "2022-12-01")
    ]


def _varied() -> list[Organisation]:
    """Return enterprises on both sides of what programmes ask, with gaps, two sources and corrections."""
    made = []
    for number in range(1, 13):
        one = enterprise(number, gbt4754_code=("2614", "", "6510")[number % 3])
        made.append(one)
        for year in (2023, 2024, 2025):
            if (number + year) % 5:
                fact(one, "revenue", f"{number * 4_000_000}.{year % 100}", period=str(year))
                fact(one, "rd_expense", f"{number * number * 30_000}.00", period=str(year))
        fact(one, "revenue", f"{number * 3_900_000}.00", period="2025", **AUDITED)
        fact(one, "revenue", "999000000.00", period="2025", **STATISTICS)
        row = fact(one, "employees_total", 20 * number, period="2025")
        if number % 4 == 0:
            withdraw_fact(row, actor=cast.machine(), reason="填错")
        if number % 2:
            fact(one, "registered_mainland", True)
            fact(one, "registered_mainland", number % 3 == 0, as_of=date(2026, 8, 1))
            covered(one, "incidents", date(2026, 4, 30) if number % 3 else date(2026, 5, 31))
            covered(one, "ip", date(2026, 5, 31))
        if number % 3 == 1:
            record(one, "incidents", kind="安全", grade="重大", date="2025-09-01")
        fact(one, "main_product_field_flags", ["六基"] if number % 2 else [])
        held(Patent, one, number=f"P{number}", title="甲", kind="发明专利", acquisition="自主研发",
             granted_on=date(2024, 1, number), owner_name="甲", expires_on=date(2040, 1, 1),
             owner_rank=number % 3 or None)  # fmt: skip
        if number > 6:
            held(Recognition, one, holder_name=one.name, programme="cn.high-tech", granted_on=date(2024, 11, 1),
                 valid_until=date(2027, 10, 31) if number % 2 else None, is_unlimited=number == 8)  # fmt: skip
    return made


@pytest.mark.django_db
def test_one_and_all_get_the_same_verdicts(tmp_path: Path) -> None:
    organisations = _varied()
    pack = current_pack(cast.REGION)
    asked = [one for one in pack.programmes.values() if one.version_for(ON, "new") is not None]
    plan = compile_plan(asked, region=cast.REGION, on=ON, kind="new", scope=pack.rule_scope)
    assert population_parquet(cast.REGION, tmp_path / "facts", on=ON) == len(organisations)
    match(
        Run(plan=plan, scope=pack.rule_scope, facts=tmp_path / "facts", out=tmp_path / "out", engine="polars")
    )
    verdicts = pl.read_parquet(tmp_path / "out" / "verdicts.parquet")
    codes = {"unmet": 0, "unknown": 1, "met": 2}
    evaluator = Evaluator(plan)
    seen = set()
    for organisation, row in zip(organisations, verdicts.sort("id").iter_rows(named=True), strict=True):
        given = organisation_json(organisation, ON)
        check_organisation(given, pack.rule_scope)
        assert row["id"] == organisation.pk
        for outcome in evaluator.evaluate(given):
            assert row[f"{outcome.programme}.verdict"] == codes[outcome.verdict], (
                organisation.pk,
                outcome.programme,
            )
            seen.add(outcome.verdict)
    assert seen == {"unmet", "unknown", "met"}


@pytest.mark.django_db
def test_every_value_is_the_same_in_both(tmp_path: Path) -> None:
    organisations = _varied()
    population_parquet(cast.REGION, tmp_path, on=ON)
    wide = pl.read_parquet(tmp_path / "organisations.parquet")
    facts = {row["id"]: row for row in wide.iter_rows(named=True)}
    for organisation in organisations:
        given = organisation_json(organisation, ON)["facts"]
        flat = {
            f"{name}@{year}" if year else name: one
            for name, value in given.items()
            for year, one in (value.items() if isinstance(value, dict) else [("", value)])
        }
        said = {
            name: value
            for name, value in facts[organisation.pk].items()
            if value is not None and name != "id"
        }
        assert set(said) == set(flat)
        for name, value in said.items():
            if name.startswith(("revenue", "rd_expense")):
                assert Decimal(value) / 100 == Decimal(flat[name])
            elif isinstance(value, date):
                assert value.isoformat() == flat[name]
            else:
                assert value == flat[name]


@pytest.mark.django_db
def test_a_region_without_organisations_gives_an_empty_table(tmp_path: Path) -> None:
    assert population_parquet(cast.REGION, tmp_path, on=ON) == 0
    assert pl.read_parquet(tmp_path / "organisations.parquet").height == 0
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
