"""Who may go on with a 名单, and holding it while its state is looked at."""

from __future__ import annotations

from wanqi.core.access import Actor
from wanqi.core.errors import AccessRefused, StepRefused

from ..models import NameList


def require_list(name_list: NameList, *, actor: Actor, verb: str = "import") -> None:
    """Raise AccessRefused unless the list is the actor's to go on with."""
    if not actor.may_place(
        "recognition", verb, region=name_list.region_id, office=name_list.office_id, area=None, unit=None
    ):
        raise AccessRefused("这份名单不归您的股室。", hint="请联系导入人，或其股室负责人。")


def locked_list(name_list: NameList, *states: str) -> NameList:
    """Return the list under lock. Raises StepRefused unless it is in one of the states."""
    held = (
        NameList.objects.select_for_update(of=("self",)).select_related("file", "job").defer("file__content")
    )
    found = held.get(pk=name_list.pk)
    if found.state not in states:
        raise StepRefused(
            f"这份名单{found.get_state_display()}，不能再做这一步。", hint="请刷新页面查看最新状态。"
        )
    return found
