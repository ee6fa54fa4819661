"""What a clerk types to register one row of each register, and what changes when it is corrected.

A register of the catalogue without an entry here fails `test_every_register_is_tried`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests import cast
from wanqi.registry.actions import create_organisation
from wanqi.registry.actions.people import PEOPLE
from wanqi.registry.models import Organisation, Person

Filled = dict[str, str]


@dataclass(frozen=True)
class Tried:
    """given: the form of a new row; changed: what a correction types; shown: texts of the row's page afterwards.

    found_by: a search that finds it. readers: who may open the list beside clerk and head.
    """

    given: Callable[[], Filled]
    changed: Filled
    shown: tuple[str, ...]
    found_by: str
    wrong: tuple[Filled, str] | None = None
    forbidden: tuple[str, ...] = field(default=())


def organisation(name: str = "演示化工有限公司") -> Organisation:
    """Return an organisation of the own office to choose."""
    values = {"name": name, "office": cast.offices()[0]}
    return create_organisation(values, actor=cast.machine(), region=cast.REGION)


def person() -> Person:
    """Return a person of the own office to choose."""
    values = {"name": "演示人员甲", "office": cast.offices()[0], "phone": "13812345678"}
    return PEOPLE.create(values, actor=cast.machine(), region=cast.REGION)


TRIED: dict[str, Tried] = {
    "windows": Tried(
        given=lambda: {
            "programme": "cn.srdi-sme",
            "purpose": "new",
            "batch": "2023年第一批",
            "notice": "关于组织开展2023年专精特新中小企业申报工作的通知",
            "number": "湘工信企业〔2023〕1号",
            "opens_on": "2023-06-01",
            "closes_on": "2023-07-15",
        },
        changed={"county_due_on": "2023-07-05"},
        shown=("专精特新中小企业", "2023年7月5日", "2023年7月15日"),
        found_by="湘工信企业",
        wrong=({"closes_on": "2023-05-31"}, "申报截止早于开始申报，请核对。"),
    ),
    "patents": Tried(
        given=lambda: {
            "title": "一种浮标",
            "number": "ZL 2022 1 0123456.1",
            "kind": "发明专利",
            "organisation": str(organisation().pk),
            "applied_on": "2022-02-09",
        },
        changed={"granted_on": "2023-05-16"},
        shown=("2022101234561", "演示化工有限公司", "已授权", "2023年5月16日"),
        found_by="0123456",
        wrong=({"number": "2022101234567"}, "申请号“2022101234567”的校验位应为1，请核对。"),
    ),
    "trademarks": Tried(
        given=lambda: {
            "name": "临湘浮标",
            "number": "68012345",
            "classes": "第28类",
            "owner_name": "演示渔具厂",
        },
        changed={"registered_on": "2023-03-07"},
        shown=("68012345", "演示渔具厂", "2023年3月7日"),
        found_by="渔具",
    ),
    "loans": Tried(
        given=lambda: {
            "borrower_name": "演示化工有限公司",
            "lender": "演示银行",
            "contract_number": "质2023-01",
            "pledge": "专利权",
            "amount": "10000000",
        },
        changed={"paid_out_on": "2023-04-20"},
        shown=("1,000万元", "演示银行", "2023年4月20日"),
        found_by="质2023",
        wrong=({"amount": "0"}, "贷款金额要大于0。"),
    ),
    "listings": Tried(
        given=lambda: {"company_name": "演示拟上市公司", "board": "北交所", "stage": "筹备"},
        changed={"stage": "辅导备案", "stage_on": "2023-06-01"},
        shown=("辅导备案", "2023年6月1日"),
        found_by="拟上市",
    ),
    "people": Tried(
        given=lambda: {"name": "演示人员乙", "id_number": "11010519491231002x", "phone": "138 0013 8000"},
        changed={"post": "高级工程师"},
        shown=("1101**********002X", "138****8000", "高级工程师"),
        found_by="人员乙",
        wrong=({"id_number": "110105194912310021"}, "身份证号的校验位不对，请核对。"),
        forbidden=("11010519491231002X", "13800138000"),
    ),
    "engagements": Tried(
        given=lambda: {
            "person": str(person().pk),
            "mode": "柔性",
            "employer_name": "演示化工有限公司",
            "since": "2023-01-01",
        },
        changed={"until": "2025-12-31"},
        shown=("演示人员甲", "柔性引进", "2025年12月31日"),
        found_by="人员甲",
        wrong=({"until": "2022-12-31"}, "期满日期早于起始日期，请核对。"),
    ),
    "experts": Tried(
        given=lambda: {"person": str(person().pk), "roster": "科技专家服务团", "fields": "精细化工\n浮标"},
        changed={"until": "2026-12-31"},
        shown=("科技专家服务团", "精细化工、浮标", "2026年12月31日"),
        found_by="服务团",
    ),
    "projects": Tried(
        given=lambda: {
            "title": "功能型有机肥研发与创制",
            "kind": "研发项目",
            "scheme": "岳阳市重点研发",
            "level": "市级",
            "holder_name": "演示农业公司",
            "stage": "已申报",
            "declared_on": "2023-03-01",
            "tags": "绿色化工产业集群\n核心技术攻坚",
        },
        changed={"stage": "已立项", "approved_on": "2023-06-20"},
        shown=("岳阳市级", "已立项", "2023年6月20日", "绿色化工产业集群、核心技术攻坚"),
        found_by="有机肥",
        wrong=({"started_on": "2023-05-01", "finished_on": "2023-04-30"}, "完成日期早于开工日期，请核对。"),
    ),
    "fiber": Tried(
        given=lambda: {"district": "城区", "as_of": "2023-06-30", "covered": "147000"},
        changed={"households": "150000"},
        shown=("147,000户", "98.00%", "150,000"),
        found_by="城区",
        wrong=({"households": "146999"}, "覆盖户数多于总户数，请核对。"),
    ),
    "rankings": Tried(
        given=lambda: {
            "indicator": "infra.5g.new",
            "period": "2023H1",
            "rank": "2",
            "peer_set": "岳阳六县市",
            "peers": "6",
            "source": "演示通报",
        },
        changed={"tied": "on", "basis": "总量"},
        shown=("并列第2名", "岳阳六县市（6个）", "总量"),
        found_by="六县市",
        wrong=({"rank": "7"}, "名次应在1和参加比较的地区数6之间。"),
    ),
    "commendations": Tried(
        given=lambda: {"title": "获得岳阳市一季度工作点评高度肯定", "source": "2023年上半年工作总结"},
        changed={"issuer": "岳阳市", "level": "岳阳市级"},
        shown=("岳阳市级", "2023年上半年工作总结"),
        found_by="点评",
    ),
    "recognitions": Tried(
        given=lambda: {
            "programme": "cn.srdi-sme",
            "organisation": str(organisation().pk),
            "kind": "首次",
            "granted_on": "2023-03-01",
        },
        changed={"document_number": "湘工信企业〔2023〕12号"},
        shown=("专精特新中小企业", "湘工信企业〔2023〕12号", "2026年2月28日", "省级"),
        found_by="演示化工",
        wrong=({"programme": "cn.tech-sme", "act": "认定"}, "“科技型中小企业”是“评价入库”，不能写成“认定”"),
    ),
    "nominations": Tried(
        given=lambda: {
            "programme": "cn.high-tech",
            "batch": "2023年第一批",
            "purpose": "new",
            "organisation": str(organisation().pk),
            "stage": "县级推荐",
            "stage_on": "2023-06-10",
            "contact": "李工",
            "phone": "13812345678",
        },
        changed={"letter": "临科工函〔2023〕8号"},
        shown=("高新技术企业", "2023年第一批", "县级推荐", "临科工函〔2023〕8号", "138****5678"),
        found_by="演示化工",
        wrong=({"batch": ""}, "请填写批次"),
        forbidden=("13812345678",),
    ),
    "carriers": Tried(
        given=lambda: {
            "name": "湖南省浮标工程技术研究中心",
            "kind": "工程技术研究中心",
            "act": "组建",
            "since": "2023-04-01",
            "programme": "cn-43.engineering-center",
            "organisation": str(organisation().pk),
        },
        changed={"tags": "浮标钓具"},
        shown=("组建", "浮标钓具", "省级", "演示化工有限公司"),
        found_by="浮标工程",
        wrong=({"programme": "cn-43.agri-maker-space", "act": "认定"}, "是“备案”，不能写成“认定”"),
    ),
    "records": Tried(
        given=lambda: {
            "organisation": str(organisation().pk),
            "kind": "standards",
            "shape": "standards",
            "field_number": "GB/T 12345",
            "field_level": "国家",
        },
        changed={"field_role": "主导"},
        shown=("GB/T 12345", "牵头或参与制定的标准", "主导", "演示化工有限公司"),
        found_by="12345",
        wrong=({"kind": "financing", "shape": "financing", "field_amount": "-1"}, "负数"),
    ),
    "coverages": Tried(
        given=lambda: {
            "organisation": str(organisation().pk),
            "kind": "incidents",
            "complete_until": "2023-06-30",
            "source": "市应急局复函",
        },
        changed={"complete_until": "2023-09-30"},
        shown=("事故和违法", "2023年9月30日", "市应急局复函", "演示化工有限公司"),
        found_by="演示化工",
        wrong=({"complete_until": "2999-01-01"}, "还没有到"),
    ),
    "activities": Tried(
        given=lambda: {
            "kind": "培训",
            "title": "浮标企业知识产权培训",
            "on": "2023-04-12",
            "attendance": "42",
        },
        changed={"topic": "科技专家服务团专题培训"},
        shown=("科技专家服务团专题培训", "2023年4月12日", "42"),
        found_by="知识产权培训",
        wrong=({"until": "2023-04-11"}, "结束日期早于开始日期，请核对。"),
    ),
    "shortfalls": Tried(
        given=lambda: {
            "title": "5G基站累计数进度滞后",
            "indicator": "infra.5g.total",
            "period": "2026-06",
            "finding": "累计571个，年底预计691个，比目标800个差109个。",
            "raised_on": "2026-07-03",
        },
        changed={"action": "逐站倒排工期"},
        shown=("5G基站累计数", "差109个", "逐站倒排工期", "尚未交办"),
        found_by="累计数",
        wrong=({"period": "2026-13"}, "请从列表中选择。"),
    ),
    "problems": Tried(
        given=lambda: {"title": "用工短缺", "enterprise_name": "演示化工有限公司", "raised_on": "2023-03-01"},
        changed={"category": "用工"},
        shown=("演示化工有限公司", "待交办", "2023年3月1日"),
        found_by="用工",
    ),
    "tasks": Tried(
        given=lambda: {
            "plan": "2023年重点工作任务",
            "content": "新建5G基站300个",
            "responsible": "铁塔公司",
            "due_on": "2099-12-31",
            "state": "推进中",
        },
        changed={"target": "300个"},
        shown=("2023年重点工作任务", "300个", "2099年12月31日", "推进中"),
        found_by="5G基站300",
        wrong=({"state": "已完成"}, "已完成的任务要写完成日期。"),
    ),
}
