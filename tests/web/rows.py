"""The rows that pages are tested on: written by the actions, small, with known counts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests import cast
from wanqi.core.access import actor_of
from wanqi.core.actions import attach
from wanqi.core.models import Office, Role, Unit, User
from wanqi.indicators.actions import create_observation
from wanqi.indicators.models import Observation
from wanqi.policies.actions import create_document
from wanqi.policies.models import Document
from wanqi.projects.models import Site
from wanqi.registry import codes
from wanqi.registry.actions import create_nomination, create_organisation
from wanqi.registry.models import Nomination, Organisation

ROLES = tuple(Role)


def credit_code(number: int) -> str:
    """Return a well-formed code with both check digits, for a number below 100,000,000."""
    body = f"{number:08d}"
    head = "91430682" + body + codes.organisation_check(body)
    return head + codes.credit_check(head)


def organisation(number: int = 1, **values: object) -> Organisation:
    given = {
        "name": f"第{number:02d}化工有限公司",
        "credit_code": credit_code(number),
        "area": cast.area(),
        "gbt4754_code": "2614",
        "established_on": date(2010, 3, 1) + timedelta(days=number),
        "office": cast.offices()[0],
        "source": "营业执照",
        **values,
    }
    return create_organisation(given, actor=cast.machine(), region=cast.REGION)


def document(**values: object) -> Document:
    given = {
        "code": "plan-2023",
        "title": "2023年信息基础设施建设实施方案",
        "number": "临科工发〔2023〕12号",
        "issuer": "市科工局",
        "issued_on": date(2023, 2, 1),
        "office": cast.offices()[0],
        **values,
    }
    text = "第一条　全年建设5G基站200个。\n第二条　各运营商按月报送开通清单。"
    return create_document(given, actor=cast.machine(), region=cast.REGION, text=text)


def observation(**values: object) -> Observation:
    given = {
        "indicator": "infra.5g.new",
        "period": "2023H1",
        "value": Decimal(120),
        "source": "铁塔公司月报",
        "unit": cast.units()[0],
        "reported_by": "李工",
        "as_of": date(2023, 6, 30),
        "office": cast.offices()[0],
        **values,
    }
    return create_observation(given, actor=cast.machine(), region=cast.REGION)


def station(number: int, **values: object) -> Site:
    """Return a station opened on the number-th day from 2023-01-01."""
    opened = date(2023, 1, 1) + timedelta(days=number)
    given = {
        "name": f"第{number:03d}号站",
        "built_on": opened - timedelta(days=30),
        "opened_on": opened,
        **values,
    }
    return cast.site(f"T-{number:03d}", **given)


def nomination(number: int = 1, **values: object) -> Nomination:
    """Return a nomination of the first office for 高新技术企业, declared on 2023-05-10."""
    given = {
        "programme": "cn.high-tech",
        "batch": "2023年第一批",
        "holder_name": f"第{number:02d}申报有限公司",
        "stage": "企业已申报",
        "stage_on": date(2023, 5, 10),
        "office": cast.offices()[0],
        **values,
    }
    return create_nomination(given, actor=cast.machine(), region=cast.REGION)


def people() -> dict[str, User]:
    """Make one user per role of the bureau and its units, named after it, and a stranger without any."""
    made = {role.value: cast.user(role) for role in ROLES if role is not Role.ENTERPRISE}
    made["stranger"] = cast.user(None)
    return made


REPORTING = ("tower", "mobile", "telecom", "unicom", "broadcast")


def reporting_people() -> None:
    """Make the clerk of the office that asks for 5G figures, and a reporter of each of its units."""
    office = Office.objects.get(region=cast.REGION, code="digital")
    cast.user(Role.CLERK, office=office, username="clerk-digital")
    for code in REPORTING:
        unit = Unit.objects.get(region=cast.REGION, code=code)
        cast.user(Role.REPORTER, unit=unit, username=f"reporter-{code}")
    talent = Office.objects.get(region=cast.REGION, code="talent")
    cast.user(Role.CLERK, office=talent, username="clerk-talent")
    unit = Unit.objects.get(region=cast.REGION, code="talent-office")
    cast.user(Role.REPORTER, unit=unit, username="reporter-talent-office")


def desk() -> None:
    """Fill registers for the browser: 120 stations, 30 organisations, 1 document, 2 values, 4 nominations, people."""
    users = people()
    reporting_people()
    clerk = actor_of(users["clerk"])
    proof = attach(
        "铁塔公司6月清单.csv",
        "站址编码,开通日期\n".encode(),
        content_type="text/csv",
        region=cast.REGION,
        actor=clerk,
    )
    for number in range(120):
        station(number, evidence=proof if number % 2 else None, operator=("移动", "电信", "联通")[number % 3])
    station(120, opened_on=None, area=None, name="尚未开通站")
    for number in range(1, 31):
        organisation(number)
    cast.user(Role.ENTERPRISE, organisation=Organisation.objects.get(name="第09化工有限公司"))
    organisation(31, name="东祥油脂有限公司", credit_code="", former_names=["临湘东祥油脂厂"])
    document()
    observation(evidence=proof)
    observation(
        indicator="infra.5g.target", period="2023", value=Decimal(800), nature="target", source="工作报告"
    )
    for number in range(1, 4):
        nomination(number)
    nomination(4, stage="县级推荐", stage_on=date(2023, 6, 1), letter="临科工函〔2023〕8号")
