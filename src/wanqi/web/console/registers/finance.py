"""知识产权质押贷款 and 上市后备; the latter is restricted to its office and leaders."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from wanqi.registry.actions.finance import LISTINGS as LISTING_WRITERS
from wanqi.registry.actions.finance import LOANS as LOAN_WRITERS
from wanqi.registry.models import ListingPlan, PledgeLoan
from wanqi.web import display

from . import parts
from .forms import FilesField, RowForm
from .spec import Column, Dates, Register, Section, Shown


class LoanForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如质押登记通知书、放款凭证")

    class Meta:
        model = PledgeLoan
        fields = (
            "organisation",
            "borrower_name",
            "lender",
            "contract_number",
            "pledge",
            "amount",
            "registered_on",
            "paid_out_on",
            "due_on",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["borrower_name"].required = False
        self.fields["borrower_name"].help_text = "选了单位可以不填"
        self.fields["amount"].help_text = "按元填写，如1000万元写10000000"
        self.fields["paid_out_on"].help_text = "贷款额按放款日计入各期"


def _loan_missing(row: PledgeLoan) -> list[str]:
    lacks = [
        (not row.paid_out_on, "放款日：没有放款日，不计入各期贷款额"),
        (not row.lender, "贷款银行"),
        (not row.organisation_id, "企业库中的单位"),
        (not row.evidence_id, "佐证材料"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _loan_facts(row: PledgeLoan) -> list[tuple[str, Shown]]:
    return [
        *parts.organisation_facts(row, "借款人", "borrower_name"),
        ("贷款银行", parts.text(row.lender, "未登记")),
        ("合同号或登记号", parts.text(row.contract_number, "未登记")),
        ("质押物", row.get_pledge_display()),
        ("贷款金额", parts.money(row.amount)),
        ("质押登记日", display.day(row.registered_on, reason="未登记")),
        ("放款日", display.day(row.paid_out_on, reason="尚未放款或未登记")),
        ("到期日", display.day(row.due_on, reason="未登记")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("loans", row, row.evidence)),
    ]


LOANS = Register(
    name="loans",
    title="知识产权质押贷款",
    noun="贷款",
    counter="笔",
    intro="企业以专利权、商标权质押取得的贷款；贷款额按放款日计入。",
    group="企业库",
    icon="cash",
    model=PledgeLoan,
    columns=(
        parts.text_column("borrower", "借款人", "borrower_name"),
        parts.text_column("lender", "贷款银行", "lender", on_phone=True),
        parts.text_column("contract", "合同号或登记号", "contract_number"),
        parts.term_column("pledge", "质押物", "pledge"),
        Column(
            key="amount",
            title="贷款金额",
            show=lambda row: parts.money(row.amount),
            plain=lambda row: row.amount,
            css="num",
            on_phone=True,
        ),
        parts.day_column("paid", "放款日", "paid_out_on", on_phone=True, reason="尚未放款或未登记"),
        parts.day_column("due", "到期日", "due_on"),
        parts.evidence_column(),
    ),
    sorts=(*parts.day_sorts("paid", "放款日", "paid_out_on"), parts.newest_sort()),
    filters=(
        parts.choice_filter("pledge", "质押物", lambda place: list(PledgeLoan.Pledge.choices)),
        parts.area_filter(),
        parts.organisation_filter(),
        parts.evidence_filter("evidence"),
        Dates(name="paid", title="放款日", field="paid_out_on"),
    ),
    search=lambda rows, text: rows.filter(
        Q(borrower_name__icontains=text) | Q(lender__icontains=text) | Q(contract_number__icontains=text)
    ),
    search_hint="借款人、银行或合同号",
    form=LoanForm,
    sections=(
        Section(key="base", title="贷款", facts=_loan_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=LOAN_WRITERS.create,
    correct=LOAN_WRITERS.correct,
    withdraw=LOAN_WRITERS.withdraw,
    restore=LOAN_WRITERS.restore,
    related=("area", "office", "organisation"),
    missing=_loan_missing,
    subtitle=lambda row: row.contract_number,
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)


class ListingForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="佐证材料", required=False)

    class Meta:
        model = ListingPlan
        fields = (
            "organisation",
            "company_name",
            "board",
            "stage",
            "stage_on",
            "sponsor",
            "note",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company_name"].required = False
        self.fields["company_name"].help_text = "选了单位可以不填"
        self.fields["board"].help_text = "如“北交所”“创业板”“新三板”"


def _listing_facts(row: ListingPlan) -> list[tuple[str, Shown]]:
    return [
        *parts.organisation_facts(row, "企业名称", "company_name"),
        ("拟上市板块", parts.text(row.board, "未登记")),
        ("阶段", row.get_stage_display()),
        ("到达日期", display.day(row.stage_on, reason="未登记")),
        ("保荐或辅导机构", parts.text(row.sponsor, "未登记")),
        ("备注", parts.text(row.note, "没有备注")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("listings", row, row.evidence)),
    ]


LISTINGS = Register(
    name="listings",
    title="上市后备",
    noun="后备企业",
    counter="家",
    intro="筹备上市的企业。受限数据：只有归口股室和领导能看，不出现在公开页面；对外只用家数。",
    group="企业库",
    icon="trending-up",
    model=ListingPlan,
    columns=(
        parts.text_column("company", "企业名称", "company_name"),
        parts.text_column("board", "拟上市板块", "board", on_phone=True),
        parts.term_column("stage", "阶段", "stage", on_phone=True),
        parts.day_column("reached", "到达日期", "stage_on", reason="未登记"),
        parts.text_column("sponsor", "保荐或辅导机构", "sponsor"),
        parts.office_column(),
        parts.updated_column(),
    ),
    sorts=(parts.newest_sort(),),
    filters=(parts.choice_filter("stage", "阶段", lambda place: list(ListingPlan.Stage.choices)),),
    search=lambda rows, text: rows.filter(Q(company_name__icontains=text) | Q(sponsor__icontains=text)),
    search_hint="企业名称或机构",
    form=ListingForm,
    sections=(
        Section(key="base", title="进展", facts=_listing_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=LISTING_WRITERS.create,
    correct=LISTING_WRITERS.correct,
    withdraw=LISTING_WRITERS.withdraw,
    restore=LISTING_WRITERS.restore,
    related=("area", "office", "organisation"),
    subtitle=lambda row: row.board,
    file="evidence",
)
