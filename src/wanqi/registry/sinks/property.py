"""How imported rows become patents, trademarks and pledge loans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..actions.property import SECRET, number_problem, number_question, patent_number
from ..cells import Reason
from ..importing import Sink, register_sink
from ..models import Patent, PledgeLoan, Trademark
from .owners import link_organisations


def check_patent(values: Mapping[str, Any]) -> Sequence[tuple[str, Reason]]:
    """Return what the fields of one patent contradict; a defence patent is refused."""
    found = []
    if "国防" in str(values.get("title", "")) or "国防" in str(values.get("kind", "")):
        found.append(("title", Reason("疑为国防专利", SECRET)))
    wrong = number_problem(str(values.get("number", "")), str(values.get("kind") or ""))
    if wrong:
        found.append(("number", Reason(wrong.rstrip("。，请核对"), "请与专利证书核对后更正。")))
    applied, granted = values.get("applied_on"), values.get("granted_on")
    if applied is not None and granted is not None and granted < applied:
        found.append(("granted_on", Reason("授权公告日早于申请日", "请核对两个日期。")))
    return found


def ask_patent(row: Any) -> str | None:
    """Return what to ask about a patent that may be right and looks wrong."""
    return number_question(row.number)


def check_loan(values: Mapping[str, Any]) -> Sequence[tuple[str, Reason]]:
    """Return what is impossible in one loan."""
    amount = values.get("amount")
    if amount is not None and amount <= 0:
        return [("amount", Reason("贷款金额要大于0", "请核对金额和单位。"))]
    return ()


def register() -> None:
    """Make patents, trademarks and pledge loans importable."""
    owner = partial(link_organisations, name="owner_name")
    register_sink(
        Sink(
            kind="patents",
            model=Patent,
            key="number",
            check=check_patent,
            complete=owner,
            written=patent_number,
            ask=ask_patent,
        )
    )
    register_sink(Sink(kind="trademarks", model=Trademark, key="number", complete=owner))
    borrower = partial(link_organisations, name="borrower_name")
    register_sink(
        Sink(
            kind="pledge_loans",
            model=PledgeLoan,
            key="contract_number",
            check=check_loan,
            complete=borrower,
        )
    )
