"""Writers of the credit codes that a 名单 gives to organisations without one, and takes back when it is undone."""

from __future__ import annotations

from wanqi.core.access import Actor
from wanqi.core.errors import AccessRefused, RowInvalid, StepRefused

from ..models import NameList, NameListRow, Organisation
from .organisations import correct_organisation

Code = NameListRow.Code


def give_code(held: NameList, row: NameListRow, *, actor: Actor) -> None:
    """Give a matched organisation without a code the one its confirmed row prints, with the list as reason.

    What keeps it from that (a code that is wrong or another's, an organisation of another office) is noted at the row.
    """
    found = row.organisation
    if found is None or not row.code or row.decided_by_id is None:
        return
    if not found.credit_code:
        row.organisation = found = _locked(found)  # an earlier row of the same list may have given it one
    if found.credit_code:
        if found.credit_code != row.code:
            _note(row, f"名单上的代码{row.code}与企业库的{found.credit_code}不同，企业库没有改动")
        return
    named = held.document_number or held.document_title or f"第{held.pk}份名单"
    try:
        row.organisation = correct_organisation(
            found, {"credit_code": row.code}, actor=actor, reason=f"按名单补登统一社会信用代码：{named}"[:500]
        )
        row.code_given = Code.GIVEN
    except (RowInvalid, AccessRefused, StepRefused) as refused:
        _note(row, f"代码{row.code}没有补登：{_said(refused)}")


def take_code_back(row: NameListRow, *, actor: Actor, reason: str) -> None:
    """Leave an organisation without a code again, unless it has another by now or is no longer the actor's to change.

    What keeps it from that is noted at the row.
    """
    assert row.organisation is not None
    found = _locked(row.organisation)
    if found.credit_code != row.code:
        row.code_given = Code.KEPT
        now = f"改为{found.credit_code}" if found.credit_code else "被删去"
        _note(row, f"补登的代码{row.code}其后已{now}，保留改动")
        return
    try:
        correct_organisation(found, {"credit_code": None}, actor=actor, reason=reason)
        row.code_given = Code.TAKEN_BACK
    except (RowInvalid, AccessRefused, StepRefused) as refused:
        row.code_given = Code.KEPT
        _note(row, f"补登的代码{row.code}没有收回：{_said(refused)}")


def _locked(organisation: Organisation) -> Organisation:
    rows = Organisation.objects.select_related("area").select_for_update(of=("self",))
    found: Organisation = rows.get(pk=organisation.pk)
    return found


def _said(refused: RowInvalid | AccessRefused | StepRefused) -> str:
    told = refused.fields.values() if isinstance(refused, RowInvalid) else [[refused.cause]]
    return "；".join(one for texts in told for one in texts)


def _note(row: NameListRow, said: str) -> None:
    row.note = f"{row.note.rstrip('。；')}；{said}"[:300] if row.note else said[:300]
