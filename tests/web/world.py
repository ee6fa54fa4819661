"""One row of everything that has an address of its own, all of the first office, unit and enterprise.

Who reaches which of them is what `reach.txt` says; a page without a row here would be refused to everybody alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.registry.facts.rows import enterprise, fact
from tests.registry.tables import xlsx
from tests.reports.writing import begun, paragraph, part
from tests.web import rows
from tests.web.test_exports_by_place import BY_UNIT, row_of
from wanqi.collection.actions import create_form, issue_round
from wanqi.collection.models import Return
from wanqi.core.access import actor_of
from wanqi.core.actions import attach
from wanqi.core.models import Attachment, Role, RoleGrant, User
from wanqi.policies.models import DocumentStep, SavedScreen
from wanqi.projects.models import Milestone
from wanqi.registry import tasks
from wanqi.registry.actions import propose_correction
from wanqi.registry.actions.profiles import keep_profile, start_profile
from wanqi.registry.models import ImportBatch, NameList, Organisation, RejectedRow
from wanqi.registry.profiles import as_definition
from wanqi.reports import actions as writing
from wanqi.reports.actions.evidence import begin_package
from wanqi.reports.actions.freezing import freeze_table
from wanqi.reports.checking import check_text
from wanqi.reports.evidence.subjects import Subject
from wanqi.reports.models import ReportTemplate
from wanqi.web.console.registers.catalogue import REGISTERS

PHONE = "13812345678"
HEADS = ("企业名称", "统一社会信用代码", "申报批次", "联系人", "联系电话")
LIST = """关于公布2023年专精特新中小企业名单的通知
序号\t企业名称\t市州
1\t第01化工有限公司\t岳阳市
"""


@dataclass
class World:
    """people: a client by column of the table. arguments, query: of an address, by its name or its beginning."""

    people: dict[str, Client] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    arguments: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    data: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def known(self, name: str) -> Mapping[str, Any]:
        """Return the arguments of an address: its own, else those of the longest beginning that is known."""
        while name and name not in self.arguments:
            name = name.rpartition(".")[0]
        return self.arguments.get(name, {})


def client(user: User) -> Client:
    made = Client(raise_request_exception=False)  # a failure is a 500, as it would be for them
    made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def world() -> World:
    """Make everybody and everything."""
    made = World()
    firms = enterprise(1, contact="李工", phone=PHONE), enterprise(2)
    _people(made, firms)
    clerk = made.people["clerk"]
    proof = attach(
        "佐证.csv", b"1,2\n", content_type="text/csv", region=cast.REGION, actor=actor_of(made.users["clerk"])
    )
    for register in REGISTERS:
        _register(made, register.name, clerk, proof)
    for more in (_enterprise, _imports, _name_list, _figures, _reports, _returns, _screens, _administration):
        more(made, clerk, firms[0], proof)
    return made


def _people(made: World, firms: tuple[Organisation, Organisation]) -> None:
    (_, other), (_, unit) = cast.offices(), cast.units()
    made.users = {
        "clerk": cast.user(Role.CLERK),
        "head": cast.user(Role.HEAD),
        "other": cast.user(Role.HEAD, username="other-head", office=other),
        "unit": cast.user(Role.REPORTER),
        "unit2": cast.user(Role.REPORTER, username="other-unit", unit=unit),
        "firm": cast.user(Role.ENTERPRISE, organisation=firms[0]),
        "firm2": cast.user(Role.ENTERPRISE, username="other-firm", organisation=firms[1]),
        "auditor": cast.user(Role.AUDITOR),
    }
    for name, user in made.users.items():
        user.display_name = f"某人·{name}"
        user.save(update_fields=["display_name"])
    made.people = {name: client(user) for name, user in made.users.items()} | {"nobody": Client()}


def _register(made: World, name: str, clerk: Client, proof: Attachment) -> None:
    """Keep the register's row; where units hand rows in, one of the first unit."""
    row = rows.observation(evidence=proof) if name == "observations" else row_of(name, clerk)
    if name in BY_UNIT:
        type(row).objects.filter(pk=row.pk).update(unit=cast.units()[0])
    made.arguments[name] = {"pk": row.pk}
    if name == "observations":
        made.arguments["attachment"] = {"register": name, "pk": row.pk}
    if name == "documents":
        given = {"stage": "起草", "on": "2023-01-01", "file": SimpleUploadedFile("送审稿.txt", b"1")}
        clerk.post(reverse("documents.stage", args=[row.pk]), given)
        step = DocumentStep.objects.filter(document=row.pk).first()
        made.arguments["documents.step_file"] = {"pk": row.pk, "step": step.pk if step else 0}
    if name == "projects":
        clerk.post(reverse("projects.milestones", args=[row.pk]), {"title": "开工", "due_on": "2023-12-31"})
        milestone = Milestone.objects.filter(project=row.pk).first()
        made.arguments["projects.milestone"] = {"pk": row.pk, "milestone": milestone.pk if milestone else 0}
    if name in ("problems", "shortfalls"):
        made.arguments[f"{name}.step"] = {"pk": row.pk, "step": "assign"}
    if name == "nominations":
        made.query |= dict.fromkeys(
            ("nominations.summary", "nominations.letter", "nominations.move", "nominations.undo"),
            f"pick={row.pk}",
        )


def _enterprise(made: World, clerk: Client, firm: Organisation, proof: Attachment) -> None:
    value = fact(firm, "main_revenue", "19000000.00", period="2025", evidence=proof.pk)
    made.arguments |= {
        "organisations": {"pk": firm.pk},
        "enterprise": {"pk": firm.pk},
        "enterprise.value": {"pk": firm.pk, "fact": "main_revenue"},
        **{f"enterprise.{step}": {"pk": value.pk} for step in ("correct", "withdraw", "file")},
        "checkup": {"pk": firm.pk},
        "checkup.report": {"pk": firm.pk, "form": "docx"},
        "checkup.condition": {"pk": firm.pk, "programme": "cn.above-scale", "condition": "revenue"},
        "correction.propose": {"pk": firm.pk},
    }
    who = actor_of(made.users["firm"])
    own = attach("审计报告.pdf", b"%PDF-1.4", content_type="application/pdf", region=cast.REGION, actor=who)
    asked = propose_correction(
        firm,
        section="facts",
        subject="main_revenue",
        period="2025",
        value="20500000.00",
        reason="年度审计报告已出",
        file=own.pk,
        actor=who,
    )
    made.arguments["correction"] = {"pk": asked.pk}


def _imports(made: World, clerk: Client, firm: Organisation, proof: Attachment) -> None:
    """A batch of the first office with one row that was not taken; its file has a phone."""
    place = {"office": cast.offices()[0].pk, "unit": cast.units()[0].pk, "profile": "nomination-summary"}
    content = xlsx([HEADS, (firm.name, "不是代码", "2023年第一批", "李工", PHONE)])
    clerk.post(reverse("imports.new"), {**place, "file": SimpleUploadedFile("汇总表.xlsx", content)})
    batch = ImportBatch.objects.latest("pk")
    columns = {f"column-{name}": at for name, at in batch.mapping["columns"].items()}
    clerk.post(reverse("imports.match", args=[batch.pk]), columns)
    batch.refresh_from_db()
    if batch.job is not None:
        tasks.check_import(job_id=batch.job.pk, batch_id=batch.pk)
    said = {"column": "统一社会信用代码", "message": "不是代码", "hint": "请核对。"}
    cells = [firm.name, "不是代码", "2023年第一批", "李工", PHONE]
    RejectedRow.objects.create(batch=batch, line=2, cells=cells, reasons=[said])
    template = {"profile": "tower-stations"}
    made.arguments |= {"imports": {"pk": batch.pk}, "imports.template": template}
    like = as_definition(_profile())
    row = start_profile(
        "站址样表.xlsx",
        xlsx([("站址编码", "站址名称"), ("S-1", "某站")]),
        kind="sites",
        sheet="",
        region=cast.REGION,
        office=cast.offices()[0].pk,
        actor=cast.machine(),
    )
    keep_profile(row, {**like, "title": "自建的站址表"}, actor=cast.machine())
    made.arguments["imports.profile"] = {"code": row.code}


def _profile() -> Any:
    from wanqi.core.packs import current_pack

    return current_pack(cast.REGION).imports["tower-stations"]


def _name_list(made: World, clerk: Client, firm: Organisation, proof: Attachment) -> None:
    clerk.post(reverse("name_lists.new"), {"pasted": LIST, "office": cast.offices()[0].pk})
    found = NameList.objects.latest("pk")
    for kind in (
        "list",
        "progress",
        "bulk",
        "take-back",
        "match",
        "document",
        "undo",
        "drop",
        "file",
        "export",
    ):
        made.arguments[f"name_lists.{kind}"] = {"pk": found.pk}
    row = found.rows.first()
    for kind in ("decide", "search"):
        made.arguments[f"name_lists.{kind}"] = {"pk": found.pk, "row": row.pk if row else 0}


def _figures(made: World, clerk: Client, firm: Organisation, proof: Attachment) -> None:
    rows.observation(
        indicator="infra.5g.target", period="2023", value=800, nature="target", source="工作报告"
    )
    asked = {"id": "infra.5g.target", "year": 2023, "dimension": "area"}
    given = {f"value_{area.pk}": "800" for area in [cast.area()]}
    more = {"basis": "whole", "adding": "equal", "source": "下达文件"}
    clerk.post(reverse("targets.edit", kwargs=asked), {**given, **more})
    made.arguments |= {f"targets.{step}": asked for step in ("breakdown", "edit", "file", "withdraw")}
    made.arguments |= {"board.judged": {"id": "infra.5g.total"}, "board.raise": {"id": "infra.5g.total"}}
    made.arguments |= {"figure": {"id": "infra.5g.new"}, "indicator": {"id": "infra.5g.new"}}
    made.arguments["board.outline.end"] = {"pk": 1}
    made.query |= dict.fromkeys(("figure", "figure.rows", "figure.file"), "period=2023H1")


def _reports(made: World, clerk: Client, firm: Organisation, proof: Attachment) -> None:
    draft = begun()
    built = paragraph(draft, "built")
    remark = writing.add_remark(built, "请核对", actor=actor_of(made.users["head"]))
    own = {"pk": draft.pk, "paragraph": built.pk}
    made.arguments |= {
        "reports": {"pk": draft.pk},
        **{f"reports.{step}": own for step in ("save", "change", "history", "remark", "explain")},
        "reports.step": {"pk": draft.pk, "step": "collect"},
        "reports.part": {"pk": draft.pk, "part": part(draft, 0).pk, "step": "finish"},
        "reports.resolve": {"pk": draft.pk, "remark": remark.pk},
    }
    template = ReportTemplate.objects.latest("pk")
    made.arguments |= {f"reports.{name}": {"pk": template.pk} for name in ("template", "template-withdraw")}
    archive = freeze_table(cast.REGION, "2023-06", actor=cast.machine())
    made.arguments["archive"] = {"pk": archive.pk}
    subject = Subject(cast.REGION, indicator="infra.5g.new", period="2023H1")
    package = begin_package(subject, actor=actor_of(made.users["clerk"]))
    made.arguments |= {f"evidence.{name}": {"pk": package.pk} for name in ("package", "file")}
    made.query["evidence"] = "indicator=infra.5g.new&period=2023H1"
    made.data["evidence.take"] = {"indicator": "infra.5g.new", "period": "2023H1"}
    checked = check_text("今年入选15家，占岳阳市总数(40家)的38.5%。", region=cast.REGION)
    kept = writing.save_check(
        checked, actor=actor_of(made.users["clerk"]), region=cast.REGION, title="总结", source="总结.docx"
    )
    made.arguments["checking.record"] = {"pk": kept.pk}


def _returns(made: World, clerk: Client, firm: Organisation, proof: Attachment) -> None:
    first, second = cast.units()
    given = {
        "id": "own-form",
        "title": "用户数月报",
        "office": cast.offices()[0].code,
        "units": [first.code, second.code],
        "cadence": "month",
        "deadline": {"day": 5},
        "lines": [{"id": "users", "indicator": "infra.gigabit.users", "combine": "sum", "evidence": True}],
    }
    create_form(given, actor=cast.machine(), region=cast.REGION)
    round = issue_round("own-form", "2023-01..06", region=cast.REGION, actor=cast.machine())
    row = Return.objects.get(round=round, unit=first)
    made.people["unit"].post(
        reverse("returns.return", args=[row.pk]),
        {
            "seen": row.version,
            "value-users": "60",
            "file-users": SimpleUploadedFile("清单.csv", b"1"),
            "evidence": SimpleUploadedFile("盖章.csv", b"1"),
        },
    )
    of_round = ("round", "next", "remind", "lock-all", "cancel", "values")
    made.arguments |= {f"returns.{name}": {"pk": round.pk} for name in of_round}
    made.arguments |= {
        "returns": {"pk": row.pk},
        "returns.step": {"pk": row.pk, "step": "extend"},
        "returns.line-evidence": {"pk": row.pk, "line": "users"},
        "forms": {"code": "own-form"},
    }


def _screens(made: World, clerk: Client, firm: Organisation, proof: Attachment) -> None:
    clerk.post(reverse("screening.keep"), {"programme": "cn.srdi-sme", "name": "专精特新", "shared": "1"})
    screen = SavedScreen.objects.first()
    made.arguments |= {"screens": {"pk": screen.pk if screen else 0}, "screening.why": {"pk": firm.pk}}
    made.query |= dict.fromkeys(
        ("screening.why", "screening.contacts", "screening.text", "screening.enter"),
        f"programme=cn.srdi-sme&pick={firm.pk}",
    )


def _administration(made: World, clerk: Client, firm: Organisation, proof: Attachment) -> None:
    made.arguments["account"] = {"pk": made.users["clerk"].pk}
    made.arguments["grant.revoke"] = {"pk": RoleGrant.objects.get(user=made.users["clerk"]).pk}
    made.arguments |= {"pick": {"kind": "organisations"}, "portal.programme": {"programme": "cn.high-tech"}}
